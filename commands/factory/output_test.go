package factory

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
		out        Output
		tty        bool
		want, hint string
	}{
		{"text on a terminal", Output{Text: true}, true, "", ""},
		{"text in a pipe", Output{Text: true}, false, "", ""},
		{"binary in a pipe", Output{}, false, "", ""},
		{"binary on a terminal", Output{}, true, "binary data is not written to a terminal", "-o FILE"},
		{"key on a terminal", Output{Text: true, Secret: true}, true, "a private key is not written to standard output", "--no-keys"},
		{"key in a pipe", Output{Secret: true}, false, "a private key is not written to standard output", "-o FILE"},
	}
	for _, test := range tests {
		streams, out, _ := terminal.Test(strings.NewReader(""))
		streams.OutTTY = test.tty
		test.out.Path, test.out.Data = StandardStream, []byte("content")
		err := (&Factory{Streams: streams}).Save(context.Background(), "", []Output{test.out}, nil, false)
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
	outputs := []Output{{Path: filepath.Join(dir, "free")}, {Path: taken}}
	if err := f.Save(context.Background(), "", outputs, nil, false); err == nil {
		t.Error("an existing file was overwritten")
	}
	if _, err := os.Stat(outputs[0].Path); err == nil {
		t.Error("the first output was written although the second was refused")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := f.Save(ctx, "", outputs[:1], nil, false); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
