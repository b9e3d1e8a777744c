package uas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// allowEvents are the event packages that phones subscribe to, and to which a
// NOTIFY without a body is an answer: message-summary (RFC 3842), presence (RFC
// 3856, 3857), dialog (RFC 4235), reg (RFC 3680), conference (RFC 4575),
// ua-profile (RFC 6080), call-completion (RFC 6910), vq-rtcpxr (RFC 6035), and
// what hosted PBXs have of their own.
const (
	allowEvents = "Allow-Events: " + packages
	packages    = "as-feature-event, call-completion, call-info, conference, dialog, line-seize, message-summary, presence, presence.winfo, reg, ua-profile, vq-rtcpxr"
)

// polite answers what phones send to a PBX besides REGISTER and OPTIONS, so that
// none of them tries again and again while only its TLS is looked at.
func (c *session) polite(q *request) *response {
	r := c.courtesy(q)
	if uri, _, ok := parseNameAddr(q.fields.First("from")); ok {
		if from, ok := parseURI(uri); ok {
			r.told.User = wire.Clean(from.user)
		}
	}
	return r
}

func (c *session) courtesy(q *request) *response {
	switch q.method {
	case "SUBSCRIBE":
		return c.subscribe(q)
	case "PUBLISH":
		return c.publish(q)
	case "NOTIFY":
		return status(200, "OK")
	case "INVITE":
		if !q.inDialog() {
			// Final at once, so that nothing of the call is kept; its ACK is taken
			// in silence. A phone plays the busy tone and does not try again, as it
			// might with other codecs after a 488.
			return status(486, "Busy Here")
		}
		return status(481, "Call/Transaction Does Not Exist")
	case "BYE", "INFO", "UPDATE", "PRACK":
		return status(481, "Call/Transaction Does Not Exist")
	case "MESSAGE", "REFER":
		// 200 would say that somebody has read it (RFC 3428, section 7).
		return status(405, "Method Not Allowed", c.allow())
	}
	return status(501, "Not Implemented", c.allow())
}

// subscribe grants a subscription, and sends at once the NOTIFY that a phone then
// waits for (RFC 6665, section 4.2.1.2). It says "active" and has no body, as it
// may where there is no state to tell of: a phone that is refused, or whose
// subscription is terminated, may ask again at once; this one asks when its time
// is over.
func (c *session) subscribe(q *request) *response {
	event, id := q.event()
	if event == "" {
		return status(489, "Bad Event", allowEvents)
	}
	contact := ""
	if list := elements(q.fields.First("contact"), 1); len(list) == 1 {
		contact, _, _ = parseNameAddr(list[0])
	}
	_, _, from := parseNameAddr(q.fields.First("from"))
	_, _, to := parseNameAddr(q.fields.First("to"))
	if a, ok := parseURI(contact); !ok || a.host == "" || !from || !to {
		return status(400, "Malformed Contact, From or To")
	}
	seconds := expires(q.fields.First("expires"), maxExpires)
	r := status(200, "OK", fmt.Sprintf("Expires: %d", seconds), c.contact())
	r.told.Text = fmt.Sprintf("%s for %d seconds", event, seconds)
	branch, err := c.token()
	if err == nil {
		r.tag, err = c.token()
	}
	if err != nil {
		return status(500, "Server Internal Error")
	}
	for _, route := range q.fields.All("record-route") {
		r.fields = append(r.fields, "Record-Route: "+route)
	}
	r.follow = c.notify(q, notification{contact, event + id, r.tag, branch, seconds})
	return r
}

// notification is a NOTIFY's own part.
type notification struct {
	uri, event, tag, branch string
	seconds                 int
}

// notify is the request itself, in the dialog that the SUBSCRIBE has made (RFC
// 3261, section 12.2.1.1). Its number is that of the SUBSCRIBE: it rises as that
// does, and so none has to be kept.
func (c *session) notify(q *request, n notification) string {
	state := fmt.Sprintf("active;expires=%d", n.seconds)
	if n.seconds == 0 {
		state = "terminated;reason=timeout"
	}
	from := q.fields.First("to")
	if !q.inDialog() {
		from += ";tag=" + n.tag
	}
	number, _ := q.cseq()
	lines := []string{
		"NOTIFY " + n.uri + " " + version,
		fmt.Sprintf("Via: %s/TLS %s;branch=z9hG4bK%s", version, c.conn.LocalAddr(), n.branch),
		"Max-Forwards: 70",
		"From: " + from,
		"To: " + q.fields.First("from"),
		"Call-ID: " + q.fields.First("call-id"),
		fmt.Sprintf("CSeq: %d NOTIFY", number),
		c.contact(),
		"Event: " + n.event,
		"Subscription-State: " + state,
	}
	for _, route := range q.fields.All("record-route") {
		lines = append(lines, "Route: "+route)
	}
	return strings.Join(append(lines, "Content-Length: 0", "", ""), "\r\n")
}

func (c *session) contact() string {
	return fmt.Sprintf("Contact: <sip:%s;transport=tls>", c.conn.LocalAddr())
}

// publish takes a state and forgets it (RFC 3903, section 6).
func (c *session) publish(q *request) *response {
	event, _ := q.event()
	if event == "" {
		return status(489, "Bad Event", allowEvents)
	}
	tag, err := c.token()
	if err != nil {
		return status(500, "Server Internal Error")
	}
	seconds := expires(q.fields.First("expires"), maxExpires)
	r := status(200, "OK", "SIP-ETag: "+tag, fmt.Sprintf("Expires: %d", seconds))
	r.told.Text = event
	return r
}

// event is the package of a request, "" for one that is not known, and the id of
// the subscription as it follows it (RFC 6665, section 8.2.1).
func (q *request) event() (name, id string) {
	name, parameters, _ := strings.Cut(q.fields.First("event"), ";")
	name = strings.ToLower(strings.TrimSpace(name))
	if !slices.Contains(strings.Split(packages, ", "), name) {
		return "", ""
	}
	if value, found := parameter(parameters, "id"); found && isToken(value) {
		id = ";id=" + value
	}
	return name, id
}

// inDialog reports whether a request belongs to a dialog: whether its To has a
// tag (RFC 3261, section 12.2.2).
func (q *request) inDialog() bool {
	_, parameters, _ := parseNameAddr(q.fields.First("to"))
	_, tagged := parameter(parameters, "tag")
	return tagged
}
