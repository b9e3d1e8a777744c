package forge

import "golang.org/x/crypto/cryptobyte/asn1"

// oddNames are names of every kind, readable or not.
func oddNames() []content {
	text := func(n int, constructed bool, part []byte) []byte { return contextual(n, constructed, part) }
	kind := object(serverAuth)
	return []content{
		{"other", contextual(0, true, kind, contextual(0, true, stray()))},
		{"other, empty", contextual(0, true)},
		{"other, primitive", contextual(0, false, kind)},
		{"other, string alone", text(0, true, stray())},
		{"other without value", text(0, true, kind)},
		{"other with two values", contextual(0, true, kind, contextual(0, true, stray(), stray()))},
		{"DNS in broken pieces", text(2, true, []byte("xyz"))},
		{"X.400", text(3, true, stray())},
		{"X.400, broken", text(3, true, []byte{1})},
		{"X.400, empty", contextual(3, true)},
		{"X.400, primitive", text(3, false, []byte("x"))},
		{"directory", dirName("CN=x")},
		{"directory, broken", text(4, true, []byte("xyz"))},
		{"directory, string", text(4, true, stray())},
		{"directory, empty", contextual(4, true)},
		{"directory, without names", text(4, true, sequence())},
		{"directory with something behind", contextual(4, true, distinguishedName("CN=x"), stray())},
		{"EDI", text(5, true, contextual(1, true, stray()))},
		{"EDI, both", contextual(5, true, contextual(0, true, stray()), contextual(1, true, stray()))},
		{"EDI, assigner alone", text(5, true, contextual(0, true, stray()))},
		{"EDI, number", text(5, true, contextual(1, true, small(1)))},
		{"EDI, string", text(5, true, stray())},
		{"EDI, three strings", contextual(5, true, stray(), stray(), stray())},
		{"EDI, empty", contextual(5, true)},
		{"registered", text(8, false, []byte{0x2a, 1})},
		{"registered, empty", contextual(8, false)},
		{"registered, padded", text(8, false, []byte{0x80, 1})},
		{"registered, padded within", text(8, false, []byte{0x2a, 0x80, 1})},
		{"registered without end", text(8, false, []byte{0x2a, 0x81})},
		{"registered, constructed", text(8, true, []byte{0x2a})},
		{"unknown kind", text(9, false, []byte("x"))},
		{"string", stray()},
		{"application", []byte{0x42, 1, 'a'}},
		{"long tag", []byte{0x9f, 0x1f, 1, 'a'}},
	}
}

// nameLists stand below a CA that permits example.com alone.
func nameLists() []content {
	outside := dns("pbx.example.org")
	list := []content{
		{"plain", sequence(outside)},
		{"followed", followed(sequence(outside))},
		{"empty", sequence()},
		{"in pieces", sequence(contextual(2, true, element(asn1.IA5String, []byte("pbx.example.org"))))},
		{"in pieces within", sequence(contextual(2, true, element(asn1.IA5String, []byte("pbx.example.com"))))},
		{"cut", sequence(outside)[:6]},
	}
	for _, odd := range oddNames() {
		list = append(list, content{"and " + odd.name, sequence(outside, odd.value)})
	}
	return list
}

// constraintLists stand above pbx.example.org.
func constraintLists() []content {
	com, org := dns("example.com"), dns("example.org")
	permit := func(trees ...[]byte) []byte { return contextual(0, true, trees...) }
	list := []content{
		{"plain", sequence(permit(tree(com)))},
		{"with something behind", sequence(permit(tree(com)), contextual(5, true))},
		{"followed", followed(sequence(permit(tree(com))))},
		{"string behind the base", sequence(permit(tree(com, stray())))},
		{"padded minimum", sequence(permit(tree(com, contextual(0, false, []byte{0, 0}))))},
		{"unknown kind behind", sequence(permit(tree(com), tree(contextual(9, false, []byte("x")))))},
		{"nothing permitted", sequence(permit())},
		{"primitive list", sequence(contextual(0, false, tree(com)))},
		{"base in pieces, outside", sequence(permit(tree(contextual(2, true, element(asn1.IA5String, []byte("example.com"))))))},
		{"base in pieces, within", sequence(permit(tree(contextual(2, true, element(asn1.IA5String, []byte("example.org"))))))},
		{"excluded first", sequence(contextual(1, true, tree(org)), permit(tree(org)))},
	}
	for _, odd := range oddNames() {
		list = append(list, content{odd.name, sequence(permit(tree(odd.value)))})
	}
	return list
}

func distributions() []content {
	point := func(name ...[]byte) []byte { return sequence(sequence(contextual(0, true, name...))) }
	address := uri("http://example.com/crl")
	full := contextual(0, true, address)
	attribute := sequence(object("2.5.4.3"), stray())
	return []content{
		{"plain", point(full)},
		{"of strings", sequence(stray())},
		{"of an unknown kind", point(contextual(0, true, contextual(9, false, []byte("x"))))},
		{"that is nothing", element(asn1.NULL)},
		{"without points", sequence()},
		{"empty point", sequence(sequence())},
		{"point without name", point()},
		{"relative", point(contextual(1, true, attribute))},
		{"relative, broken", point(contextual(1, true, []byte("xyz")))},
		{"two names", point(full, full)},
		{"reasons", sequence(sequence(contextual(0, true, full), contextual(1, false, []byte{1, 0x60})))},
		{"reasons without octets", sequence(sequence(contextual(0, true, full), contextual(1, false)))},
		{"issuer", sequence(sequence(contextual(0, true, full), contextual(2, true, dirName("CN=x"))))},
		{"issuer, broken", sequence(sequence(contextual(0, true, full), contextual(2, true, stray())))},
		{"something behind", sequence(sequence(contextual(0, true, full), stray()))},
	}
}
