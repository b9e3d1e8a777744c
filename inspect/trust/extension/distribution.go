package extension

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// wholeDistribution reports whether distribution points can be read (RFC 5280,
// section 4.2.1.13). What they say is no matter.
func (r *Rules) wholeDistribution(value cryptobyte.String) bool {
	var points, point cryptobyte.String
	if !value.ReadASN1(&points, asn1.SEQUENCE) {
		return false
	}
	for !points.Empty() {
		if !points.ReadASN1(&point, asn1.SEQUENCE) || !r.wholePoint(point) {
			return false
		}
	}
	return true
}

func (r *Rules) wholePoint(point cryptobyte.String) bool {
	var name cryptobyte.String
	var named bool
	if !point.ReadOptionalASN1(&name, &named, asn1.Tag(0).ContextSpecific().Constructed()) {
		return false
	}
	if named {
		full, isFull, read := readList(&name, 0)
		if _, whole := r.readGeneralNames(full); !read || !whole {
			return false
		}
		if !isFull {
			relative, present, read := readList(&name, 1)
			if !read || !present || !wholeAttributes(relative) {
				return false
			}
		}
	}
	reasons := asn1.Tag(1).ContextSpecific()
	if point.PeekASN1Tag(reasons) || point.PeekASN1Tag(reasons.Constructed()) {
		if _, read := r.readBits(&point, reasons); !read {
			return false
		}
	}
	list, _, read := readList(&point, 2)
	issuers, whole := r.readGeneralNames(list)
	return read && whole && name.Empty() && point.Empty() && (named || len(issuers) > 0 || !r.NeedsContent)
}
