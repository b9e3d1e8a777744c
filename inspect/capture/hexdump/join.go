package hexdump

import (
	"bytes"
	"fmt"
	"strconv"
)

// joinRows makes chunks of a run of rows.
func joinRows(chunks []Chunk, run []row) ([]Chunk, error) {
	if len(run) == 0 {
		return chunks, nil
	}
	outermost := run[0].indent
	indented := false
	for _, r := range run {
		outermost = min(outermost, r.indent)
		indented = indented || r.indent != run[0].indent
	}
	for i := range run { // Wireshark indents what the server said
		switch r := &run[i]; {
		case indented && r.indent > outermost:
			r.from = Server
		case indented:
			r.from = Client
		}
	}
	offsets, err := readOffsets(run)
	if err != nil {
		return nil, err
	}
	var at [3]int64 // where each speaker is
	width := 0      // of a full row
	for i, r := range run {
		if offsets[i] == 0 && len(r.bytes) > 0 { // a new dump
			at[r.from] = 0
			chunks = append(chunks, Chunk{From: r.from, Line: r.line})
		}
		if offsets[i] != at[r.from] {
			return nil, &Error{r.line, fmt.Sprintf("the line begins at offset %s, but %d bytes stand before it", r.offset, at[r.from]), "paste the dump from its first line on, and all lines of it"}
		}
		b, err := r.cut(offsets[i], following(run, offsets, i), &width)
		if err != nil {
			return nil, err
		}
		at[r.from] += int64(len(b))
		if n := len(chunks); n == 0 || chunks[n-1].From != r.from {
			chunks = append(chunks, Chunk{From: r.from, Line: r.line})
		}
		c := &chunks[len(chunks)-1]
		c.Bytes = append(c.Bytes, b...)
	}
	return chunks, nil
}

// following is the offset of the next row of the same side, or 0.
func following(run []row, offsets []int64, i int) int64 {
	for j := i + 1; j < len(run); j++ {
		if run[j].from == run[i].from {
			return offsets[j]
		}
	}
	return 0
}

// cut returns the bytes of a row: as many as the next offset says, for the
// characters beside them may look like bytes.
func (r *row) cut(offset, next int64, width *int) ([]byte, error) {
	n := next - offset
	switch {
	case next == 0:
		if *width > 0 {
			return r.bytes[:min(len(r.bytes), *width)], nil
		}
		return r.bytes, nil
	case r.repeat && n > 0 && n <= MaxText && len(r.bytes) > 0 && n%int64(len(r.bytes)) == 0:
		return bytes.Repeat(r.bytes, int(n)/len(r.bytes)), nil
	case n <= 0 || n > int64(len(r.bytes)):
		return nil, &Error{r.line, fmt.Sprintf("the line holds %d bytes, but by the offset of the next it should hold %d", len(r.bytes), n), "paste the dump from its first line on, and all lines of it"}
	}
	*width = max(*width, int(n))
	return r.bytes[:n], nil
}

// readOffsets reads the offsets in the base that fits: od counts in octal.
func readOffsets(run []row) ([]int64, error) {
	base := 16
	for i := range run[:len(run)-1] {
		if r, next := run[i], run[i+1]; r.indent == next.indent && !r.repeat {
			for _, try := range []int{16, 10, 8} {
				from, err1 := strconv.ParseInt(r.offset, try, 64)
				to, err2 := strconv.ParseInt(next.offset, try, 64)
				if err1 == nil && err2 == nil && to-from == int64(len(r.bytes)) {
					base = try
					break
				}
			}
			break
		}
	}
	offsets := make([]int64, len(run))
	for i, r := range run {
		n, err := strconv.ParseInt(r.offset, base, 64)
		if err != nil {
			return nil, &Error{r.line, fmt.Sprintf("the offset %q is not in base %d as those before it", r.offset, base), "paste the output of one program at a time"}
		}
		offsets[i] = n
	}
	return offsets, nil
}
