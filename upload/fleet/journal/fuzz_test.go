package journal_test

import (
	"errors"
	"os"
	"testing"

	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// FuzzOpen: whatever is in the file, it goes on or is refused with a place and
// a hint, and what goes on goes on again.
func FuzzOpen(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		m := disk(string(text))
		j, err := journal.Open("run.journal", header("a run"), journal.Options{Resume: true, Open: m.open})
		if err != nil {
			if e := new(journal.Error); !errors.As(err, &e) || e.Hint == "" || string(m.bytes) != string(text) {
				t.Fatalf("%v, and now %q", err, m.bytes)
			}
			return
		}
		e := j.Earlier()
		must(t, j.Start("a phone of its own", 1))
		_, was := j.Interrupted("a phone of its own")
		_, done, err := j.Result("a phone of its own")
		if e.Done < 0 || e.Interrupted < 0 || err != nil {
			t.Fatal(e, err)
		}
		again := open(t, m, true).Earlier()
		if done {
			e.Done--
		}
		if !was {
			e.Interrupted++
		}
		if again.Done != e.Done || again.Interrupted != e.Interrupted {
			t.Fatalf("%+v, then %+v", e, again)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzOpen"); err != nil || len(seeds) < 5 {
		t.Fatal(len(seeds), err)
	}
}
