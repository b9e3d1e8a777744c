package terminal

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestSetColor(t *testing.T) {
	for _, c := range []struct {
		mode string
		tty  bool
		env  map[string]string
		want bool
	}{
		{"auto", true, nil, true},
		{"auto", false, nil, false},
		{"auto", true, map[string]string{"NO_COLOR": "1"}, false},
		{"auto", true, map[string]string{"TERM": "dumb"}, false},
		{"always", false, map[string]string{"NO_COLOR": "1"}, true},
		{"never", true, nil, false},
	} {
		s, _, _ := Test(strings.NewReader(""))
		s.OutTTY = c.tty
		s.SetColor(c.mode, func(name string) string { return c.env[name] })
		if s.Color != c.want {
			t.Errorf("%s at a terminal (%t) with %v: colour %t", c.mode, c.tty, c.env, s.Color)
		}
	}
}

func TestNobodyToAsk(t *testing.T) {
	s, _, _ := Test(strings.NewReader("secret\n"))
	if _, err := s.Password(context.Background(), "Password: "); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("a password came from nowhere: %v", err)
	}
	if s.Width() != 80 {
		t.Errorf("width %d", s.Width())
	}
}
