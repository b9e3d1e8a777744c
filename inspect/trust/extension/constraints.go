package extension

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
)

// subtree is one name constraint, with what follows its base.
type subtree struct {
	base generalName
	rest cryptobyte.String
}

// constraints are the name constraints of a CA (RFC 5280, section 4.2.1.10).
type constraints struct{ permitted, excluded []subtree }

// readConstraints returns nil when they cannot be read.
func (r *Rules) readConstraints(value cryptobyte.String) *constraints {
	var c constraints
	if !value.ReadASN1(&value, asn1.SEQUENCE) {
		return nil
	}
	for i, into := range []*[]subtree{&c.permitted, &c.excluded} {
		list, _, read := readList(&value, uint8(i))
		for read && !list.Empty() {
			var item cryptobyte.String
			var s subtree
			read = list.ReadASN1(&item, asn1.SEQUENCE)
			if read {
				s, read = r.readSubtree(item)
			}
			*into = append(*into, s)
		}
		if !read {
			return nil
		}
	}
	if !value.Empty() {
		return nil
	}
	return &c
}

func (r *Rules) readSubtree(item cryptobyte.String) (subtree, bool) {
	base, read := r.readGeneralName(&item)
	s := subtree{base, item}
	for i := range 2 { // minimum and maximum
		var distance cryptobyte.String
		var present bool
		read = read && item.ReadOptionalASN1(&distance, &present, asn1.Tag(i).ContextSpecific()) &&
			(!present || r.wellFormedInteger(distance))
	}
	return s, read && item.Empty()
}

// limited reports a maximum, or a minimum other than zero; before 3.0 also a
// zero that is written, as DER forbids.
func (s subtree) limited(r *Rules) bool {
	rest := s.rest
	var minimum cryptobyte.String
	var present bool
	if !rest.ReadOptionalASN1(&minimum, &present, asn1.Tag(0).ContextSpecific()) {
		return true
	}
	return present && (!r.WrittenZero || len(bytes.Trim(minimum, "\x00")) > 0) || !rest.Empty()
}

// Permits holds the names of a certificate below against a CA's name constraints;
// leaf says that it is the server's. Every comparison takes one from left, and
// Unspecified ends them when nothing is left.
func (c *Certificate) Permits(below *Certificate, leaf bool, left *int) errcode.Code {
	limits := c.constraints
	if limits == nil {
		return errcode.OK
	}
	names := below.namesOf(leaf)
	if *left -= len(names) * (len(limits.permitted) + len(limits.excluded)); *left < 0 {
		return errcode.Unspecified
	}
	for _, n := range names {
		if code := c.rules.meets(n, limits); code != errcode.OK {
			return code
		}
	}
	return errcode.OK
}

// namesOf lists the subject, the mail addresses in it, the alternative names,
// and from 1.1.0 on the server's common name where there is no other DNS name.
func (c *Certificate) namesOf(leaf bool) []generalName {
	var names []generalName
	if len(c.subject) > 0 {
		names = append(names, generalName{kind: directoryName, name: c.subject})
	}
	for _, a := range c.Subject.Names {
		if a.Type.String() == "1.2.840.113549.1.9.1" {
			if text, isText := a.Value.(string); isText {
				names = append(names, generalName{kind: mailName, text: text})
			}
		}
	}
	names = append(names, c.names...)
	hasDNS := slices.ContainsFunc(c.names, func(n generalName) bool { return n.kind == dnsName })
	if leaf && c.rules.Addresses && !hasDNS && looksLikeDNS(c.Subject.CommonName) {
		names = append(names, generalName{kind: dnsName, text: c.Subject.CommonName})
	}
	return names
}

func looksLikeDNS(text string) bool {
	text = strings.TrimSuffix(text, "\x00")
	if !strings.Contains(text, ".") || strings.Contains(text, "..") {
		return false
	}
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.')
	}
	return !strings.ContainsFunc(text, odd) && strings.Trim(text, ".-") == text
}
