package phone

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// ground is the knowledge on which a finding rests.
type ground struct {
	basis  finding.Basis
	source string
}

// on is the ground that a fact of the profile gives. A fact that is not known
// gives the weakest.
func on[T any](f handset.Fact[T]) ground {
	if !f.Known() {
		return ground{finding.Assumed, f.NotKnown}
	}
	return ground{f.Basis, f.Source}
}

func (c Choice) ground() ground { return ground{c.Basis, c.Source} }

// firm reports whether a fact is known and more than assumed.
func firm[T any](f handset.Fact[T]) bool { return f.Known() && f.Basis != finding.Assumed }

// library is the ground of what the phone's TLS library does. A verdict that
// does not hang on the generation is certain where that is not known either.
func (p *Phone) library() ground {
	if library := p.Profile.Crypto.Library; firm(library) {
		return ground{finding.Derived, library.Source}
	}
	return ground{finding.Derived, "every generation of the library that phones have decides alike"}
}

// notes collects findings.
type notes []finding.Finding

// add reports a finding.
func (n *notes) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	*n = append(*n, finding.Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...),
		Fix: fix, Basis: g.basis, Source: g.source,
	})
}
