package uas

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// maxExpires is the longest that a binding is granted, in seconds, and what it is
// granted when the client does not say (RFC 3261, section 10.2).
const maxExpires = 3600

// register deals with a REGISTER (RFC 3261, section 10.3).
func (c *session) register(q *request) *response {
	uri, _, ok := parseNameAddr(q.fields.First("to"))
	to, parsed := parseURI(uri)
	if !ok || !parsed || to.user == "" || len(to.user) > maxText {
		return status(400, "Malformed To")
	}
	about := Exchange{User: wire.Clean(to.user)}
	if !c.config.Local(to.host) {
		about.Text = c.elsewhere(to.host)
		return &response{status: 404, reason: "Not Found", told: about}
	}
	if r := c.fixed(q, about); r != nil {
		return r
	}
	who, denied := c.gate.check(q)
	about.AuthUser = who
	if denied != nil && c.config.Answer == 0 {
		about.Text = denied.why
		return &response{status: 401, reason: "Unauthorized", fields: c.gate.challenges(challenge, denied.stale), told: about}
	}
	r := c.bind(q, to.user)
	r.told.User, r.told.AuthUser = about.User, about.AuthUser
	return r
}

// bind changes the bindings of a user, and answers with those that are left.
func (c *session) bind(q *request, user string) *response {
	now := c.config.Clock()
	changes, all, fault := c.changes(q, user, now)
	if fault != nil {
		return status(fault.status, fault.reason)
	}
	order := Binding{callID: q.fields.First("call-id")}
	order.cseq, _ = q.cseq()
	bindings, err := c.location.update(user, changes, all, order, now)
	if err != nil {
		return refusalOf(err)
	}
	r := status(200, "OK")
	for _, b := range bindings {
		r.fields = append(r.fields, fmt.Sprintf("Contact: <%s>;expires=%d", b.Contact, seconds(b, now)))
	}
	r.told.Contacts = len(bindings)
	for _, b := range changes {
		r.told.Expires = max(r.told.Expires, seconds(b, now))
	}
	switch {
	case r.told.Expires > 0:
		c.registered = time.Duration(r.told.Expires) * time.Second
		r.told.Text = fmt.Sprintf("registered for %d seconds", r.told.Expires)
	case len(changes) > 0 || all:
		r.told.Text = "no longer registered"
		if len(bindings) > 0 {
			r.told.Text = fmt.Sprintf("unregistered, contacts left: %d", len(bindings))
		}
	}
	return r
}

func seconds(b Binding, now time.Time) int { return int(b.Expires.Sub(now).Seconds()) }

// changes are the bindings that a request asks for; one that ends now is to be
// taken away. all says that it takes away every one (RFC 3261, section 10.2.2).
func (c *session) changes(q *request, user string, now time.Time) (changes []Binding, all bool, fault *refusal) {
	overall := expires(q.fields.First("expires"), maxExpires)
	var contacts []string
	for _, value := range q.fields.All("contact") {
		contacts = append(contacts, elements(value, maxContacts+1)...)
	}
	if len(contacts) > maxContacts {
		return nil, false, &refusal{400, "Too many contacts"}
	}
	if len(q.fields.First("call-id")) > maxText {
		return nil, false, &refusal{400, "Call-ID too long"}
	}
	number, _ := q.cseq()
	for _, contact := range contacts {
		if contact == "*" {
			if len(contacts) > 1 || overall != 0 {
				return nil, false, &refusal{400, "Malformed Contact"}
			}
			return nil, true, nil
		}
		uri, parameters, ok := parseNameAddr(contact)
		if _, parsed := parseURI(uri); !ok || !parsed || len(uri) > maxText {
			return nil, false, &refusal{400, "Malformed Contact"}
		}
		own, _ := parameter(parameters, "expires")
		changes = append(changes, Binding{
			User: user, Contact: uri, Expires: now.Add(time.Duration(expires(own, overall)) * time.Second),
			UserAgent: wire.Clean(q.fields.First("user-agent")), Client: c.conn.RemoteAddr().String(),
			callID: q.fields.First("call-id"), cseq: number,
		})
	}
	return changes, false, nil
}

// expires reads a number of seconds; what is none stands for the default (RFC
// 3261, section 10.2.1.1), what is too much for the most.
func expires(text string, otherwise int) int {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return otherwise
	}
	return int(min(n, maxExpires))
}

// refusalOf is the answer to what the location service does not take.
func refusalOf(err error) *response {
	if errors.Is(err, errFull) {
		return status(503, "Service Unavailable")
	}
	return status(400, "CSeq out of order")
}
