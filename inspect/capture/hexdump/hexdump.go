// Package hexdump reads hex dumps as programs write them and people paste them.
package hexdump

import (
	"bytes"
	"fmt"
)

// MaxText is the longest dump that is read, in bytes of text.
const MaxText = 16 << 20

// Error says which line of a dump cannot be read.
type Error struct {
	// Line counts from 1; 0: the text as a whole.
	Line int
	// Problem is a sentence without a full stop; Fix says what to do.
	Problem string
	Fix     string
}

// Error returns the place and the problem.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// Speaker is who said a Chunk.
type Speaker uint8

const (
	// Unknown: the dump does not tell.
	Unknown Speaker = iota
	// Client is the side that connected.
	Client
	// Server is the other one.
	Server
)

// Chunk is a run of bytes of one side.
type Chunk struct {
	From  Speaker
	Line  int // where it begins, from 1
	Bytes []byte
}

// Parse reads a dump: plain digits, xxd, hexdump -C, od -tx1, "Copy as Hex
// Dump", "Follow TCP Stream" as hex dump or as C arrays from Wireshark, tcpdump
// -X, openssl s_client -debug. There is at least one Chunk, unless there is an
// *Error.
func Parse(text []byte) ([]Chunk, error) {
	if len(text) > MaxText {
		return nil, &Error{0, fmt.Sprintf("the text is longer than %d MiB", MaxText>>20), "give a capture file instead: phonecert trace FILE"}
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.IndexByte(text, 0) >= 0 {
		return nil, &Error{1, "the text holds zero bytes: it is binary, or UTF-16", "save it as plain text, or give a capture without --hex"}
	}
	chunks, err := readChunks(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")))
	if err != nil {
		return nil, err
	}
	if len(chunks) == 0 {
		return nil, &Error{0, "the text holds no hex digits", "paste the bytes of the handshake, for instance from Wireshark: Follow TCP Stream, show as Hex Dump"}
	}
	return chunks, nil
}

// readChunks reads line by line: runs of rows with offsets, and plain digits.
func readChunks(text []byte) ([]Chunk, error) {
	var d digits
	var run []row
	end := func() (err error) {
		d.chunks, err = joinRows(d.chunks, run)
		run = nil
		return err
	}
	for n := 1; len(text) > 0; n++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0:
			continue
		case string(trimmed) == "*" && len(run) > 0:
			run[len(run)-1].repeat = true
			continue
		}
		if r, ok := parseRow(n, line); ok && !d.comment && !d.half && (len(run) > 0 && r.continues(&run[0]) || len(run) == 0 && r.begins()) {
			if r.words {
				return nil, &Error{n, "the dump shows words of 16 bits, whose bytes may be swapped", "make it with: hexdump -C FILE, or xxd FILE"}
			}
			r.from = d.from
			run = append(run, r)
			continue
		}
		if err := end(); err != nil {
			return nil, err
		}
		if err := d.line(n, trimmed); err != nil {
			return nil, err
		}
	}
	if err := end(); err != nil {
		return nil, err
	}
	return d.chunks, d.end()
}
