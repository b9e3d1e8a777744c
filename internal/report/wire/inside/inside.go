// Package inside reads the SIP and HTTP messages that a key log opened, as far
// as they may be told: their heads, without what is secret in them.
package inside

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake"
)

// How much of what was inside a connection is told.
const (
	maxMessages  = 200
	maxHeaders   = 64
	maxHeadBytes = 16 << 10
	maxLine      = 1 << 10
)

// Message is the head of a SIP or HTTP message that a key log opened. The body
// is not told: session descriptions hold the keys of the call.
type Message struct {
	// Index is the transcript's entry in which it ends.
	Index     int                 `json:"index"`
	Direction handshake.Direction `json:"direction"`
	StartLine string              `json:"start_line"`
	// Headers are as they came, but for what is secret in them.
	Headers []string `json:"headers"`
}

// Messages finds the messages in the opened application data, in the order in
// which their heads were complete. The list is never nil.
func Messages(list []handshake.Entry) []Message {
	found := []Message{}
	var streams [2]stream
	for _, e := range list {
		m, ok := e.Fields.(*handshake.ApplicationData)
		if !ok || int(e.Direction) >= len(streams) {
			continue
		}
		s := &streams[e.Direction]
		s.feed(m)
		for len(found) < maxMessages {
			head, ok := s.next()
			if !ok {
				break
			}
			found = append(found, newMessage(e, head))
		}
	}
	return found
}

// stream is what one side said and was not read yet.
type stream struct {
	rest []byte
	skip int  // bytes of a body still to come
	lost bool // the place of the next message is not known
}

func (s *stream) feed(m *handshake.ApplicationData) {
	s.lost = s.lost || len(m.Plaintext) < m.Length
	if s.lost {
		return
	}
	s.rest = append(s.rest, m.Plaintext...)
}

// next takes the head of the next message.
func (s *stream) next() (head string, ok bool) {
	n := min(s.skip, len(s.rest))
	s.rest, s.skip = s.rest[n:], s.skip-n
	s.rest = bytes.TrimLeft(s.rest, "\r\n") // keep-alives between messages (RFC 5626, section 4.4.1)
	end := bytes.Index(s.rest, []byte("\r\n\r\n"))
	if s.lost || end < 0 || end > maxHeadBytes {
		if len(s.rest) > maxHeadBytes {
			s.lost, s.rest = true, nil
		}
		return "", false
	}
	head, s.rest = string(s.rest[:end]), s.rest[end+4:]
	first, _, _ := strings.Cut(head, "\r\n")
	if !patterns().start.MatchString(first) {
		s.lost, s.rest = true, nil
		return "", false
	}
	if n, found := contentLength(head); found {
		s.skip = n
	} else if strings.HasPrefix(first, "HTTP/") {
		s.lost = true // the body ends where nothing here tells
	}
	return head, true
}

func contentLength(head string) (int, bool) {
	m := patterns().length.FindStringSubmatch(strings.ReplaceAll(head, "\r\n", "\n"))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

func newMessage(e handshake.Entry, head string) Message {
	// A line that begins with a space goes on with the one before (RFC 3261,
	// section 7.3.1): joined first, or the rest of a secret would be shown.
	head = patterns().folded.ReplaceAllString(head, " ")
	first, rest, _ := strings.Cut(head, "\r\n")
	m := Message{Index: e.Index, Direction: e.Direction, StartLine: withoutSecrets(first), Headers: []string{}}
	for header := range strings.SplitSeq(rest, "\r\n") {
		if header != "" && len(m.Headers) < maxHeaders {
			m.Headers = append(m.Headers, withoutSecrets(header))
		}
	}
	return m
}

// StartLine is the first line of opened application data, where it begins a
// message, else "".
func StartLine(plaintext []byte) string {
	first, _, _ := strings.Cut(string(plaintext[:min(len(plaintext), maxLine)]), "\r\n")
	if !patterns().start.MatchString(first) {
		return ""
	}
	return withoutSecrets(first)
}
