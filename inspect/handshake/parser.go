package handshake

import (
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Hex are bytes that JSON shows in hexadecimal digits.
type Hex []byte

// MarshalText writes hexadecimal digits.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// parser reads one message. A field that is cut off is told once; every read
// after it gives zeros, so that readers need no branches.
type parser struct {
	message   []byte // with its header
	name      string
	section   string // of the format that is being read
	version   iana.ProtocolVersion
	suite     iana.CipherSuite
	cut       bool
	remaining int // how many more extensions are kept
	problems  []Problem
}

// offset is where in the message s begins. Every slice of a message reaches to
// the end of its capacity, so the capacities tell.
func (p *parser) offset(s cryptobyte.String) int64 { return int64(cap(p.message) - cap(s)) }

func (p *parser) fail(at cryptobyte.String, format string, values ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{p.name, p.section, p.offset(at), fmt.Sprintf(format, values...)})
	}
}

// bytes reads a field of n bytes. Of one that is cut off it returns what is
// there.
func (p *parser) bytes(s *cryptobyte.String, n int, field string) cryptobyte.String {
	if p.cut {
		return nil
	}
	if n > len(*s) {
		p.fail(*s, "%s needs %d bytes, %d are left", field, n, len(*s))
		p.cut, n = true, len(*s)
	}
	out := (*s)[:n]
	*s = (*s)[n:]
	return out
}

func (p *parser) number(s *cryptobyte.String, size int, field string) int {
	if p.cut {
		return 0
	}
	whole := p.bytes(s, size, field)
	if p.cut {
		return 0
	}
	value := 0
	for _, b := range whole {
		value = value<<8 | int(b)
	}
	return value
}

// vector reads a field that begins with its length in size bytes.
func (p *parser) vector(s *cryptobyte.String, size int, field string) cryptobyte.String {
	n := p.number(s, size, field)
	return p.bytes(s, n, field)
}

// end tells about bytes that nothing asks for.
func (p *parser) end(s cryptobyte.String, of string) {
	if !p.cut && len(s) > 0 {
		p.fail(s, "%d bytes after the end of %s", len(s), of)
	}
}

// numbers reads a list of numbers of size bytes each.
func numbers[T ~uint8 | ~uint16](p *parser, s cryptobyte.String, size int, field string) []T {
	if len(s) == 0 {
		return nil
	}
	list := make([]T, 0, len(s)/size)
	for ; len(s) >= size; s = s[size:] {
		value := T(s[0])
		if size == 2 {
			value = T(uint16(s[0])<<8 | uint16(s[1]))
		}
		list = append(list, value)
	}
	if len(s) > 0 && !p.cut {
		p.fail(s, "%s ends within an element", field)
	}
	return list
}

// view is a part of a message that is handed out: appending to it copies.
func view(s cryptobyte.String) Hex { return Hex(s[:len(s):len(s)]) }

// inner runs read on a part of the message: what is cut off in there does not
// end the message.
func (p *parser) inner(section string, read func()) {
	outer, cut := p.section, p.cut
	p.section, p.cut = section, false
	read()
	p.section, p.cut = outer, cut
}
