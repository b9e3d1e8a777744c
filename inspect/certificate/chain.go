package certificate

// Path follows the issuers of a certificate through a list, as far as they are
// in it, by names and key identifiers; no signature is verified. It begins
// with the certificate itself and ends at a self-issued one or where the next
// issuer is missing.
func Path(from *Certificate, among []*Certificate) []*Certificate {
	path := []*Certificate{from}
	used := map[*Certificate]bool{from: true}
	for current := from; !current.SelfIssued(); {
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
// first one when there is none such, and nil for an empty list.
func Leaf(list []*Certificate) *Certificate {
	for _, c := range list {
		if !issuedAny(c, list) {
			return c
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func issuedAny(c *Certificate, list []*Certificate) bool {
	for _, other := range list {
		if other != c && c.Issued(other) && !other.Equal(c.Certificate) {
			return true
		}
	}
	return false
}
