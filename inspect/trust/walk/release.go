package walk

import (
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/trust/extension"
	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// Release is one way in which releases of a generation verify. A generation
// whose releases differ has several: a profile names the generation only, so
// the answer is certain only where all of them agree.
type Release struct {
	// Name says which releases are meant, for reasons.
	Name string

	generation handset.Library
	reads      extension.Rules
	proves     signature.Rules
	// alternatives: another issuer is looked up in the store for certificates
	// sent, when the path that was followed does not end there. From 1.0.2b on
	// also when the path got into the store and did not end in a root.
	alternatives, alternativesInStore bool
	// builder11: the path is built by the builder of 1.1.0, store first.
	builder11 bool
	// prefersValid: of several issuers that fit, one whose dates hold wins.
	prefersValid bool
	// latest: where none is valid, the one that expires last wins; before, the
	// last that was looked at.
	latest bool
	// constraintsLast: name constraints are looked at after the signatures.
	constraintsLast bool
	// countsSelfIssued, checksSelfIssued: see pathLengthExceeds.
	countsSelfIssued, checksSelfIssued bool
	// levels: security levels are known (default level 1).
	levels bool
}

// Releases returns the ways in which a generation verifies; all of them when
// the generation is not known.
func Releases(library handset.Library) []*Release {
	v098 := Release{generation: handset.OpenSSL098, Name: "OpenSSL 0.9.8 without SHA-2", countsSelfIssued: true, checksSelfIssued: true}
	v098.reads.TypedNames, v098.proves.MD2 = true, true
	v098sha2 := v098
	v098sha2.Name, v098sha2.proves.SHA2 = "OpenSSL 0.9.8 with SHA-2", true
	v100 := Release{generation: handset.OpenSSL100, Name: "OpenSSL 1.0.0"}
	v100.reads.Constraints, v100.proves.SHA2, v100.proves.NewerSHA2 = true, true, true
	v101 := v100
	v101.generation, v101.Name, v101.proves.PSS = handset.OpenSSL101, "OpenSSL 1.0.1 to 1.0.1m", true
	v101n := v101
	v101n.Name, v101n.alternatives, v101n.proves.SameAlgorithm = "OpenSSL 1.0.1n and later", true, true
	v101n.reads.DottedBase, v101n.reads.ChecksForm = true, true
	v102 := v101
	v102.generation, v102.Name, v102.proves.SameAlgorithm = handset.OpenSSL102, "OpenSSL 1.0.2 and 1.0.2a", true
	v102.reads.DottedBase, v102.reads.RootByName, v102.reads.ChecksForm = true, true, true
	v102b := v102
	v102b.Name, v102b.alternatives, v102b.alternativesInStore = "OpenSSL 1.0.2b, as 1.0.2d", true, true
	v102b.reads.KeyAgreement = true
	v102o := v102b
	v102o.Name, v102o.reads.RootByName, v102o.reads.Distribution = "later OpenSSL 1.0.2, as 1.0.2o", false, true
	v110 := v102o
	v110.generation, v110.Name, v110.builder11, v110.prefersValid = handset.OpenSSL11, "OpenSSL 1.1.0", true, true
	v110.reads.Addresses, v110.reads.ChecksIntegers = true, true
	v110.levels, v110.constraintsLast = true, true
	v111 := v110
	v111.Name, v111.proves.Edwards, v111.checksSelfIssued = "OpenSSL 1.1.1, as 1.1.1b", true, true
	v111n := v111
	v111n.Name, v111n.reads.LikelyIssuer, v111n.reads.MatchesKey, v111n.reads.Strict = "later OpenSSL 1.1.1, as 1.1.1n", true, true, true
	v3 := v111n
	v3.generation, v3.Name, v3.proves.WeakSHA1, v3.latest, v3.reads.WrittenZero = handset.OpenSSL3, "OpenSSL 3", true, true, true
	v3.reads.NeedsContent = true
	var list []*Release
	for _, r := range []Release{v098, v098sha2, v100, v101, v101n, v102, v102b, v102o, v110, v111, v111n, v3} {
		if library == "" || r.generation == library {
			list = append(list, &r)
		}
	}
	return list
}
