package trust

import "github.com/phonecert/phonecert/handset"

// release is one way in which releases of a generation verify. A generation
// whose releases differ has several: a profile names the generation only, so
// the answer is certain only where all of them agree.
type release struct {
	library handset.Library
	// name says which releases are meant, for reasons.
	name string
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
	// rootByName: a root's own key usage does not keep it from being one.
	// likelyIssuer: an issuer's key usage is no matter while the path is built.
	rootByName, likelyIssuer bool
	// matchesKey: an issuer is passed over when its key is not of the kind
	// with which the certificate was signed.
	matchesKey bool
	// constraints: name constraints are understood; constraintsLast: they are
	// looked at after the signatures; ipConstraints: addresses too, and the
	// common name of the server's certificate.
	constraints, constraintsLast, ipConstraints bool
	// sameAlgorithm: the two signature algorithms of a certificate must agree.
	sameAlgorithm bool
	// distribution: critical distribution points are known. dottedBase: a name
	// constraint may begin with a dot. writtenZero: what DER forbids and does
	// no harm is let pass, a written default and a path length without a CA.
	distribution, dottedBase, writtenZero bool
	// countsSelfIssued, checksSelfIssued: see pathLengthExceeds.
	countsSelfIssued, checksSelfIssued bool
	// strictExtensions: an extension that cannot be read spoils a certificate.
	strictExtensions bool
	// checksForm: bit strings and object identifiers must be well formed.
	// needsContent: a key usage must allow something, a distribution point name
	// something.
	checksForm, needsContent bool
	// signatures that can be verified.
	md2, sha2, pss, edwards bool
	// levels: security levels are known (default level 1); weakSHA1: SHA-1 is
	// below level 1.
	levels, weakSHA1 bool
	// keyAgreement: a server's key usage may be keyAgreement alone.
	keyAgreement bool
}

// releases returns the ways in which a generation verifies; all of them when
// the generation is not known.
func releases(library handset.Library) []*release {
	v098 := release{library: handset.OpenSSL098, name: "OpenSSL 0.9.8 without SHA-2", countsSelfIssued: true, checksSelfIssued: true, md2: true}
	v098sha2 := v098
	v098sha2.name, v098sha2.sha2 = "OpenSSL 0.9.8 with SHA-2", true
	v100 := release{library: handset.OpenSSL100, name: "OpenSSL 1.0.0", constraints: true, sha2: true}
	v101 := v100
	v101.library, v101.name, v101.pss = handset.OpenSSL101, "OpenSSL 1.0.1 to 1.0.1m", true
	v101n := v101
	v101n.name, v101n.alternatives, v101n.sameAlgorithm = "OpenSSL 1.0.1n and later", true, true
	v101n.dottedBase, v101n.checksForm = true, true
	v102 := v101
	v102.library, v102.name, v102.sameAlgorithm = handset.OpenSSL102, "OpenSSL 1.0.2 and 1.0.2a", true
	v102.dottedBase, v102.rootByName, v102.checksForm = true, true, true
	v102b := v102
	v102b.name, v102b.alternatives, v102b.alternativesInStore = "OpenSSL 1.0.2b, as 1.0.2d", true, true
	v102b.keyAgreement = true
	v102o := v102b
	v102o.name, v102o.rootByName, v102o.distribution = "later OpenSSL 1.0.2, as 1.0.2o", false, true
	v110 := v102o
	v110.library, v110.name, v110.builder11, v110.prefersValid = handset.OpenSSL11, "OpenSSL 1.1.0", true, true
	v110.ipConstraints, v110.levels, v110.constraintsLast = true, true, true
	v111 := v110
	v111.name, v111.edwards, v111.checksSelfIssued = "OpenSSL 1.1.1, as 1.1.1b", true, true
	v111n := v111
	v111n.name, v111n.likelyIssuer, v111n.matchesKey, v111n.strictExtensions = "later OpenSSL 1.1.1, as 1.1.1n", true, true, true
	v3 := v111n
	v3.library, v3.name, v3.weakSHA1, v3.latest, v3.writtenZero = handset.OpenSSL3, "OpenSSL 3", true, true, true
	v3.needsContent = true
	var list []*release
	for _, r := range []release{v098, v098sha2, v100, v101, v101n, v102, v102b, v102o, v110, v111, v111n, v3} {
		if library == "" || r.library == library {
			list = append(list, &r)
		}
	}
	return list
}
