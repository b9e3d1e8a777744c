package commandstest

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

// Phones starts simulated phones of some dialects, one of each and at the time of
// the tests' certificates unless c says otherwise.
func Phones(t *testing.T, c serve.Config, names ...dialect.Name) *serve.Fleet {
	t.Helper()
	c.Kinds = kindsOf(t, names...)
	if c.Count == 0 {
		c.Count = len(names)
	}
	if c.Seed == 0 {
		c.Seed = 4
	}
	if c.Clock == nil {
		c.Clock = testca.Clock
	}
	fleet, err := serve.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fleet.Close() })
	return fleet
}

// kindsOf are the phones that stand for dialects.
func kindsOf(t *testing.T, names ...dialect.Name) (kinds []serve.Kind) {
	t.Helper()
	for _, d := range names {
		p, err := handset.Load(serve.DefaultHandset(d))
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, serve.KindFor(d, p))
	}
	return kinds
}
