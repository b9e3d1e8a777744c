package trust

import (
	"testing"
	"time"
)

// clock is the moment of every vector that names none.
func clock() time.Time { return time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC) }

// chains collects the vectors while they are made.
type chains struct {
	*forger
	list []vector
}

// try adds a vector: what the server sends, and what the phone holds.
func (c *chains) try(line, name string, sent, store []string, at ...time.Time) {
	v := vector{Line: line, Name: name, Sent: sent, Store: store, Clock: clock().Unix()}
	for _, t := range at {
		v.Clock = t.Unix()
	}
	c.list = append(c.list, v)
}

func ids(list ...string) []string { return list }

// makeChains makes every vector. The lines are those of the fact sheet on
// handsets, "How such a client builds the chain".
func makeChains(t testing.TB) *chains {
	c := &chains{forger: &forger{t: t, keys: map[string]any{}, made: map[string][]byte{}, spec: map[string]*spec{}}}
	c.add("root", ca, subjectKeyID("root"))
	c.add("inter", by("root"), ca, subjectKeyID("inter"), authorityKeyID("root"))
	c.add("server", by("inter"), leaf, authorityKeyID("inter"))
	c.addPaths()
	c.addRoots()
	c.addIssuers()
	c.addDates()
	c.addAlgorithms()
	c.addAuthorities()
	c.addExtensions()
	c.addConstraints()
	c.addContents()
	return c
}

// addPaths: line 1, certificates sent come first.
func (c *chains) addPaths() {
	full := ids("server", "inter")
	c.try("1", "chain sent, root held", full, ids("root"))
	c.try("1", "chain and root sent, root held", ids("server", "inter", "root"), ids("root"))
	c.try("1", "root before intermediate", ids("server", "root", "inter"), ids("root"))
	c.try("1", "intermediate not sent", ids("server"), ids("root"))
	c.try("1", "intermediate held", ids("server"), ids("inter", "root"))
	c.try("1", "root sent, none held", ids("server", "inter", "root"), nil)
	c.try("1", "root not held", full, nil)
	c.try("1", "server alone, nothing held", ids("server"), nil)
	c.try("1", "server sent twice", ids("server", "server", "inter"), ids("root"))
	c.add("stranger", ca)
	c.try("1", "unrelated certificate between", ids("server", "stranger", "inter"), ids("root"))
	c.try("1", "another root held", full, ids("stranger"))
	c.try("1", "another root sent", ids("server", "inter", "stranger"), ids("root"))
	c.add("direct", by("root"), leaf)
	c.try("1", "server under the root", ids("direct"), ids("root"))

	// DST Root CA X3: an expired root has signed across the new one.
	c.add("x3", ca, years(2000, 2021), subject("CN=Old Root"))
	c.add("x1", ca, subject("CN=New Root"), years(2015, 2035))
	c.add("cross", by("x3"), ca, subject("CN=New Root"), key("rsa-x1"), years(2021, 2024+1))
	c.add("r3", by("x1"), ca, subject("CN=Issuing"))
	c.add("www", by("r3"), leaf)
	sent := ids("www", "r3", "cross")
	c.try("1", "cross-sign to expired root, both held", sent, ids("x3", "x1"))
	c.try("1", "cross-sign to expired root, new one held", sent, ids("x1"))
	c.try("1", "cross-sign to expired root, old one held", sent, ids("x3"))
	c.try("1", "cross-sign not sent, both held", ids("www", "r3"), ids("x3", "x1"))
	c.try("1", "cross-sign not sent, new one held", ids("www", "r3"), ids("x1"))
	c.try("1", "cross-sign sent, nothing held", sent, nil)
	c.try("1", "cross-sign before the root expired", sent, ids("x3"), date(2021).Add(-time.Hour))
	c.try("1", "cross-sign and both roots sent", ids("www", "r3", "cross", "x1", "x3"), ids("x1"))
	c.try("1", "cross-sign after the root", ids("www", "r3", "x1", "cross"), ids("x1"))
	c.try("1", "cross-sign held, root held", ids("www", "r3"), ids("cross", "x1"))
	c.try("1", "root before cross-sign held", ids("www", "r3"), ids("x1", "cross"))
	c.try("1", "cross-sign held alone", ids("www", "r3"), ids("cross"))
	c.try("1", "cross-sign held with its root", ids("www", "r3"), ids("cross", "x3"))
	c.add("cross-old", by("x3"), ca, subject("CN=New Root"), key("rsa-x1"), years(2016, 2020))
	c.try("1", "expired cross-sign sent, both held", ids("www", "r3", "cross-old"), ids("x3", "x1"))
	c.try("1", "expired cross-sign before the valid one", ids("www", "r3", "cross-old", "cross"), ids("stranger", "x1"))
	c.add("anchor", ca)
	c.add("cross-good", by("anchor"), ca, subject("CN=New Root"), key("rsa-x1"))
	c.try("1", "cross-sign to a valid root", ids("www", "r3", "cross-good"), ids("anchor", "x1"))
	c.try("1", "cross-sign to a root not held", ids("www", "r3", "cross-good"), ids("x1"))
	c.try("1", "cross-sign to a root sent, not held", ids("www", "r3", "cross-good", "anchor"), ids("x1"))
	c.try("1", "expired and valid cross-sign, old one first", ids("www", "r3", "cross-old", "cross-good"), ids("anchor"))
	c.add("www-issuer-held", by("cross-good"), leaf)
	c.try("1", "alternative found within the store", ids("www", "r3", "cross-good"), ids("cross-good", "x1"))

	// Two CAs that have signed each other.
	c.add("loop-a", subject("CN=Loop A"), ca, by("loop-a"))
	c.add("loop-b", subject("CN=Loop B"), ca, by("loop-a"))
	c.add("loop-a2", subject("CN=Loop A"), key("rsa-loop-a"), ca, by("loop-b"))
	c.add("loop-server", by("loop-a2"), leaf)
	c.try("1", "loop of cross-signs sent", ids("loop-server", "loop-a2", "loop-b"), nil)
	c.try("1", "loop of cross-signs held", ids("loop-server"), ids("loop-a2", "loop-b"))
	c.try("1", "loop of cross-signs with its root", ids("loop-server", "loop-a2", "loop-b"), ids("loop-a"))
	c.try("1", "loop half sent, half held", ids("loop-server", "loop-a2"), ids("loop-b"))
}

// addRoots: lines 2 and 3, self-signed ends and their signatures.
func (c *chains) addRoots() {
	full := ids("server", "inter")
	c.try("2", "only the intermediate held", full, ids("inter"))
	c.try("2", "only the intermediate held, not sent", ids("server"), ids("inter"))
	c.try("2", "only the server held", full, ids("server"))
	c.try("2", "intermediate held, root sent", ids("server", "inter", "root"), ids("inter"))
	c.add("self", leaf, basic(true), usage(digitalSignature|keyEncipherment|certSign))
	c.try("2", "self-signed server held", ids("self"), ids("self"))
	c.try("2", "self-signed server not held", ids("self"), nil)
	c.add("self2", leaf, subject("CN=self"), basic(true), usage(digitalSignature|keyEncipherment|certSign))
	c.try("2", "self-signed server with the name of a held root", ids("self"), ids("self2"))
	c.try("2", "self-signed server behind its namesake", ids("self"), ids("self2", "self"))
	c.try("2", "self-signed server before its namesake", ids("self"), ids("self", "self2"))
	c.add("self-plain", leaf, usage(digitalSignature|keyEncipherment))
	c.try("2", "self-signed without keyCertSign held", ids("self-plain"), ids("self-plain"))
	c.try("2", "self-signed without keyCertSign not held", ids("self-plain"), nil)
	c.add("self-bare")
	c.try("2", "self-signed without extensions held", ids("self-bare"), ids("self-bare"))
	c.try("2", "root with keys beside it", ids("self-bare", "root"), ids("self-bare"))
	c.add("self-expired", years(2000, 2010))
	c.try("2", "self-signed, expired, held", ids("self-expired"), ids("self-expired"))
	c.add("root-aki", ca, subjectKeyID("this"), authorityKeyID("other"))
	c.add("under-aki", by("root-aki"), leaf)
	c.try("2", "root whose authority key identifier is another's", ids("under-aki"), ids("root-aki"))
	c.try("2", "the same, sent along", ids("under-aki", "root-aki"), ids("root-aki"))
	c.try("2", "such a root as server", ids("root-aki"), ids("root-aki"))
	c.add("root-usage", ca, usage(digitalSignature))
	c.add("under-usage", by("root-usage"), leaf)
	c.try("2", "root that may not sign", ids("under-usage"), ids("root-usage"))

	c.add("root-broken", ca, broken)
	c.add("under-broken", by("root-broken"), leaf)
	c.try("3", "root with a broken signature", ids("under-broken"), ids("root-broken"))
	c.try("3", "root with a broken signature sent along", ids("under-broken", "root-broken"), ids("root-broken"))
	c.add("self-broken", broken)
	c.try("3", "self-signed server with a broken signature", ids("self-broken"), ids("self-broken"))
	c.add("root-unknown", ca, algo("unknown"))
	c.add("under-unknown", by("root-unknown"), leaf)
	c.try("3", "root signed with an unknown algorithm", ids("under-unknown"), ids("root-unknown"))
	c.add("root-past", ca, years(2000, 2010))
	c.add("under-past", by("root-past"), leaf)
	c.try("3", "expired root", ids("under-past"), ids("root-past"))
	c.add("root-future", ca, years(2030, 2040))
	c.add("under-future", by("root-future"), leaf)
	c.try("3", "root of the future", ids("under-future"), ids("root-future"))
}
