package commands

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/terminal"
)

func TestWhatMayBePrinted(t *testing.T) {
	tests := []struct {
		name       string
		out        output
		tty        bool
		want, hint string
	}{
		{"text on a terminal", output{text: true}, true, "", ""},
		{"text in a pipe", output{text: true}, false, "", ""},
		{"binary in a pipe", output{}, false, "", ""},
		{"binary on a terminal", output{}, true, "binary data is not written to a terminal", "-o FILE"},
		{"key on a terminal", output{text: true, secret: true}, true, "a private key is not written to standard output", "--no-keys"},
		{"key in a pipe", output{secret: true}, false, "a private key is not written to standard output", "-o FILE"},
	}
	for _, test := range tests {
		streams, out, _ := terminal.Test(strings.NewReader(""))
		streams.OutTTY = test.tty
		test.out.path, test.out.data = standardOutput, []byte("content")
		err := (&Factory{Streams: streams}).save(context.Background(), "", []output{test.out}, nil, false)
		switch {
		case test.want == "":
			if err != nil || out.String() != "content" {
				t.Errorf("%s: %v, wrote %q", test.name, err, out)
			}
		case err == nil || err.Error() != test.want || out.Len() > 0:
			t.Errorf("%s: %v, wrote %q", test.name, err, out)
		default:
			var hint *hintError
			if !errors.As(err, &hint) || !strings.Contains(strings.Join(hint.hints, "\n"), test.hint) {
				t.Errorf("%s: hints %q", test.name, hint.hints)
			}
		}
	}
}

// All outputs are looked at before the first is written.
func TestSaveAllOrNone(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	streams, _, _ := terminal.Test(nil)
	f := &Factory{Streams: streams}
	outputs := []output{{path: filepath.Join(dir, "free")}, {path: taken}}
	if err := f.save(context.Background(), "", outputs, nil, false); err == nil {
		t.Error("an existing file was overwritten")
	}
	if _, err := os.Stat(outputs[0].path); err == nil {
		t.Error("the first output was written although the second was refused")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := f.save(ctx, "", outputs[:1], nil, false); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
