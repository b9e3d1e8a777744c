package hexdump

import (
	"bytes"
	"strconv"
)

// row is a line of a dump with an offset.
type row struct {
	line   int
	from   Speaker
	indent int
	offset string
	marked bool // the offset is set off by a colon, a dash, or two spaces
	group  int  // digits in a row
	words  bool // as od -x and plain hexdump write them
	bytes  []byte
	repeat bool // a line with * follows
}

// parseRow splits a line into offset, bytes, and a column of characters that
// is left out.
func parseRow(n int, line []byte) (r row, ok bool) {
	b := bytes.TrimLeft(line, " \t")
	r = row{line: n, indent: len(line) - len(b)}
	b = bytes.TrimPrefix(b, []byte("0x"))
	size := hexRun(b)
	if size < 4 || size > 16 {
		return r, false
	}
	r.offset, b = string(b[:size]), bytes.TrimRight(b[size:], "\r\n")
	gap := bytes.TrimLeft(b, " \t")
	switch spaces := len(b) - len(gap); {
	case len(gap) == 0:
		return r, true
	case gap[0] == ':':
		r.marked, gap = true, gap[1:]
	case gap[0] == '-' && spaces > 0:
		r.marked, gap = true, gap[1:]
	case spaces == 0:
		return r, false
	default:
		r.marked = spaces > 1 || b[0] == '\t'
	}
	r.take(bytes.TrimLeft(gap, " \t"))
	r.words = r.group == 4 && len(r.offset) == 7
	return r, len(r.bytes) > 0
}

// take reads bytes in groups of equal length, up to what cannot be one.
func (r *row) take(b []byte) {
	for {
		size := hexRun(b)
		if r.group == 0 {
			r.group = size
		}
		last := size < r.group // an odd byte at the end of a dump by words
		if size == 0 || size > r.group || size%2 != 0 {
			return
		}
		after := b[size:]
		gap := bytes.TrimLeft(after, " \t")
		spaces := len(after) - len(gap)
		if spaces == 0 && len(gap) > 0 && gap[0] != '-' {
			return // characters that begin like a byte
		}
		r.bytes = appendHex(r.bytes, b[:size])
		switch {
		case last, len(gap) == 0, spaces > 2, spaces == 2 && (r.group != 2 || len(r.bytes) != 8):
			return
		case spaces == 0:
			gap = gap[1:] // s_client puts a dash in the middle
		}
		b = gap
	}
}

// begins reports whether a run of rows may begin here: plain digits that only
// look like an offset must not be taken for one.
func (r *row) begins() bool {
	offset, err := strconv.ParseUint(r.offset, 16, 64)
	if err != nil || len(r.bytes) == 0 {
		return false
	}
	if offset == 0 {
		return r.marked || len(r.offset) != r.group
	}
	return r.marked && offset < MaxText && len(r.offset) != r.group
}

func (r *row) continues(first *row) bool {
	return len(r.offset) >= len(first.offset) && (r.marked == first.marked || len(r.bytes) == 0)
}

// hexRun counts the hex digits at the beginning.
func hexRun(b []byte) int {
	for i, c := range b {
		if _, ok := hexDigit(c); !ok {
			return i
		}
	}
	return len(b)
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// appendHex appends an even number of digits as bytes.
func appendHex(to, digits []byte) []byte {
	for i := 0; i+1 < len(digits); i += 2 {
		high, _ := hexDigit(digits[i])
		low, _ := hexDigit(digits[i+1])
		to = append(to, high<<4|low)
	}
	return to
}
