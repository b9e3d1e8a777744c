package capture

import (
	"bytes"
	"fmt"
)

// MaxHex is the longest hex dump that is read, in bytes of text.
const MaxHex = 16 << 20

// HexError says which line of a hex dump cannot be read.
type HexError struct {
	// Line counts from 1; 0: the text as a whole.
	Line int
	// Problem is a sentence without a full stop; Fix says what to do.
	Problem string
	Fix     string
}

// Error returns the place and the problem.
func (e *HexError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// Hex reads a pasted hex dump of one conversation: plain digits, xxd,
// hexdump -C, od -tx1, "Copy as Hex Dump", "Follow TCP Stream" as hex dump or
// as C arrays from Wireshark, tcpdump -X, openssl s_client -debug. Without
// marks of direction all bytes are in client, whoever sent them. When the
// bytes are whole packets, their TCP payload is returned. Errors are a
// *HexError.
func Hex(text []byte) (client, server []byte, err error) {
	if len(text) > MaxHex {
		return nil, nil, &HexError{0, fmt.Sprintf("the text is longer than %d MiB", MaxHex>>20), "give a capture file instead: phonecert trace FILE"}
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.IndexByte(text, 0) >= 0 {
		return nil, nil, &HexError{1, "the text holds zero bytes: it is binary, or UTF-16", "save it as plain text, or give a capture without --hex"}
	}
	chunks, err := readChunks(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")))
	if err != nil {
		return nil, nil, err
	}
	if len(chunks) == 0 {
		return nil, nil, &HexError{0, "the text holds no hex digits", "paste the bytes of the handshake, for instance from Wireshark: Follow TCP Stream, show as Hex Dump"}
	}
	if client, server, is, err := unpack(chunks); is {
		return client, server, err
	}
	for _, c := range chunks {
		if c.from == fromServer {
			server = append(server, c.bytes...)
		} else {
			client = append(client, c.bytes...)
		}
	}
	return client, server, nil
}

// speaker is who said a chunk.
type speaker uint8

const (
	fromUnknown speaker = iota
	fromClient
	fromServer
)

// chunk is a run of bytes of one side.
type chunk struct {
	from  speaker
	line  int
	bytes []byte
}

// readChunks reads line by line: runs of rows with offsets, and plain digits.
func readChunks(text []byte) ([]chunk, error) {
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
				return nil, &HexError{n, "the dump shows words of 16 bits, whose bytes may be swapped", "make it with: hexdump -C FILE, or xxd FILE"}
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
