package trust

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// subtree is one name constraint, with what follows its base.
type subtree struct {
	base generalName
	rest cryptobyte.String
}

// constraints are the name constraints of a CA (RFC 5280, section 4.2.1.10).
type constraints struct{ permitted, excluded []subtree }

// readConstraints returns nil when they cannot be read.
func readConstraints(value cryptobyte.String, r *release) *constraints {
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
				s, read = readSubtree(item, r)
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

func readSubtree(item cryptobyte.String, r *release) (subtree, bool) {
	base, read := readGeneralName(&item, r)
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
func (s subtree) limited(r *release) bool {
	rest := s.rest
	var minimum cryptobyte.String
	var present bool
	if !rest.ReadOptionalASN1(&minimum, &present, asn1.Tag(0).ContextSpecific()) {
		return true
	}
	return present && (!r.writtenZero || len(bytes.Trim(minimum, "\x00")) > 0) || !rest.Empty()
}

// maxComparisons bounds the comparisons of names with constraints in one path;
// OpenSSL has the same limit from 1.1.1 on.
const maxComparisons = 1 << 20

// checkConstraints holds every name of the path against the constraints above.
func (w *walk) checkConstraints() Code {
	if !w.release.constraints {
		return ok
	}
	left := maxComparisons
	for i, f := range slices.Backward(w.path) {
		if i > 0 && f.selfIssued {
			continue
		}
		for j := len(w.path) - 1; j > i; j-- {
			c := w.path[j].constraints
			if c == nil {
				continue
			}
			names := w.namesOf(f, i == 0)
			if left -= len(names) * (len(c.permitted) + len(c.excluded)); left < 0 {
				return w.fail(i, unspecified)
			}
			for _, n := range names {
				if code := w.meets(n, c); code != ok {
					return w.fail(i, code)
				}
			}
		}
	}
	return ok
}

// namesOf lists the subject, the mail addresses in it, the alternative names,
// and from 1.1.0 on the server's common name where there is no other DNS name.
func (w *walk) namesOf(f *facts, leaf bool) []generalName {
	var names []generalName
	if len(f.subject) > 0 {
		names = append(names, generalName{kind: directoryName, name: f.subject})
	}
	for _, a := range f.Subject.Names {
		if a.Type.String() == "1.2.840.113549.1.9.1" {
			if text, isText := a.Value.(string); isText {
				names = append(names, generalName{kind: mailName, text: text})
			}
		}
	}
	names = append(names, f.names...)
	hasDNS := slices.ContainsFunc(f.names, func(n generalName) bool { return n.kind == dnsName })
	if leaf && w.ipConstraints && !hasDNS && looksLikeDNS(f.Subject.CommonName) {
		names = append(names, generalName{kind: dnsName, text: f.Subject.CommonName})
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
