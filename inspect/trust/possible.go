package trust

import (
	"bytes"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// world is one way in which things may stand, as far as the question leaves
// them open.
type world struct {
	release *release
	ca      string
	store   []*certificate.Certificate
	// reversed: certificates of one name stand the other way round, for which
	// of them a phone asks first is not known.
	reversed bool
}

// outcome is how the walk ends in a world.
type outcome struct {
	world
	walk *walk
	code Code
	// open: the walk ends for want of an issuer that an unknown list may hold,
	// or at what this package cannot compute.
	open bool
}

func (o outcome) trusted() bool { return o.code == ok }

// worlds lists what is possible, what is most likely first.
func (q Question) worlds() []world {
	var list []world
	values := []string{q.Settings.CA}
	if q.Settings.CA == "" {
		values = []string{"default", "custom", "all"}
	}
	for _, r := range releases(q.Library) {
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
type judge struct{ libraries map[libraryKey]*library }

type libraryKey struct {
	name  string
	level int
}

func newJudge() *judge { return &judge{map[libraryKey]*library{}} }

// library reuses readings and proofs for another clock: neither hangs on it.
func (j *judge) library(r *release, q Question) *library {
	level := q.SecurityLevel
	switch {
	case level == 0:
		level = DefaultSecurityLevel
	case level < 0:
		level = 0
	}
	key := libraryKey{r.name, level}
	l, known := j.libraries[key]
	if !known {
		l = newLibrary(r, q.Clock, level)
		j.libraries[key] = l
	}
	l.clock = q.Clock
	return l
}

// outcomes walks in every possible world.
func (j *judge) outcomes(q Question) []outcome {
	var list []outcome
	for _, w := range q.worlds() {
		o := outcome{world: w}
		o.walk, o.code = j.library(w.release, q).verifyChain(q.Sent, w.store)
		o.open = o.code == notComputable ||
			!q.Builtin.Listed && w.ca != "custom" && (o.code == unableToGetIssuer || o.code == unableToGetIssuerLocally) && !w.holdsIssuer(o)
		list = append(list, o)
	}
	return list
}

// holdsIssuer reports whether the walk ended although the issuer it wants is
// at hand, so that an unknown list would not change the end.
func (w world) holdsIssuer(o outcome) bool {
	last := o.walk.path[o.walk.at]
	return last.selfIssued
}

// certain reports whether all outcomes agree, and on what.
func certain(list []outcome) (trusted, known bool) {
	for i, o := range list {
		if o.open || i > 0 && o.trusted() != list[0].trusted() {
			return false, false
		}
	}
	return list[0].trusted(), true
}
