package forge

import "golang.org/x/crypto/cryptobyte/asn1"

// addExtensions: what the server's certificate may say, and what nobody knows.
func (c *chains) addExtensions() {
	try := func(name string, options ...option) {
		id := "ext-" + name
		c.add(id, append([]option{by("root"), leaf}, options...)...)
		c.try("x", name, ids(id), ids("root"))
	}
	try("no extended key usage", without(oidExtKeyUsage))
	try("extended key usage for clients", purposes(false, clientAuth))
	try("extended key usage for anything", purposes(false, anyPurpose))
	try("extended key usage critical", purposes(true, serverAuth))
	try("server gated cryptography", purposes(false, serverSGC))
	try("unknown extended key usage", purposes(false, "1.3.6.1.4.1.32473.2"))
	try("empty extended key usage", purposes(false))
	try("unreadable extended key usage", ext(oidExtKeyUsage, false, []byte{5, 1}))
	try("key usage signature alone", usage(digitalSignature))
	try("key usage encipherment alone", usage(keyEncipherment))
	try("key usage agreement alone", usage(keyAgreement))
	try("key usage signing certificates alone", usage(certSign))
	try("no key usage", without(oidKeyUsage))
	try("Netscape server", netscape(0x40))
	try("Netscape client", netscape(0x80))
	try("version 1 server", version(1))
	try("server marked as CA", basic(true))
	null := element(asn1.NULL)
	for _, e := range []struct{ name, oid string }{
		{"unknown", "1.3.6.1.4.1.32473.3"},
		{"authority information access", "1.3.6.1.5.5.7.1.1"},
		{"issuer alternative name", "2.5.29.18"},
		{"logotype", "1.3.6.1.5.5.7.1.12"},
	} {
		try("critical "+e.name, ext(e.oid, true, null))
		try("plain "+e.name, ext(e.oid, false, null))
	}
	try("critical subject key identifier", ext(oidSubjectKeyID, true, element(asn1.OCTET_STRING, []byte{1})))
	try("critical authority key identifier", ext(oidAuthorityKeyID, true, element(asn1.SEQUENCE, contextual(0, false, []byte("root")))))
	try("critical distribution points", ext(oidDistribution, true, element(asn1.SEQUENCE, element(asn1.SEQUENCE,
		contextual(0, true, contextual(0, true, uri("http://example.com/crl")))))))
	policy := element(asn1.SEQUENCE, object("1.3.6.1.4.1.32473.4"))
	try("critical policies", ext(oidPolicies, true, element(asn1.SEQUENCE, policy)))
	try("critical policy mappings", ext(oidMappings, true, element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.3.6.1.4.1.32473.4"), object("1.3.6.1.4.1.32473.5")))))
	try("critical policy constraints", ext(oidPolicyLimits, true, element(asn1.SEQUENCE, contextual(0, false, []byte{0}))))
	try("critical inhibit any policy", ext(oidInhibitAny, true, small(0)))
	try("critical alternative names", ext(oidAltName, true, element(asn1.SEQUENCE, dns("pbx.example.com"))))
	try("unreadable alternative names", ext(oidAltName, false, []byte{5, 1}))
	try("unreadable subject key identifier", ext(oidSubjectKeyID, false, []byte{5, 1}))
	try("proxy certificate", without(oidAltName), ext(oidProxy, true, element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.3.6.1.5.5.7.21.1")))))
	try("empty subject", subject(""), altNames(dns("pbx.example.com")))

	c.add("root-critical", ca, ext("1.3.6.1.4.1.32473.3", true, null))
	c.add("under-critical", by("root-critical"), leaf)
	c.try("x", "unknown critical extension in the root", ids("under-critical"), ids("root-critical"))
	c.add("inter-critical", by("root"), ca, ext("1.3.6.1.4.1.32473.3", true, null))
	c.add("under-inter-critical", by("inter-critical"), leaf)
	c.try("x", "unknown critical extension in the intermediate", ids("under-inter-critical", "inter-critical"), ids("root"))
	c.add("both", by("inter-critical"), leaf, purposes(false, clientAuth), years(2000, 2010))
	c.try("x", "wrong purpose, critical extension above, expired", ids("both", "inter-critical"), ids("root"))
}

// addConstraints: name constraints, known from 1.0.0 on.
func (c *chains) addConstraints() {
	try := func(name string, limits option, options ...option) {
		i, s := "nc-inter-"+name, "nc-server-"+name
		c.add(i, by("root"), ca, limits)
		c.add(s, append([]option{by(i), leaf, subject("CN=pbx.example.com/O=Example")}, options...)...)
		c.try("nc", name, ids(s, i), ids("root"))
	}
	one := func(base []byte) [][]byte { return [][]byte{tree(base)} }
	permit := func(base []byte) option { return nameConstraints(true, one(base), nil) }
	exclude := func(base []byte) option { return nameConstraints(true, nil, one(base)) }
	inside, outside := altNames(dns("pbx.example.com")), altNames(dns("pbx.example.org"))
	try("DNS within", permit(dns("example.com")), inside)
	try("DNS outside", permit(dns("example.com")), outside)
	try("DNS outside, not critical", nameConstraints(false, one(dns("example.com")), nil), outside)
	try("DNS with a dot", permit(dns(".example.com")), inside)
	try("DNS the base itself with a dot", permit(dns(".example.com")), altNames(dns("example.com")))
	try("DNS the base itself", permit(dns("example.com")), altNames(dns("example.com")))
	try("DNS with a longer label", permit(dns("example.com")), altNames(dns("anexample.com")))
	try("DNS in another case", permit(dns("EXAMPLE.com")), inside)
	try("DNS excluded", exclude(dns("example.com")), inside)
	try("DNS not excluded", exclude(dns("example.com")), outside)
	try("DNS empty base", permit(dns("")), outside)
	try("common name outside, no DNS name", permit(dns("example.org")))
	try("common name within, no DNS name", permit(dns("example.com")))
	try("common name outside, DNS within", permit(dns("example.org")), outside)
	try("common name excluded, no DNS name", exclude(dns("example.com")))
	try("directory within", permit(dirName("CN=PBX.example.com")))
	try("directory outside", permit(dirName("CN=other")))
	try("directory excluded", exclude(dirName("CN=pbx.example.com/O=Example")))
	try("directory longer than the name", permit(dirName("CN=pbx.example.com/O=Example/O=More")))
	try("address within", permit(ip("\xc0\x00\x02\x00\xff\xff\xff\x00")), altNames(ip("\xc0\x00\x02\x01")))
	try("address outside", permit(ip("\xc0\x00\x02\x00\xff\xff\xff\x00")), altNames(ip("\xc0\x00\x03\x01")))
	try("address of the other family", permit(ip("\xc0\x00\x02\x00\xff\xff\xff\x00")), altNames(ip("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01")))
	try("address, no address in the certificate", permit(ip("\xc0\x00\x02\x00\xff\xff\xff\x00")), inside)
	try("address constraint of a wrong length", permit(ip("\xc0\x00\x02\x00")), altNames(ip("\xc0\x00\x02\x01")))
	try("mail host", permit(mail("example.com")), altNames(mail("a@example.com")))
	try("mail host outside", permit(mail("example.com")), altNames(mail("a@sub.example.com")))
	try("mail domain", permit(mail(".example.com")), altNames(mail("a@sub.example.com")))
	try("mail address", permit(mail("a@example.com")), altNames(mail("A@example.com")))
	try("mail without @", permit(mail("example.com")), altNames(mail("example.com")))
	try("mail in the subject", permit(mail("example.com")), subject("CN=x/E=a@example.org"))
	try("URI within", permit(uri(".example.com")), altNames(uri("https://pbx.example.com:5061/x")))
	try("URI outside", permit(uri("example.com")), altNames(uri("https://pbx.example.com/x")))
	try("URI without authority", permit(uri("example.com")), altNames(uri("sip:example.com")))
	try("minimum", nameConstraints(true, [][]byte{tree(dns("example.com"), contextual(0, false, []byte{1}))}, nil), inside)
	try("minimum of zero written", nameConstraints(true, [][]byte{tree(dns("example.com"), contextual(0, false, []byte{0}))}, nil), inside)
	try("maximum", nameConstraints(true, [][]byte{tree(dns("example.com"), contextual(1, false, []byte{1}))}, nil), inside)
	try("registered identifier", permit(contextual(8, false, []byte{0x2b, 1})), altNames(contextual(8, false, []byte{0x2b, 1, 2})))
	try("two permitted, second fits", nameConstraints(true, [][]byte{tree(dns("example.org")), tree(dns("example.com"))}, nil), inside)
	try("permitted and excluded", nameConstraints(true, one(dns("example.com")), one(dns("pbx.example.com"))), inside)
	try("empty", nameConstraints(true, nil, nil), inside)
	try("unreadable", ext(oidConstraints, true, []byte{5, 1}), inside)
	try("unreadable, not critical", ext(oidConstraints, false, []byte{5, 1}), outside)
	try("outside and expired", permit(dns("example.com")), outside, years(2000, 2010))
	try("outside and broken", permit(dns("example.com")), outside, broken)
	c.add("nc-root", ca, permit(dns("example.com")))
	c.add("nc-direct", by("nc-root"), leaf, outside)
	c.try("nc", "constraint in the root", ids("nc-direct"), ids("nc-root"))
	c.add("nc-self", leaf, basic(true), usage(digitalSignature|certSign), permit(dns("example.com")), outside)
	c.try("nc", "self-signed server against itself", ids("nc-self"), ids("nc-self"))
}
