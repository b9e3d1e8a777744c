package hexdump

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// digits collects what has no offsets: plain digits, arrays of C, and the
// headings that programs put between.
type digits struct {
	chunks  []Chunk
	from    Speaker
	comment bool // within one of C
	half    bool // a byte began at the end of the line before
	high    byte
	last    int
}

// line takes a line without an offset.
func (d *digits) line(n int, b []byte) error {
	d.last = n
	b = d.uncomment(b)
	if len(b) == 0 || d.heading(n, b) {
		return nil
	}
	if i := bytes.IndexByte(b, '{'); i >= 0 {
		d.declare(n, b[:i])
		b = b[i+1:]
	}
	if bytes.Contains(b, []byte("SPACES/NULS")) {
		return &Error{n, "the program left out the bytes at the end", "use a newer openssl, or capture with tcpdump"}
	}
	return d.tokens(n, b)
}

// uncomment leaves out the comments of C and of shells.
func (d *digits) uncomment(b []byte) []byte {
	if d.comment {
		_, after, ok := bytes.Cut(b, []byte("*/"))
		if !ok {
			return nil
		}
		d.comment, b = false, after
	}
	for {
		before, rest, ok := bytes.Cut(b, []byte("/*"))
		if !ok {
			break
		}
		_, after, closed := bytes.Cut(rest, []byte("*/"))
		d.comment = !closed
		b = append(append(bytes.Clone(before), ' '), after...)
	}
	for _, mark := range []string{"//", "#"} {
		b, _, _ = bytes.Cut(b, []byte(mark))
	}
	return bytes.TrimSpace(b)
}

// heading knows the lines that programs put before bytes: s_client -debug, and
// packets of tcpdump.
func (d *digits) heading(n int, b []byte) bool {
	switch {
	case bytes.HasPrefix(b, []byte("write to 0x")):
		d.from = Client
	case bytes.HasPrefix(b, []byte("read from 0x")):
		d.from = Server
	case len(b) > 18 && b[2] == ':' && b[5] == ':' && b[8] == '.' && bytes.IndexByte(b, ' ') > 8:
		d.from = Unknown
	case bytes.HasPrefix(b, []byte("unsigned int ")) && bytes.IndexByte(b, '{') < 0:
		return true // the length that xxd -i writes behind the array
	default:
		return false
	}
	d.begin(n)
	return true
}

// declare takes the words before the brace of an array.
func (d *digits) declare(n int, b []byte) {
	d.from = Unknown
	if bytes.Contains(b, []byte("peer0_")) {
		d.from = Client
	}
	if bytes.Contains(b, []byte("peer1_")) {
		d.from = Server
	}
	d.begin(n)
}

func (d *digits) begin(n int) {
	d.chunks = append(d.chunks, Chunk{From: d.from, Line: n})
}

// tokens takes digits with whatever is usual between them.
func (d *digits) tokens(n int, b []byte) error {
	if len(d.chunks) == 0 || d.chunks[len(d.chunks)-1].From != d.from {
		d.begin(n)
	}
	c := &d.chunks[len(d.chunks)-1]
	for len(b) > 0 {
		if bytes.IndexByte([]byte(" \t\v\f,;:.-{}[]()\"'=|"), b[0]) >= 0 {
			b = b[1:]
			continue
		}
		prefixed := len(b) > 1 && (b[0] == '0' || b[0] == '\\') && b[1]|0x20 == 'x'
		if prefixed {
			b = b[2:]
		}
		size := hexRun(b)
		if size == 0 {
			char, _ := utf8.DecodeRune(b)
			return &Error{n, fmt.Sprintf("%q is no hex digit", char), "paste the bytes alone, or the whole output of: xxd FILE"}
		}
		token := b[:size]
		b = b[size:]
		switch {
		case d.half && !prefixed:
			low, _ := hexDigit(token[0])
			c.Bytes = append(c.Bytes, d.high<<4|low)
			d.half, token = false, token[1:]
		case prefixed && size == 1:
			low, _ := hexDigit(token[0])
			c.Bytes, token = append(c.Bytes, low), nil
		}
		if len(token)%2 == 1 {
			if len(b) > 0 || prefixed || d.half {
				return &Error{n, fmt.Sprintf("%q has an odd number of digits", clip(token)), "paste whole bytes, two digits each"}
			}
			d.half = true // a line broken within a byte
			d.high, _ = hexDigit(token[len(token)-1])
		}
		c.Bytes = appendHex(c.Bytes, token)
	}
	return nil
}

func (d *digits) end() error {
	if d.half {
		return &Error{d.last, "the number of hex digits is odd: the last one stands alone", "paste whole bytes, two digits each"}
	}
	return nil
}

func clip(b []byte) []byte { return b[:min(len(b), 20)] }
