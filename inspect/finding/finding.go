// Package finding holds the one type in which every part of phonecert says
// what it noticed: a stable code, how bad it is, one sentence, what mends it,
// and on what knowledge the sentence rests.
package finding

// Severity says what a finding does to a verdict.
type Severity string

// The severities. An Error decides a verdict, a Warning only under --strict,
// a Note never.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Basis says how a fact is known.
type Basis string

// The bases, from the firmest to the weakest.
const (
	// Documented: a vendor's manual or a published standard says it.
	Documented Basis = "documented"
	// Observed: seen on a real phone and confirmed by a second source.
	Observed Basis = "observed"
	// Derived: follows from documented or observed facts.
	Derived Basis = "derived"
	// Assumed: no source. A verdict never rests on it alone.
	Assumed Basis = "assumed"
)

// Bases lists every valid Basis.
func Bases() []Basis { return []Basis{Documented, Observed, Derived, Assumed} }

// Finding is one thing that was noticed.
type Finding struct {
	// Code is stable across releases: "group.cause" in lower case, for
	// instance "format.extension". One cause, one code.
	Code string `json:"code"`
	// Severity is the weight of the finding.
	Severity Severity `json:"severity"`
	// Message is one sentence without a full stop.
	Message string `json:"message"`
	// Fix says what mends it, with the command to run where there is one.
	Fix string `json:"fix"`
	// Basis and Source say how the underlying fact is known and where it stands.
	Basis  Basis  `json:"basis"`
	Source string `json:"source"`
}

// Open reports whether the finding leaves the answer open: it would refuse,
// but what it rests on is only assumed or is not known.
func (f Finding) Open() bool { return f.Severity == Error && f.Basis == Assumed }

// Verdict is the answer for a file.
type Verdict string

// The verdicts.
const (
	Accepted Verdict = "accepted"
	Rejected Verdict = "rejected"
	Unknown  Verdict = "unknown"
)

// Decide draws the verdict from findings: one certain error rejects; an error
// that rests on an assumption leaves the answer unknown; anything else accepts.
// When strict is set, warnings count as errors.
func Decide(findings []Finding, strict bool) Verdict {
	verdict := Accepted
	for _, f := range findings {
		if f.Severity == Note || f.Severity == Warning && !strict {
			continue
		}
		if f.Basis != Assumed {
			return Rejected
		}
		verdict = Unknown
	}
	return verdict
}

// Worst returns the verdict that speaks for both: a rejection wins over an
// unknown, an unknown over an acceptance.
func Worst(a, b Verdict) Verdict {
	switch {
	case a == Rejected || b == Rejected:
		return Rejected
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return Accepted
}
