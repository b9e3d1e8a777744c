package convert

import (
	"github.com/phonecert/phonecert/inspect"
)

// order puts the certificates in the order asked for. The other objects come
// after them when the order is that of the chain.
func (j *job) order() error {
	if j.Order != ChainOrder {
		return nil
	}
	certs := j.of(inspect.KindCertificate)
	if len(certs) == 0 {
		return nil
	}
	others := j.keep(func(it item) bool { return it.Kind == inspect.KindCertificate })
	first := firstOfChain(certs, others)
	path, rest := chain(certs, first)
	if len(rest) > 0 {
		j.remark("%d of the certificates are not in the chain of %q; they come after it", len(rest), shortName(certs[first]))
	}
	j.items = append(append(path, rest...), others...)
	return nil
}

// firstOfChain returns the index of the certificate with which the chain
// starts: the one that a private key belongs to, else the first leaf, else the
// first of all.
func firstOfChain(certs, keys []item) int {
	for i, c := range certs {
		for _, k := range keys {
			if belongs(k, c.Certificate) {
				return i
			}
		}
	}
	if own := leaves(certs); len(own) > 0 {
		return own[0] - 1
	}
	return 0
}

// chain follows the issuers from one certificate on, by names and key
// identifiers, and returns the others as rest.
func chain(certs []item, first int) (path, rest []item) {
	bySubject := map[string][]int{}
	for i, it := range certs {
		subject := string(it.Certificate.RawSubject)
		bySubject[subject] = append(bySubject[subject], i)
	}
	used := make([]bool, len(certs))
	for next := first; next >= 0; {
		used[next] = true
		path = append(path, certs[next])
		next = issuerOf(certs, certs[next], bySubject, used)
	}
	for i, it := range certs {
		if !used[i] {
			rest = append(rest, it)
		}
	}
	return path, rest
}

// issuerOf returns the index of an unused certificate that issued c, or -1. Of
// several the self-signed one is taken: it ends the chain, while a cross-signed
// twin leads on to a root that may have expired.
func issuerOf(certs []item, c item, bySubject map[string][]int, used []bool) int {
	found := -1
	if c.Certificate.SelfIssued() {
		return found
	}
	for _, i := range bySubject[string(c.Certificate.RawIssuer)] {
		issuer := certs[i].Certificate
		if used[i] || !issuer.Issued(c.Certificate) {
			continue
		}
		if issuer.SelfIssued() {
			return i
		}
		if found < 0 {
			found = i
		}
	}
	return found
}
