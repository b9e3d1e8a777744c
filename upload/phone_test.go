package upload

import (
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
)

// TestMerge: what a page no longer shows stays known, and a MAC address is spelled
// as in reports whose rows have it from the inventory.
func TestMerge(t *testing.T) {
	for _, c := range []struct{ before, now, want dialect.Identity }{
		{dialect.Identity{Model: "SIP-T28P", MAC: "00005E005301"}, dialect.Identity{Firmware: "2.73.0.50"},
			dialect.Identity{Model: "SIP-T28P", Firmware: "2.73.0.50", MAC: "00:00:5e:00:53:01"}},
		{dialect.Identity{Model: "SIP-T28P"}, dialect.Identity{Model: "SIP-T26P", MAC: "not one"},
			dialect.Identity{Model: "SIP-T26P", MAC: "not one"}},
	} {
		if got := merge(c.before, c.now); got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
}
