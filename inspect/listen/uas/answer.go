package uas

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// MaxFaults is how many requests in a row may be malformed.
const MaxFaults = 10

// response is an answer that has not been sent.
type response struct {
	status int
	reason string
	fields []string
	// tag is that of To, "" for any.
	tag string
	// follow is a request of the server's own that is sent with the answer.
	follow string
	// told is what is told of it; its Text is a remark.
	told Exchange
}

func status(code int, reason string, fields ...string) *response {
	return &response{status: code, reason: reason, fields: fields}
}

// answer deals with a request (RFC 3261, section 8.2); nil is for what is never
// answered.
func (c *session) answer(q *request) *response {
	switch {
	case q.method == "", q.method == "ACK":
		return nil
	case q.fault != nil:
		return status(q.fault.status, q.fault.reason)
	case q.method == "CANCEL":
		// What it would cancel has had its final answer.
		return status(481, "Call/Transaction Does Not Exist")
	case c.config.RegistrarOnly && q.method != "REGISTER" && q.method != "OPTIONS":
		return status(405, "Method Not Allowed", c.allow())
	case !c.config.Local(q.uri.host):
		r := status(404, "Not Found")
		r.told.Text = c.elsewhere(q.uri.host)
		return r
	case q.fields.First("require") != "":
		return status(420, "Bad Extension", "Unsupported: "+strings.Join(q.fields.All("require"), ", "))
	case q.method == "OPTIONS":
		r := status(200, "OK", c.allow(), "Accept: application/sdp")
		if !c.config.RegistrarOnly {
			r.fields = append(r.fields, allowEvents)
		}
		return r
	case q.method == "REGISTER":
		return c.register(q)
	}
	return c.polite(q)
}

func (c *session) elsewhere(host string) string {
	return fmt.Sprintf("this is the registrar of %s, not of %s", c.config.Domain, host)
}

func (c *session) allow() string {
	if c.config.RegistrarOnly {
		return "Allow: OPTIONS, REGISTER"
	}
	return "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH"
}

// reply sends an answer and tells of it.
func (c *session) reply(q *request, r *response, told func(Exchange)) error {
	if r == nil {
		return nil
	}
	text, err := c.text(q, r)
	if err == nil {
		err = c.write(text + r.follow)
	}
	if err != nil {
		return err
	}
	told(exchange(q, r))
	c.faults++
	if q.fault == nil {
		c.faults = 0
	}
	if c.faults > MaxFaults {
		return &Limited{Limit: "malformed requests", Err: errNonsense}
	}
	return nil
}

// text is the answer as it is sent: what makes the client know its request
// again, and the rest (RFC 3261, section 8.2.6).
func (c *session) text(q *request, r *response) (string, error) {
	lines := []string{fmt.Sprintf("%s %d %s", version, r.status, r.reason)}
	for i, via := range q.fields.All("via") {
		if i == 0 {
			via = received(via, c.conn.RemoteAddr())
		}
		lines = append(lines, "Via: "+via)
	}
	to := q.fields.First("to")
	if _, parameters, ok := parseNameAddr(to); to != "" && ok {
		if _, tagged := parameter(parameters, "tag"); !tagged {
			tag, err := r.tag, error(nil)
			if tag == "" {
				tag, err = c.token()
			}
			if err != nil {
				return "", err
			}
			to += ";tag=" + tag
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

// token is a name that nobody has had before.
func (s *Server) token() (string, error) {
	b := make([]byte, 8)
	_, err := io.ReadFull(s.config.Random, b)
	return hex.EncodeToString(b), err
}

// exchange is what is told of a request and its answer.
func exchange(q *request, r *response) Exchange {
	x := r.told
	x.Method, x.Status, x.Reason = wire.Clean(q.method), r.status, r.reason
	x.UserAgent = wire.Clean(q.fields.First("user-agent"))
	remark := x.Text
	x.Text = x.Method
	if x.User != "" {
		x.Text += " of " + x.User
	}
	if x.AuthUser != "" && x.AuthUser != x.User {
		x.Text += " as " + x.AuthUser
	}
	x.Text += fmt.Sprintf(": %d %s", r.status, r.reason)
	if remark != "" {
		x.Text += ", " + remark
	}
	x.Text = wire.Clean(x.Text)
	return x
}
