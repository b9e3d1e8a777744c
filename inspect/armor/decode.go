package armor

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decode turns the characters into the block's bytes and says what of them is
// missing or too much.
func (b *body) decode(block *Block) {
	if len(b.characters) == 0 {
		b.damaged(block, damage{oddity: oddEmpty, line: block.Line})
		return
	}
	if b.foreign > 0 {
		b.decodeForeign(block)
		return
	}
	d := decodeBase64(b.characters)
	block.Bytes = d.bytes
	size, known := SequenceSize(d.bytes)
	if strings.HasSuffix(block.Label, "PARAMETERS") {
		size, known = elementSize(d.bytes) // a curve is an OBJECT IDENTIFIER
	}
	switch uneven := d.single || d.missing || d.extra; {
	case !holdsDER(block.Label) || block.Header("Proc-Type") != "":
		b.reportPadding(block, d)
	case known && size > len(d.bytes) && b.padInside:
		b.pad.oddity = oddLost
		b.damaged(block, b.pad)
	case known && size != len(d.bytes) && uneven && b.closed && !b.padInside:
		b.damaged(block, damage{oddity: oddLength, line: block.Line, have: len(b.characters)})
	case known && size > len(d.bytes):
		b.damaged(block, damage{oddity: oddCutOff, line: block.Line, have: len(d.bytes), want: size})
	case !known && !isIndefinite(d.bytes):
		b.damaged(block, damage{oddity: oddNotDER, line: block.Line})
	case known:
		block.Trailing = len(d.bytes) - size
		fallthrough
	default:
		b.reportPadding(block, d)
	}
	b.reportTrailing(block)
}

// reportPadding reports '=' that are missing, too many or in the wrong place,
// and groups that no '=' can mend.
func (b *body) reportPadding(block *Block, d decoded) {
	if d.single {
		b.damaged(block, damage{oddity: oddLength, line: block.Line, have: len(b.characters)})
		return
	}
	if d.missing {
		b.report.add(oddPadMissing, block.EndLine)
	}
	if d.extra {
		b.report.add(oddPadExtra, block.EndLine)
	}
	if b.padInside {
		b.report.add(oddPadInside, block.Line)
	}
	if d.bits {
		b.report.add(oddPadBits, block.EndLine)
	}
}

func (b *body) reportTrailing(block *Block) {
	if block.Trailing == 0 || block.Damaged {
		return
	}
	odd := oddTrailing
	if block.Label == "TRUSTED CERTIFICATE" && IsAux(block.Bytes[len(block.Bytes)-block.Trailing:]) {
		odd = oddTrusted
	}
	b.report.detail(odd, block.Line, ByteCount(block.Trailing), "")
}

// decodeForeign decodes characters among which are foreign ones. If the rest
// is a whole DER they were superfluous. If not, each has taken the place of
// one that is lost, and a zero keeps its place.
func (b *body) decodeForeign(block *Block) {
	without := bytes.ReplaceAll(b.characters, []byte{foreignMark}, nil)
	d := decodeBase64(without)
	size, known := SequenceSize(d.bytes)
	if known && size == len(d.bytes) && !d.single {
		block.Bytes = d.bytes
		b.widths = b.mended
		b.report.detail(oddForeign, b.place.line, b.place.detail, "")
		b.reportPadding(block, d)
		return
	}
	block.Bytes = decodeBase64(bytes.ReplaceAll(b.characters, []byte{foreignMark}, []byte{'A'})).bytes
	b.place.oddity = oddLost
	b.damaged(block, b.place)
}

func (b *body) damaged(block *Block, d damage) {
	block.Damaged = true
	b.report.damage(d)
}

// isIndefinite reports whether bytes begin with a SEQUENCE of BER's indefinite
// length, as Windows exports PKCS #7.
func isIndefinite(b []byte) bool { return len(b) >= 2 && b[0] == 0x30 && b[1] == 0x80 }

// decoded is the outcome of decodeBase64.
type decoded struct {
	bytes                        []byte
	missing, extra, single, bits bool
}

// decodeBase64 decodes every piece between padding. A single character that is
// left over carries no byte.
func decodeBase64(characters []byte) (d decoded) {
	d.bytes = make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(characters)))
	for len(characters) > 0 {
		n := bytes.IndexByte(characters, '=')
		if n < 0 {
			n = len(characters)
		}
		pads := 0
		for n+pads < len(characters) && characters[n+pads] == '=' {
			pads++
		}
		wanted, usable := (4-n%4)%4, n
		switch n % 4 {
		case 1:
			usable--
		case 2, 3:
			d.bits = d.bits || hasSpareBits(characters[n-n%4:n])
		}
		d.single = d.single || n%4 == 1
		d.missing = d.missing || pads < wanted
		d.extra = d.extra || pads > wanted
		d.bytes, _ = base64.RawStdEncoding.AppendDecode(d.bytes, characters[:usable])
		characters = characters[n+pads:]
	}
	return d
}

// hasSpareBits reports whether the two or three characters that are left over
// have bits set that belong to no byte.
func hasSpareBits(last []byte) bool {
	var room [2]byte
	_, err := base64.RawStdEncoding.Strict().Decode(room[:], last)
	return err != nil
}
