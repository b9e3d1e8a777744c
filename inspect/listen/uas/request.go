package uas

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/sip/header"
)

// What is read of one message. RFC 3261 sets no limits; a phone's REGISTER has
// some hundred bytes.
const (
	// MaxLine, MaxHead and MaxBody are in bytes, MaxHead is that of all lines
	// before the body.
	MaxLine = 8 << 10
	MaxHead = 32 << 10
	MaxBody = 64 << 10
	// MaxFields is how many header fields there may be.
	MaxFields = 256
)

// What ends a connection, for where the next message begins is not known.
var (
	// ErrNotSIP: the client speaks something else, or cannot count.
	ErrNotSIP = errors.New("what came is not SIP")
	// ErrTooLarge: a message goes beyond MaxLine, MaxHead, MaxFields or MaxBody.
	ErrTooLarge = errors.New("the message is larger than a registrar reads")

	errNonsense = errors.New("too many requests in a row made no sense")
)

const version = "SIP/2.0"

// request is a SIP request without its body. A response in its place has an
// empty method.
type request struct {
	method string
	uri    address
	fields header.Fields
	// fault is why it can only be refused, nil for one that is whole.
	fault *refusal
}

// refusal is an answer to a request that cannot be dealt with.
type refusal struct {
	status int
	reason string
}

// skipKeepAlives reads the empty lines before a message; two of them are a
// keep-alive that wants an answer (RFC 3261, section 7.5; RFC 5626, section
// 4.4.1).
func skipKeepAlives(in *bufio.Reader, pong func() error) error {
	for lines := 0; ; {
		next, err := in.Peek(1)
		if err != nil {
			return err
		}
		if next[0] != '\r' && next[0] != '\n' {
			return nil
		}
		in.Discard(1)
		if next[0] == '\r' {
			continue
		}
		if lines++; lines == 2 {
			lines = 0
			if err := pong(); err != nil {
				return err
			}
		}
	}
}

// readRequest reads one message, and nothing beyond it.
func readRequest(in *bufio.Reader) (*request, error) {
	var head []byte
	for {
		line, err := readLine(in)
		switch {
		case err != nil:
			return nil, err
		case len(head)+len(line) > MaxHead:
			return nil, ErrTooLarge
		}
		if len(head) == 0 && !isStart(line) {
			return nil, ErrNotSIP
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		head = append(append(head, line...), '\n')
	}
	q, err := parse(head)
	if err != nil {
		return nil, err
	}
	length, err := q.length()
	if err != nil {
		return nil, err
	}
	_, err = io.CopyN(io.Discard, in, length)
	return q, err
}

// readLine reads up to a line's end, which belongs to it; the line holds until the
// next is read.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long) >= MaxLine {
			return nil, ErrTooLarge
		}
		line, err = in.ReadSlice('\n')
		long = append(long, line...)
	}
	if len(long) > MaxLine {
		return nil, ErrTooLarge
	}
	return long, err
}

// isStart reports whether a line begins or ends as that of a message does, so
// that HTTP and the like are told from a SIP message at once.
func isStart(line []byte) bool {
	return bytes.Contains(bytes.ToUpper(line), []byte("SIP/"))
}

// parse reads the head of a message, whose lines end in LF. What is wrong with a
// message that can still be answered is its fault; the error says that it cannot.
func parse(head []byte) (*request, error) {
	if bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' || r == 0x7f }) {
		return nil, ErrNotSIP
	}
	lines := strings.Split(strings.TrimSuffix(string(head), "\n"), "\n")
	q := &request{}
	for _, line := range lines[1:] {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(q.fields) > 0 {
			// A continued line (RFC 3261, section 7.3.1).
			last := &q.fields[len(q.fields)-1]
			last.Value = strings.TrimSpace(last.Value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if name = header.Long(name); name == "o" {
			name = "event" // RFC 6665, section 8.2.1
		}
		if !found || !isToken(name) {
			q.refuse(400, "Malformed header field")
			continue
		}
		if len(q.fields) == MaxFields {
			return nil, ErrTooLarge
		}
		q.fields = append(q.fields, header.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	if err := q.start(lines[0]); err != nil {
		return nil, err
	}
	q.check()
	return q, nil
}

// start reads the first line.
func (q *request) start(line string) error {
	parts := strings.Split(line, " ")
	if strings.EqualFold(parts[0], version) {
		return nil // a response: nobody was asked anything
	}
	if len(parts) != 3 || !isToken(parts[0]) || !strings.HasPrefix(strings.ToUpper(parts[2]), "SIP/") {
		return ErrNotSIP
	}
	q.method = parts[0]
	uri, ok := parseURI(parts[1])
	switch q.uri = uri; {
	case !strings.EqualFold(parts[2], version):
		q.refuse(505, "Version Not Supported")
	case !ok:
		q.refuse(400, "Malformed Request-URI")
	case uri.scheme != "sip" && uri.scheme != "sips":
		q.refuse(416, "Unsupported URI Scheme")
	}
	return nil
}

// check looks for what every request has (RFC 3261, section 8.1.1). Max-Forwards
// is for proxies.
func (q *request) check() {
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		if q.fields.First(strings.ToLower(name)) == "" {
			q.refuse(400, "Missing "+name)
		}
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Content-Length"} {
		if len(q.fields.All(strings.ToLower(name))) > 1 {
			q.refuse(400, "More than one "+name)
		}
	}
	if _, method := q.cseq(); method != q.method {
		q.refuse(400, "CSeq does not match")
	}
}

// refuse notes a fault; the first counts.
func (q *request) refuse(status int, reason string) {
	if q.fault == nil {
		q.fault = &refusal{status, reason}
	}
}

// length is that of the body. Over a stream the field is never left out, but for
// a message without a body nothing hangs on it (RFC 3261, section 20.14).
func (q *request) length() (int64, error) {
	var length uint64
	for i, text := range q.fields.All("content-length") {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || i > 0 && n != length {
			return 0, ErrNotSIP
		}
		length = n
	}
	if length > MaxBody {
		return 0, ErrTooLarge
	}
	return int64(length), nil
}

// cseq is the number and the method of CSeq; "" if there is none to be read.
func (q *request) cseq() (number uint32, method string) {
	parts := strings.Fields(q.fields.First("cseq"))
	if len(parts) != 2 {
		return 0, ""
	}
	n, err := strconv.ParseUint(parts[0], 10, 31)
	if err != nil {
		return 0, ""
	}
	return uint32(n), parts[1]
}

// isToken is the rule of RFC 3261, section 25.1.
func isToken(text string) bool {
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~") == ""
}
