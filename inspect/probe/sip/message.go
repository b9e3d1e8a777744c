package sip

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/sip/header"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// What is read of one message. RFC 3261 sets no limits; a registrar's answer
// has some hundred bytes.
const (
	maxHead      = 64 << 10
	maxStartLine = 4 << 10
	maxBody      = 1 << 20
	maxFields    = 512
	maxAllow     = 64
)

var errNotSIP = errors.New("what came is not SIP")

const version = "SIP/2.0"

// message is a SIP message without its body.
type message struct {
	// status is 0 in a request, method "" in a response.
	status int
	reason string
	method string
	fields header.Fields
}

// readMessage reads one message and nothing beyond it: whoever asks next on
// the connection starts there. So it reads byte by byte, which on a TLS
// connection comes out of a buffer.
func readMessage(r io.Reader) (*message, error) {
	head, err := readHead(r)
	if err != nil {
		return nil, err
	}
	m, err := parseHead(head)
	if err != nil {
		return nil, err
	}
	length, err := m.length()
	if err != nil {
		return nil, err
	}
	if length > maxBody {
		return nil, wire.ErrTooLarge
	}
	if _, err := io.CopyN(io.Discard, r, length); err != nil {
		return nil, err
	}
	return m, nil
}

// readHead reads up to the empty line. Empty lines before a message are
// keep-alives (RFC 3261 section 7.5, RFC 5626 section 4.4.1).
func readHead(r io.Reader) ([]byte, error) {
	var head []byte
	var next [1]byte
	for skipped := 0; ; {
		if _, err := io.ReadFull(r, next[:]); err != nil {
			if len(head) > 0 && !maySIP(head) {
				return nil, errNotSIP
			}
			return nil, err
		}
		if len(head) == 0 && (next[0] == '\r' || next[0] == '\n') {
			if skipped++; skipped > maxHead {
				return nil, wire.ErrTooLarge
			}
			continue
		}
		head = append(head, next[0])
		line := bytes.IndexByte(head[:min(len(head), maxStartLine)], '\n')
		switch {
		case line < 0 && len(head) >= maxStartLine, line == len(head)-1 && !maySIP(head):
			return nil, errNotSIP
		case bytes.HasSuffix(head, []byte("\n\r\n")), bytes.HasSuffix(head, []byte("\n\n")):
			return head, nil
		case len(head) >= maxHead:
			return nil, wire.ErrTooLarge
		}
	}
}

// maySIP reports whether bytes can be the beginning of a message: "SIP/2.0 200
// OK", or a line that ends in "SIP/2.0" once it is whole.
func maySIP(head []byte) bool {
	line, _, whole := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	start := []byte(version + " ")
	if n := min(len(start), len(line)); strings.EqualFold(string(start[:n]), string(line[:n])) {
		return !whole || n == len(start)
	}
	if whole {
		return len(line) > len(version) && strings.EqualFold(string(line[len(line)-len(version):]), version)
	}
	return bytes.IndexFunc(line, func(c rune) bool { return c < ' ' || c > 0x7e }) < 0
}

func parseHead(head []byte) (*message, error) {
	reader := textproto.NewReader(bufio.NewReader(bytes.NewReader(head)))
	line, err := reader.ReadLine()
	if err != nil {
		return nil, errNotSIP
	}
	first, rest, _ := strings.Cut(line, " ")
	m := &message{method: first}
	if strings.EqualFold(first, version) {
		code, reason, _ := strings.Cut(rest, " ")
		status, err := strconv.Atoi(code)
		if err != nil || status < 100 || status > 699 {
			return nil, errNotSIP
		}
		m.status, m.reason, m.method = status, reason, ""
	}
	for len(m.fields) <= maxFields {
		line, err := reader.ReadContinuedLine()
		if err != nil || line == "" {
			return m, nil
		}
		// A line that is no field spoils itself alone.
		if name, value, found := strings.Cut(line, ":"); found {
			m.fields = append(m.fields, header.Field{Name: header.Long(strings.TrimSpace(name)), Value: strings.TrimSpace(value)})
		}
	}
	return nil, wire.ErrTooLarge
}

// length is that of the body; without a field there is none to be found.
func (m *message) length() (int64, error) {
	text := m.fields.First("content-length")
	if text == "" {
		return 0, nil
	}
	length, err := strconv.ParseUint(text, 10, 62)
	if err != nil {
		return 0, errNotSIP
	}
	return int64(length), nil
}

// cseq is the number and the method of the request that a message belongs to.
func (m *message) cseq() (int, string) {
	parts := strings.Fields(m.fields.First("cseq"))
	if len(parts) != 2 {
		return 0, ""
	}
	number, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, ""
	}
	return number, parts[1]
}

// describe puts what an answer says of its server into a result.
func (m *message) describe(result *diagnosis.SIP) {
	result.Status, result.Reason = m.status, wire.Clean(m.reason)
	if result.Server = wire.Clean(m.fields.First("server")); result.Server == "" {
		result.Server = wire.Clean(m.fields.First("user-agent"))
	}
	result.Allow = nil
	for method := range strings.SplitSeq(strings.Join(m.fields.All("allow"), ","), ",") {
		if method = wire.Clean(method); method != "" && len(result.Allow) < maxAllow {
			result.Allow = append(result.Allow, method)
		}
	}
	if m.status/100 == 3 {
		result.Location = wire.Clean(m.fields.First("contact"))
	}
}
