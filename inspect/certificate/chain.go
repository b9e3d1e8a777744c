package certificate

// MaxPath is the most certificates that Path returns; no chain in use is a
// tenth as long.
const MaxPath = 100

// Path follows the issuers of a certificate through a list, as far as they are
// in it, by names and key identifiers; no signature is verified. It begins
// with the certificate itself and ends at a self-issued one, where the next
// issuer is missing, or after MaxPath certificates.
func Path(from *Certificate, among []*Certificate) []*Certificate {
	path := []*Certificate{from}
	used := map[*Certificate]bool{from: true}
	for current := from; !current.SelfIssued() && len(path) < MaxPath; {
		next := issuer(current, among, used)
		if next == nil {
			break
		}
		used[next] = true
		path = append(path, next)
		current = next
	}
	return path
}

func issuer(c *Certificate, among []*Certificate, used map[*Certificate]bool) *Certificate {
	for _, candidate := range among {
		if !used[candidate] && candidate.Issued(c) {
			return candidate
		}
	}
	return nil
}

// Leaf returns the first certificate that has issued no other in the list, the
// first one when there is none such, and nil for an empty list. Copies of a
// certificate count as one. The time is linear in the list's length.
func Leaf(list []*Certificate) *Certificate {
	issued := children(list)
	for _, c := range list {
		own := 0
		if c.Issued(c) {
			own = 1
		}
		if issued.of(c) == own {
			return c
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// child is by what a certificate knows its issuer (see Issued).
type child struct{ issuer, authorityKeyID string }

// childCount counts certificates by what they know of their issuer, and once
// more by the issuer's name alone.
type childCount struct {
	named map[string]int
	exact map[child]int
}

func children(list []*Certificate) childCount {
	count := childCount{map[string]int{}, map[child]int{}}
	seen := map[string]bool{}
	for _, c := range list {
		if !seen[string(c.Raw)] {
			seen[string(c.Raw)] = true
			count.named[string(c.RawIssuer)]++
			count.exact[child{string(c.RawIssuer), string(c.AuthorityKeyId)}]++
		}
	}
	return count
}

// of returns how many certificates c has issued, itself included.
func (n childCount) of(c *Certificate) int {
	if len(c.SubjectKeyId) == 0 {
		return n.named[string(c.RawSubject)]
	}
	return n.exact[child{string(c.RawSubject), ""}] + n.exact[child{string(c.RawSubject), string(c.SubjectKeyId)}]
}
