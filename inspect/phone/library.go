package phone

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/trust"
)

// libraries are the generations that the phone's TLS library may be of. Where
// the profile does not tell, the protocol does: TLS 1.2 came with OpenSSL 1.0.1
// (the fact sheet on handsets, "TLS of the T2xP generation"). A single "" stands
// for all of them.
func (p *Phone) libraries() []handset.Library {
	if library := p.Profile.Crypto.Library; firm(library) {
		return []handset.Library{library.Value}
	}
	versions := p.Profile.TLS.Versions
	if !firm(versions) || !slices.Contains(versions.Value, "TLS 1.2") && !slices.Contains(versions.Value, "TLS 1.3") {
		return []handset.Library{""}
	}
	return slices.DeleteFunc(handset.Libraries(), func(l handset.Library) bool { return l == handset.OpenSSL098 || l == handset.OpenSSL100 })
}

// agreed makes one verdict of those of several generations: certain where they
// agree, else not known, shown as the first that is no yes. A change counts
// where it mends all of them.
func agreed(libraries []handset.Library, verdicts []trust.Verdict) trust.Verdict {
	refuses := func(v trust.Verdict) bool { return v.Trusted == nil || !*v.Trusted }
	v := verdicts[max(0, slices.IndexFunc(verdicts, refuses))]
	text := ""
	for i, other := range verdicts {
		text += fmt.Sprintf(", %s: %s", libraries[i], answer(other.Trusted))
		if !same(v.Trusted, other.Trusted) {
			v.Trusted = nil
		}
		if !same(v.Connects, other.Connects) {
			v.Connects = nil
		}
		if refuses(other) {
			v.Changes = slices.DeleteFunc(slices.Clone(v.Changes), func(c trust.Change) bool {
				return !slices.ContainsFunc(other.Changes, func(o trust.Change) bool { return o.Kind == c.Kind && o.Message == c.Message })
			})
		}
	}
	if v.Trusted == nil && slices.ContainsFunc(verdicts, func(o trust.Verdict) bool { return !refuses(o) }) {
		v.Reason = "whether the phone trusts the chain hangs on its library: " + text[2:]
	}
	return v
}

func same(a, b *bool) bool { return a == b || a != nil && b != nil && *a == *b }
