package extension

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
)

// meets holds one name against the constraints: it must lie within one of the
// permitted subtrees of its kind, if there are any, and within no excluded one.
func (r *Rules) meets(n generalName, c *constraints) errcode.Code {
	restricted, permitted := false, false
	for _, s := range c.permitted {
		if s.base.kind != n.kind {
			continue
		}
		if s.limited(r) {
			return errcode.SubtreeMinMax
		}
		if permitted {
			continue
		}
		restricted = true
		switch code := r.within(n, s.base); code {
		case errcode.OK:
			permitted = true
		case errcode.PermittedViolation:
		default:
			return code
		}
	}
	if restricted && !permitted {
		return errcode.PermittedViolation
	}
	for _, s := range c.excluded {
		if s.base.kind != n.kind {
			continue
		}
		if s.limited(r) {
			return errcode.SubtreeMinMax
		}
		switch code := r.within(n, s.base); code {
		case errcode.OK:
			return errcode.ExcludedViolation
		case errcode.PermittedViolation:
		default:
			return code
		}
	}
	return errcode.OK
}

// within gives OK when a name lies within a subtree and PermittedViolation when
// it does not; any other code says that the two cannot be compared.
func (r *Rules) within(n, base generalName) errcode.Code {
	switch n.kind {
	case directoryName:
		if len(base.name) > len(n.name) {
			return errcode.PermittedViolation
		}
		for i, rdn := range base.name {
			if n.name[i] != rdn {
				return errcode.PermittedViolation
			}
		}
		return errcode.OK
	case dnsName:
		return answer(r.withinDNS(n.text, base.text))
	case mailName:
		return withinMail(n.text, base.text)
	case uriName:
		return withinURI(n.text, base.text)
	case addressName:
		if r.Addresses {
			return withinAddress(n.text, base.text)
		}
	}
	return errcode.UnsupportedConstraintType
}

func answer(inside bool) errcode.Code {
	if inside {
		return errcode.OK
	}
	return errcode.PermittedViolation
}

// withinDNS takes a base without a dot in front, later releases one with it as well.
func (r *Rules) withinDNS(name, base string) bool {
	if base == "" {
		return true
	}
	if len(name) < len(base) {
		return false
	}
	rest := name[:len(name)-len(base)]
	if rest != "" && !(r.DottedBase && base[0] == '.') && !strings.HasSuffix(rest, ".") {
		return false
	}
	return sameFold(name[len(rest):], base)
}

// withinMail: a base is an address, a host, or a domain with a dot in front.
func withinMail(mail, base string) errcode.Code {
	at := strings.LastIndexByte(mail, '@')
	if at < 0 {
		return errcode.UnsupportedNameForm
	}
	baseAt := strings.LastIndexByte(base, '@')
	if baseAt < 0 && strings.HasPrefix(base, ".") {
		return answer(len(mail) > len(base) && sameFold(mail[len(mail)-len(base):], base))
	}
	if baseAt > 0 && mail[:at] != base[:baseAt] {
		return errcode.PermittedViolation
	}
	return answer(sameFold(mail[at+1:], base[baseAt+1:]))
}

func withinURI(uri, base string) errcode.Code {
	_, rest, found := strings.Cut(uri, "://")
	if !found || strings.IndexByte(uri, ':') != len(uri)-len(rest)-len("://") {
		return errcode.UnsupportedNameForm
	}
	host := rest
	if end := strings.IndexByte(host, ':'); end >= 0 {
		host = host[:end]
	} else if end := strings.IndexByte(host, '/'); end >= 0 {
		host = host[:end]
	}
	switch {
	case host == "":
		return errcode.UnsupportedNameForm
	case strings.HasPrefix(base, "."):
		return answer(len(host) > len(base) && sameFold(host[len(host)-len(base):], base))
	}
	return answer(sameFold(host, base))
}

// withinAddress: the base is an address and a mask of the same length.
func withinAddress(address, base string) errcode.Code {
	if len(address) != 4 && len(address) != 16 {
		return errcode.UnsupportedNameForm
	}
	if len(base) != 8 && len(base) != 32 {
		return errcode.UnsupportedNameForm
	}
	if len(base) != 2*len(address) {
		return errcode.PermittedViolation
	}
	for i := range len(address) {
		if (address[i]^base[i])&base[len(address)+i] != 0 {
			return errcode.PermittedViolation
		}
	}
	return errcode.OK
}

// sameFold compares without the case of ASCII letters.
func sameFold(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }
