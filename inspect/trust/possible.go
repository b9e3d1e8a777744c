package trust

import (
	"bytes"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/walk"
)

// world is one way in which things may stand, as far as the question leaves
// them open.
type world struct {
	release *walk.Release
	ca      string
	store   []*certificate.Certificate
	// reversed: certificates of one name stand the other way round, for which
	// of them a phone asks first is not known.
	reversed bool
}

// outcome is how the walk ends in a world.
type outcome struct {
	world
	walk *walk.Walk
	// open: the walk ends for want of an issuer that an unknown list may hold,
	// or at what this package cannot compute.
	open bool
}

func (o outcome) trusted() bool { return o.walk.Trusted() }

// worlds lists what is possible, what is most likely first.
func (q Question) worlds() []world {
	var list []world
	values := []string{q.Settings.CA}
	if q.Settings.CA == "" {
		values = []string{"default", "custom", "all"}
	}
	for _, r := range walk.Releases(q.Library) {
		for _, ca := range values {
			store := q.storeFor(ca)
			list = append(list, world{release: r, ca: ca, store: store})
			if sharesName(store) {
				other := slices.Clone(store)
				slices.Reverse(other)
				list = append(list, world{r, ca, other, true})
			}
			if wide := q.plausibleRoots(); ca != "custom" && !q.Builtin.Listed && len(wide) > 0 {
				list = append(list, world{release: r, ca: ca, store: append(slices.Clip(store), wide...)})
			}
		}
	}
	return list
}

// sharesName reports whether two different certificates have one subject.
func sharesName(store []*certificate.Certificate) bool {
	first := map[string]*certificate.Certificate{}
	for _, c := range store {
		name := string(c.RawSubject)
		if other, known := first[name]; known && !bytes.Equal(other.Raw, c.Raw) {
			return true
		}
		first[name] = c
	}
	return false
}

// storeFor is what the phone trusts under a value of CA Certificates.
func (q Question) storeFor(ca string) []*certificate.Certificate {
	switch ca {
	case "default":
		return q.Builtin.Certificates
	case "custom":
		return q.Custom
	}
	return append(slices.Clip(q.Builtin.Certificates), q.Custom...)
}

// plausibleRoots are roots at hand that an unknown list may hold: those not
// younger than the vendor's guide, and not the server's own certificate.
func (q Question) plausibleRoots() []*certificate.Certificate {
	var roots []*certificate.Certificate
	for _, c := range append(slices.Clip(q.Sent[1:]), q.Given...) {
		if c.SelfIssued() && q.mayBeBuiltin(c) && len(roots) < maxCandidates {
			roots = append(roots, c)
		}
	}
	return roots
}

func (q Question) mayBeBuiltin(c *certificate.Certificate) bool {
	return q.GuideYear == 0 || c.NotBefore.Year() <= q.GuideYear
}

// judge keeps the libraries' readings between tries.
type judge struct{ libraries map[libraryKey]*walk.Library }

type libraryKey struct {
	name  string
	level int
}

func newJudge() *judge { return &judge{map[libraryKey]*walk.Library{}} }

// library reuses readings and proofs for another clock: neither hangs on it.
func (j *judge) library(r *walk.Release, level int) *walk.Library {
	switch {
	case level == 0:
		level = DefaultSecurityLevel
	case level < 0:
		level = 0
	}
	key := libraryKey{r.Name, level}
	l, known := j.libraries[key]
	if !known {
		l = walk.NewLibrary(r, level)
		j.libraries[key] = l
	}
	return l
}

// outcomes walks in every possible world.
func (j *judge) outcomes(q Question) []outcome {
	var list []outcome
	for _, w := range q.worlds() {
		o := outcome{world: w, walk: j.library(w.release, q.SecurityLevel).Verify(q.Sent, w.store, q.Clock)}
		o.open = o.walk.Code == walk.NotComputable ||
			!q.Builtin.Listed && w.ca != "custom" && o.wantsIssuer() && !o.holdsIssuer()
		list = append(list, o)
	}
	return list
}

// wantsIssuer reports whether the walk ended for want of an issuer.
func (o outcome) wantsIssuer() bool {
	return o.walk.Code == errcode.UnableToGetIssuer || o.walk.Code == errcode.UnableToGetIssuerLocally
}

// holdsIssuer reports whether the walk ended although the issuer it wants is
// at hand, so that an unknown list would not change the end.
func (o outcome) holdsIssuer() bool { return o.walk.Path[o.walk.At].NamesItself() }

// certain reports whether all outcomes agree, and on what.
func certain(list []outcome) (trusted, known bool) {
	for i, o := range list {
		if o.open || i > 0 && o.trusted() != list[0].trusted() {
			return false, false
		}
	}
	return list[0].trusted(), true
}
