package factory

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
)

// TestChoice: the command line goes before what was measured, and that before the
// factory's value.
func TestChoice(t *testing.T) {
	fact := func(value, source string) handset.Fact[string] {
		return handset.Fact[string]{Value: value, Basis: finding.Observed, Source: source}
	}
	factory, measured := fact("default", "a guide"), fact("custom", "a survey")
	gap := handset.Fact[string]{NotKnown: "no text says it", Basis: finding.Assumed}
	for _, test := range []struct {
		name, flag string
		setting    handset.Setting
		want       phone.Choice
	}{
		{"flag", "all", handset.Setting{Factory: factory, InForce: measured}, phone.Choice{Value: "all", Basis: finding.Documented, Source: "set on the command line"}},
		{"measured", "", handset.Setting{Factory: factory, InForce: measured}, phone.Choice{Value: "custom", Measured: true, Basis: finding.Observed, Source: "a survey"}},
		{"factory", "", handset.Setting{Factory: factory, InForce: gap}, phone.Choice{Value: "default", Factory: true, Basis: finding.Observed, Source: "a guide"}},
		{"neither", "", handset.Setting{Factory: gap, InForce: gap}, phone.Choice{Factory: true, Basis: finding.Assumed, Source: "no text says it"}},
	} {
		if got := choice(test.flag, test.setting); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
