package inspect

import (
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
)

// indefinite is the length octet of BER that leaves the length open (X.690,
// section 8.1.3.6).
const indefinite = 0x80

// beginsLikeDER reports whether data begin with a SEQUENCE and are no text. Its
// tag is the digit 0, but the octets for a long or an open length stand for no
// character that text has.
func beginsLikeDER(data []byte) bool {
	const sequence, longest = 0x30, 0x84
	if len(data) < 2 || data[0] != sequence {
		return false
	}
	return data[1] >= indefinite && data[1] <= longest || !looksLikeText(data)
}

// binary reads one DER or BER object after another.
func (r *reader) binary(data []byte) {
	for offset := 0; offset < len(data); {
		rest := data[offset:]
		if offset > 0 && structureOf(rest) == structUnknown {
			r.trailing(rest, offset)
			return
		}
		if len(r.file.Objects) >= maxObjects {
			r.add("der.too-many", finding.Error, "RFC 5280, section 4.1", "split the file",
				"it holds more than %d objects", maxObjects)
			return
		}
		der, after, err := ber.ToDER(rest)
		if err != nil {
			r.damagedDER(rest, offset, err)
			return
		}
		r.blocks++
		before := len(r.file.Objects)
		r.object(block{der: der, raw: rest[:len(rest)-len(after)]})
		if len(r.file.Objects) == before && offset > 0 {
			r.trailing(rest, offset)
			return
		}
		offset = len(data) - len(after)
	}
}

// maxObjects is the most objects that are read of a file of DER.
const maxObjects = 20_000

func (r *reader) trailing(rest []byte, offset int) {
	r.add("der.trailing", finding.Warning, "RFC 5280, section 4.1", "phonecert convert {file} -o {out}",
		"%d bytes follow the DER, from offset %d on", len(rest), offset)
}

// damagedDER says what is wrong with binary data that begins as DER does.
func (r *reader) damagedDER(data []byte, offset int, err error) {
	where := "it"
	if offset > 0 {
		where = fmt.Sprintf("what follows from offset %d on", offset)
	}
	is := structureOf(data)
	total, known := ber.Length(data)
	switch {
	case known && total > len(data):
		r.add("der.cut-off", finding.Error, "ITU-T X.690, section 8.1.3", "copy it again in binary mode",
			"%s is %s in DER that was cut off after %d of %d bytes", where, is, len(data), total)
	case errors.Is(err, ber.ErrTruncated):
		r.add("der.cut-off", finding.Error, "ITU-T X.690, section 8.1.3", "copy it again in binary mode",
			"%s is %s in BER that was cut off after %d bytes", where, is, len(data))
	case errors.Is(err, ber.ErrDepth):
		r.add("der.too-deep", finding.Error, "ITU-T X.690, section 8.1", "ask for the file again: no certificate is built like this",
			"%s is nested more than %d levels deep", where, ber.MaxDepth)
	default:
		r.add("der.damaged", finding.Error, "ITU-T X.690, section 8.1", "export the certificate again",
			"%s begins like %s in DER, but its lengths do not fit: %s", where, is, err)
	}
}
