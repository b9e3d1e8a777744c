package openssl

// What EVP_DecodeUpdate thinks of a byte, beside the 64 values.
const (
	b64Space = 0xE0
	b64LF    = 0xF0
	b64CR    = 0xF1
	b64Dash  = 0xF2 // ends the data
	b64Error = 0xFF
)

// base64Values holds the value of each character, or one of the classes above.
// Padding has the value 0.
var base64Values = func() (values [256]byte) {
	for c := range values {
		values[c] = b64Error
	}
	for value, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		values[c] = byte(value)
	}
	values['='] = 0
	values[' '], values['\t'] = b64Space, b64Space
	values['\n'], values['\r'], values['-'] = b64LF, b64CR, b64Dash
	return values
}()

// isStored reports whether a value is stored as data. The old decoder stores
// errors as well, and finds them only when it decodes the line.
func isStored(v byte) bool { return v < 0x40 || v == b64Error }

// decodeGroups is EVP_DecodeBlock: whole groups of four, padding counts as
// zero bits. It appends to out.
func decodeGroups(out, in []byte) ([]byte, bool) {
	if len(in)%4 != 0 {
		return out, false
	}
	for ; len(in) > 0; in = in[4:] {
		a, b, c, d := base64Values[in[0]&0x7F], base64Values[in[1]&0x7F], base64Values[in[2]&0x7F], base64Values[in[3]&0x7F]
		if (a|b|c|d)&0x80 != 0 {
			return out, false
		}
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	return out, true
}

// decodeNew is EVP_DecodeUpdate and EVP_DecodeFinal since 1.0.1u, 1.0.2e and
// 1.1.0: no limit on a line, and every foreign character is an error, but for
// '-', which ends the data.
func decodeNew(in []byte) ([]byte, bool) {
	out := make([]byte, 0, len(in)/4*3+3)
	var group [4]byte
	n, pads := 0, 0
	for _, c := range in {
		v := base64Values[c]
		switch {
		case v == b64Error, c == '=' && pads == 2, c != '=' && pads > 0 && v < 0x40:
			return nil, false
		case v == b64Dash:
			return out[:max(len(out)-pads, 0)], n == 0
		case v >= 0x40:
			continue
		}
		if c == '=' {
			pads++
		}
		group[n] = c
		if n++; n == 4 {
			out, _ = decodeGroups(out, group[:])
			n = 0
		}
	}
	return out[:max(len(out)-pads, 0)], n == 0
}

// maxOldLine is how many characters a line may have in EVP_DecodeUpdate before
// the rewrite of 2016: the check comes before a character is stored, so that
// the line end after the 80th already fails.
const maxOldLine = 79

// decodeOld is EVP_DecodeUpdate and EVP_DecodeFinal up to 1.0.1t and 1.0.2d.
// Its peculiarities are kept, for files hang on them: the top bit of a byte is
// ignored, a foreign character ends the data without an error, '-' is ignored
// inside a group of four, and the number of pads counts only at the end.
func decodeOld(in []byte) ([]byte, bool) {
	d := oldDecoder{length: 30, firstPad: -1, out: make([]byte, 0, len(in)/4*3+3)}
	if len(in) == 0 || in[0]&0x7F == '-' {
		return nil, true
	}
	for i, c := range in {
		if d.column > maxOldLine {
			return nil, false
		}
		if d.take(c, i+1 == len(in)) {
			break
		}
	}
	kept := d.out[:max(d.kept, 0)]
	if d.n == 0 {
		return kept, true
	}
	return decodeGroups(kept, d.line[:d.n])
}

// oldDecoder is EVP_ENCODE_CTX with the local variables of EVP_DecodeUpdate.
type oldDecoder struct {
	line     [80]byte
	n        int // characters in line
	column   int
	length   int // bytes of the line before
	pads     int
	firstPad int
	skipLF   bool // a full line was decoded, its line end is to come
	out      []byte
	kept     int // bytes of out that count
}

// take takes one character and reports whether the data are at their end.
func (d *oldDecoder) take(c byte, last bool) (end bool) {
	v := base64Values[c&0x7F]
	if isStored(v) {
		d.line[d.n] = c
		d.n++
		d.column++
	}
	if c == '=' {
		if d.firstPad < 0 {
			d.firstPad = d.n
		}
		d.pads++
	}
	if v == b64CR || v == b64LF {
		d.column = 0
		if d.skipLF {
			d.skipLF = v == b64CR
			return false
		}
	}
	d.skipLF = false
	if last && (d.n%4 == 0 || d.pads > 0) {
		v = b64Dash
		d.pads = 0
		for i := d.n - 1; i >= 0 && i >= d.n-2; i-- {
			if d.line[i] == '=' {
				d.pads++
			}
		}
	}
	if v == b64Dash && d.n%4 == 0 || d.n >= 64 {
		return d.flush(v == b64Dash)
	}
	return false
}

// flush decodes the line so far.
func (d *oldDecoder) flush(dash bool) (end bool) {
	d.skipLF = !dash
	decoded := 0
	if d.n == 0 {
		d.pads = 1
	} else {
		before := len(d.out)
		var ok bool
		d.out, ok = decodeGroups(d.out, d.line[:d.n])
		d.n = 0
		if !ok {
			d.out = d.out[:before]
			return true
		}
		decoded = len(d.out) - before
		d.kept += decoded - d.pads
	}
	if decoded < d.length && d.pads > 0 {
		return true
	}
	d.length = decoded
	return d.firstPad >= 0
}
