package registrar

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// maxFaults is how many requests in a row may be malformed.
const maxFaults = 10

// response is an answer that has not been sent. A status of 0 is none.
type response struct {
	status int
	reason string
	fields []string
	// event is what is told of it; its Text is a remark.
	event Event
}

func status(code int, reason string) *response { return &response{status: code, reason: reason} }

// answer deals with a request (RFC 3261, section 8.2).
func (c *connection) answer(q *request) *response {
	switch {
	case q.method == "", q.method == "ACK":
		return nil
	case q.fault != nil:
		return status(q.fault.status, q.fault.reason)
	case q.method == "CANCEL":
		return status(481, "Call/Transaction Does Not Exist")
	case q.method != "REGISTER" && q.method != "OPTIONS":
		r := status(405, "Method Not Allowed")
		r.fields = []string{allow}
		return r
	case !c.names.have(q.uri.host):
		r := status(404, "Not Found")
		r.event.Text = fmt.Sprintf("this is the registrar of %s, not of %s", c.config.Domain, q.uri.host)
		return r
	case q.fields.First("require") != "":
		r := status(420, "Bad Extension")
		r.fields = []string{"Unsupported: " + strings.Join(q.fields.All("require"), ", ")}
		return r
	case q.method == "OPTIONS":
		r := status(200, "OK")
		r.fields = []string{allow, "Accept: application/sdp"}
		return r
	}
	return c.register(q)
}

const allow = "Allow: OPTIONS, REGISTER"

// reply sends an answer and tells of it.
func (c *connection) reply(q *request, r *response) error {
	if r == nil {
		return nil
	}
	text, err := c.text(q, r)
	if err == nil {
		err = c.write(text)
	}
	if err != nil {
		return err
	}
	c.log(c.told(q, r))
	c.faults++
	if q.fault == nil {
		c.faults = 0
	}
	if c.faults > maxFaults {
		return errNonsense
	}
	return nil
}

// text is the answer as it is sent: what makes the client know its request
// again, and the rest (RFC 3261, section 8.2.6).
func (c *connection) text(q *request, r *response) (string, error) {
	lines := []string{fmt.Sprintf("%s %d %s", version, r.status, r.reason)}
	for i, via := range q.fields.All("via") {
		if i == 0 {
			via = received(via, c.raw.RemoteAddr())
		}
		lines = append(lines, "Via: "+via)
	}
	to := q.fields.First("to")
	if _, parameters, ok := parseNameAddr(to); to != "" && ok {
		if _, tagged := parameter(parameters, "tag"); !tagged {
			tag := make([]byte, 8)
			if _, err := io.ReadFull(c.config.Random, tag); err != nil {
				return "", err
			}
			to += ";tag=" + hex.EncodeToString(tag)
		}
	}
	for _, f := range []struct{ name, value string }{
		{"From", q.fields.First("from")}, {"To", to}, {"Call-ID", q.fields.First("call-id")}, {"CSeq", q.fields.First("cseq")},
	} {
		if f.value != "" {
			lines = append(lines, f.name+": "+f.value)
		}
	}
	lines = append(lines, r.fields...)
	// Phones without a clock take the time from here (RFC 3261, section 20.17).
	lines = append(lines, "Date: "+c.config.Clock().UTC().Format(http.TimeFormat), "Server: phonecert", "Content-Length: 0", "", "")
	return strings.Join(lines, "\r\n"), nil
}

// received adds to the first Via where the request really came from (RFC 3261,
// section 18.2.1; RFC 3581, section 4).
func received(via string, from net.Addr) string {
	host, port, err := net.SplitHostPort(from.String())
	if err != nil {
		return via
	}
	first, rest := cutUnquoted(via, ',')
	sent, parameters := cutUnquoted(first, ';')
	kept := []string{strings.TrimSpace(sent)}
	asked := false
	for parameters != "" {
		var one string
		one, parameters = cutUnquoted(parameters, ';')
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		switch {
		case strings.EqualFold(name, "received"), name == "":
			continue
		case strings.EqualFold(name, "rport") && value == "":
			asked = true
			one = "rport=" + port
		}
		kept = append(kept, strings.TrimSpace(one))
	}
	if asked || !sentBy(sent, host) {
		kept = append(kept, "received="+host)
	}
	via = strings.Join(kept, ";")
	if rest != "" {
		via += "," + rest
	}
	return via
}

// sentBy reports whether a Via names a host: "SIP/2.0/TLS 192.0.2.55:5061".
func sentBy(sent, host string) bool {
	words := strings.Fields(sent)
	if len(words) == 0 {
		return false
	}
	named := words[len(words)-1]
	if only, _, err := net.SplitHostPort(named); err == nil {
		named = only
	}
	return strings.Trim(named, "[]") == host
}

// told is the event of a request.
func (c *connection) told(q *request, r *response) Event {
	e := r.event
	e.Kind, e.Method, e.Status = Answered, wire.Clean(q.method), r.status
	e.UserAgent = wire.Clean(q.fields.First("user-agent"))
	remark := e.Text
	e.Text = e.Method
	if e.User != "" {
		e.Text += " of " + e.User
	}
	if e.AuthUser != "" && e.AuthUser != e.User {
		e.Text += " as " + e.AuthUser
	}
	e.Text += fmt.Sprintf(": %d %s", r.status, r.reason)
	if remark != "" {
		e.Text += ", " + remark
	}
	return e
}

// refusalOf is the answer to what the location service does not take.
func refusalOf(err error) *response {
	if errors.Is(err, errFull) {
		return status(503, "Service Unavailable")
	}
	return status(400, "CSeq out of order")
}
