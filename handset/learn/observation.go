package learn

import (
	"bytes"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// How something was seen: the words that follow "seen" in a profile's sources.
const (
	Listening = "by phonecert listen"
	InCapture = "in a capture"
	OnWebPage = "on its web page"
)

// Add takes over what a later connection of the same phone shows and this one
// does not. A ClientHello that resumes a session gives way to one that does not,
// for it has what belongs to that session alone; so does one that cannot be read.
// Of a connection that names another phone nothing is taken but that it was there.
func (o *Observation) Add(later Observation) {
	if other := otherPhone(o.UserAgent, later.UserAgent); other != "" {
		o.meet(other)
		return
	}
	if later.UserAgent != "" {
		if o.named == nil {
			o.named = &Observation{}
		}
		o.named.take(later)
	}
	o.take(later)
}

func (o *Observation) take(later Observation) {
	if o.At.IsZero() || !later.At.IsZero() && later.At.Before(o.At) {
		o.At = later.At
	}
	if o.How == "" {
		o.How = later.How
	}
	if len(o.Hello) == 0 || worth(later.Hello) > worth(o.Hello) {
		o.Hello, o.Host = later.Hello, later.Host
	}
	if o.UserAgent == "" {
		o.UserAgent = later.UserAgent
	}
	o.Requested = o.Requested || later.Requested
	if len(o.Own) == 0 {
		o.Own = later.Own
	}
	if later.Survey != nil {
		o.Survey = later.Survey
	}
	if o.Web == nil {
		o.Web = later.Web
	}
}

// FromEvidence is what a captured connection shows of its client. at is when it
// began.
func FromEvidence(e diagnosis.Evidence, at time.Time) Observation {
	o := Observation{At: at, How: InCapture, Requested: e.Outcome.ClientCertificateRequested, Own: e.ClientSent}
	if e.Transcript == nil {
		return o
	}
	var said []byte
	for i := range e.Transcript.Entries {
		entry := &e.Transcript.Entries[i]
		if entry.Direction != handshake.ClientToServer {
			continue
		}
		switch m := entry.Fields.(type) {
		case *handshake.ClientHello:
			switch {
			case o.Hello != nil || entry.Cut:
			case m.SSLv2: // a record by itself
				o.Hello = entry.Raw
			default:
				o.Hello = handshake.AppendRecords(nil, handshake.ContentHandshake, entry.RecordVersion, entry.Raw)
			}
		case *handshake.ApplicationData:
			if len(said) < maxSaid {
				said = append(said, m.Plaintext...)
			}
		}
	}
	o.UserAgent = UserAgent(said)
	return o
}

// maxSaid is how much of what a client says is looked through, in bytes.
const maxSaid = 256 << 10

// UserAgent is the first header field of that name in what a client of SIP or
// HTTP says, "" when there is none. A value that goes on in the next line is
// joined (RFC 3261, section 7.3.1).
func UserAgent(said []byte) string {
	const name = "user-agent"
	for line, rest := next(said); line != nil; line, rest = next(rest) {
		key, value, found := strings.Cut(string(line[:min(len(line), maxLine)]), ":")
		if !found || !strings.EqualFold(strings.TrimRight(key, " \t"), name) {
			continue
		}
		for more, after := next(rest); len(more) > 0 && (more[0] == ' ' || more[0] == '\t'); more, after = next(after) {
			value += " " + string(more[:min(len(more), maxLine)])
			if len(value) > maxAgent {
				break
			}
		}
		return clean(value)
	}
	return ""
}

// maxLine is how many bytes of a line are looked at.
const maxLine = 1024

// next parts a line from the text; nil at its end.
func next(text []byte) (line, rest []byte) {
	if len(text) == 0 {
		return nil, nil
	}
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	if line = bytes.TrimRight(line, "\r"); line == nil {
		line = []byte{}
	}
	return line, rest
}

// worth tells which of two ClientHellos is to be learned: one that can be written
// down before one that cannot, and one that begins a session before one that asks
// for a session that was before, by a ticket, by a key of that session, or below
// TLS 1.3 by its id (RFC 5077; RFC 8446, section 4.2.11; RFC 5246, section
// 7.4.1.2).
func worth(record []byte) int {
	hello := parse(record)
	if hello == nil {
		return 0
	}
	if _, _, err := offer.FromHello(record); err != nil {
		return 0
	}
	ticket := hello.Extensions.Find(iana.ExtensionSessionTicket)
	if ticket != nil && len(ticket.Data) > 0 ||
		hello.Extensions.Find(iana.ExtensionPreSharedKey) != nil ||
		hello.Extensions.Find(iana.ExtensionSupportedVersions) == nil && len(hello.SessionID) > 0 {
		return 1
	}
	return 2
}

// parse reads the records of a ClientHello; nil when they hold none.
func parse(record []byte) *handshake.ClientHello {
	d := handshake.NewDecoder(nil)
	d.Feed(handshake.ClientToServer, 0, record)
	for _, e := range d.Transcript().Entries {
		if hello, ok := e.Fields.(*handshake.ClientHello); ok && !e.Cut {
			return hello
		}
	}
	return nil
}
