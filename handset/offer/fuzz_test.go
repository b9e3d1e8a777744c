package offer_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
)

// FuzzFromHello: what is taken for a ClientHello can be written, read and sent, and
// is then taken for the same.
func FuzzFromHello(f *testing.F) {
	f.Fuzz(func(t *testing.T, record []byte) {
		h, _, err := offer.FromHello(record)
		if err != nil {
			return
		}
		p := &handset.Profile{ID: "own", Summary: "learned"}
		p.TLS.ClientHello = handset.Fact[handset.Hello]{Value: h, Basis: finding.Observed, Source: "a recording"}
		text, err := handset.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if p, err = handset.Parse("own.yaml", text); err != nil {
			t.Fatal(err)
		}
		host := "pbx.example.com"
		for _, e := range h.Extensions {
			if e.Addresses {
				host = "192.0.2.1"
			}
		}
		m, _ := offer.ClientHello(p, offer.Options{Random: random(), Host: host})
		sent, err := offer.Record(m, offer.RecordVersion(p))
		if err != nil {
			t.Fatal(err)
		}
		again, notes, err := offer.FromHello(sent)
		if err != nil || len(notes) > 0 || !reflect.DeepEqual(again, h) {
			t.Errorf("%v %q\ngot  %+v\nwant %+v", err, notes, again, h)
		}
		if list := offer.Find(m, []*handset.Profile{p}); list[0].Likeness != offer.Exact {
			t.Errorf("it is not like itself: %+v", list[0])
		}
	})
}

func TestFuzzSeeds(t *testing.T) {
	if seeds, err := filepath.Glob("testdata/fuzz/FuzzFromHello/*"); err != nil || len(seeds) < 3 {
		t.Fatalf("the seed corpus is empty (%v)", err)
	}
}
