package forge

import (
	"slices"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// content is an extension's value that is odd in one way.
type content struct {
	name  string
	value []byte
}

func sequence(parts ...[]byte) []byte { return element(asn1.SEQUENCE, parts...) }

func bits(octets ...byte) []byte { return element(asn1.BIT_STRING, octets) }

// pieces is a string in one piece, as BER allows.
func pieces(tag asn1.Tag, content string) []byte {
	return element(tag.Constructed(), element(tag, []byte(content)))
}

func oidOf(octets ...byte) []byte { return element(asn1.OBJECT_IDENTIFIER, octets) }

// stray is a value that belongs nowhere.
func stray() []byte { return element(asn1.UTF8String, []byte("junk")) }

func followed(value []byte) []byte { return slices.Concat(value, stray()) }

// addContents: extensions that can be read in part, or that DER forbids. What
// a release makes of them decides whether they count at all.
func (c *chains) addContents() {
	server := func(what, oid string, critical bool, list []content) {
		for _, e := range list {
			id := "content-" + what + " " + e.name
			c.add(id, by("inter"), leaf, ext(oid, critical, e.value))
			c.try("x", "server's "+what+" "+e.name, ids(id, "inter"), ids("root"))
		}
	}
	intermediate := func(what, oid string, critical bool, list []content) {
		for _, e := range list {
			i, s := "content-inter-"+what+" "+e.name, "content-under-"+what+" "+e.name
			c.add(i, by("root"), ca, ext(oid, critical, e.value))
			c.add(s, by(i), leaf, altNames(dns("pbx.example.org")), authorityKeyID("wrong"))
			c.try("x", "intermediate's "+what+" "+e.name, ids(s, i), ids("root"))
		}
	}
	for _, key := range []string{"wrong", "inter"} {
		server("key identifier "+key, oidAuthorityKeyID, false, authorities(key))
	}
	server("purposes", oidExtKeyUsage, false, purposeLists())
	server("basic", oidBasic, true, basics())
	intermediate("basic", oidBasic, true, basics())
	server("usage", oidKeyUsage, true, usages())
	intermediate("usage", oidKeyUsage, true, usages())
	server("Netscape type", oidNetscapeType, false, netscapes())
	intermediate("constraints", oidConstraints, true, constraintLists())
	intermediate("own identifier", oidSubjectKeyID, false, identifiers())
	server("distribution", oidDistribution, false, distributions())
	server("critical distribution", oidDistribution, true, distributions())
	c.add("content-limits", by("root"), ca, nameConstraints(true, [][]byte{tree(dns("example.com"))}, nil))
	for _, e := range nameLists() {
		id := "content-names " + e.name
		c.add(id, by("content-limits"), leaf, ext(oidAltName, false, e.value))
		c.try("nc", "alternative names "+e.name, ids(id, "content-limits"), ids("root"))
	}
}

func authorities(key string) []content {
	id, one := contextual(0, false, []byte(key)), contextual(2, false, []byte{1})
	names := func(name []byte) []byte { return sequence(id, contextual(1, true, name), one) }
	return []content{
		{"plain", sequence(id)},
		{"with something behind", sequence(id, stray())},
		{"followed", followed(sequence(id))},
		{"name of an unknown kind", names(contextual(9, false, []byte("x")))},
		{"name that is primitive", names(contextual(4, false, []byte("x")))},
		{"name that is none", names(contextual(4, true, []byte("xyz")))},
		{"empty serial number", sequence(id, contextual(2, false))},
		{"primitive names", sequence(id, contextual(1, false, dns("x")))},
		{"constructed serial number", sequence(id, contextual(2, true, []byte{1}))},
		{"something before", sequence(contextual(5, false, []byte("a")), id)},
		{"in pieces", sequence(contextual(0, true, element(asn1.OCTET_STRING, []byte(key))))},
		{"in nested pieces", sequence(contextual(0, true, pieces(asn1.OCTET_STRING, key)))},
		{"cut", sequence(id)[:5]},
	}
}

func purposeLists() []content {
	server, client := object(serverAuth), object(clientAuth)
	return []content{
		{"client and a string", sequence(client, stray())},
		{"server and a string", sequence(server, stray())},
		{"followed", followed(sequence(client))},
		{"empty identifier", sequence(oidOf(), client)},
		{"padded identifier", sequence(oidOf(0x80, 1), client)},
		{"padded identifier within", sequence(oidOf(0x2a, 0x80, 1), client)},
		{"identifier without end", sequence(oidOf(0x2a, 0x81), client)},
		{"a set", element(asn1.SET, client)},
	}
}

func basics() []content {
	yes := element(asn1.BOOLEAN, []byte{0xff})
	length := func(octets ...byte) []byte { return element(asn1.INTEGER, octets) }
	return []content{
		{"two lengths", sequence(yes, small(0), small(5))},
		{"string for a length", sequence(yes, stray())},
		{"string alone", sequence(stray())},
		{"true as 1", sequence(element(asn1.BOOLEAN, []byte{1}))},
		{"false written", sequence(element(asn1.BOOLEAN, []byte{0}))},
		{"true in two octets", sequence(element(asn1.BOOLEAN, []byte{0xff, 0xff}))},
		{"boolean without octets", sequence(element(asn1.BOOLEAN))},
		{"followed", followed(sequence(yes))},
		{"empty length", sequence(yes, length())},
		{"negative length", sequence(yes, length(0x80))},
		{"padded length", sequence(yes, length(0, 0, 5))},
		{"huge length", sequence(yes, length(0x7f, 1, 1, 1, 1, 1, 1, 1, 1, 1))},
		{"length 0 without CA", sequence(small(0))},
		{"negative length without CA", sequence(length(0xff))},
		{"a set", element(asn1.SET, yes)},
		{"cut", sequence(yes, small(0))[:6]},
	}
}

func usages() []content {
	return []content{
		{"without octets", bits()},
		{"without bits", bits(0)},
		{"nine bits unused", bits(9, 0xa4)},
		{"seven bits unused", bits(7, 0xa4)},
		{"unused bits of nothing", bits(3)},
		{"followed", followed(bits(0, 0xa4))},
		{"two octets", bits(0, 0xa4, 0x80)},
		{"three octets", bits(0, 0xa4, 0, 0xff)},
		{"in pieces", pieces(asn1.BIT_STRING, "\x00\xa4")},
		{"an octet string", element(asn1.OCTET_STRING, []byte{0, 0xa4})},
		{"all set bits unused", bits(3, 0x04)},
	}
}

func netscapes() []content {
	return []content{
		{"without octets", bits()},
		{"without bits", bits(0)},
		{"nine bits unused", bits(9, 0x80)},
		{"client, seven bits unused", bits(7, 0x80)},
		{"server among the unused", bits(7, 0x40)},
		{"two octets", bits(0, 0x80, 0)},
		{"followed", followed(bits(0, 0x80))},
	}
}

func identifiers() []content {
	return []content{
		{"followed", followed(element(asn1.OCTET_STRING, []byte("x")))},
		{"empty", element(asn1.OCTET_STRING)},
		{"in pieces", pieces(asn1.OCTET_STRING, "x")},
		{"in pieces, fitting", pieces(asn1.OCTET_STRING, "wrong")},
		{"cut", element(asn1.OCTET_STRING, []byte("xyz"))[:3]},
	}
}
