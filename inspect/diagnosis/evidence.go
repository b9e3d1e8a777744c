// Package diagnosis says whether a phone would register, and if not, whose
// fault it is, what the server's log shows, and what to change. It goes by what
// was seen of a connection, live or in a capture. Nothing here does I/O.
package diagnosis

import (
	"net/netip"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Evidence is what was seen of one connection. What was not looked at is nil.
type Evidence struct {
	// Phone is the handset in question; nil when a capture is read without one.
	Phone  *phone.Phone
	Target Target
	// Live says that the tool made the connection itself, with the phone's
	// offer; a captured one has the offer of whoever made it.
	Live bool
	// Gaps are the facts that the profile does not know, and what was offered
	// in their place.
	Gaps []offer.Gap
	// Raw are the parts of the phone's ClientHello that were sent as the phone
	// sends them, though the tool could not act on them.
	Raw []string

	Lookup *Lookup
	Dial   *Dial
	// Transcript is what went over the wire.
	Transcript *handshake.Transcript
	// Outcome is how the handshake ended.
	Outcome Outcome
	// Sent are the server's certificates that could be read, in their order.
	Sent []*certificate.Certificate
	// ClientSent are the client's, in a capture.
	ClientSent []*certificate.Certificate
	// Trust is the phone's verdict on the server's.
	Trust *trust.Verdict
	// Alternative is how the server answers the phone's offer with its name in
	// it where the phone probably sends none, or the other way round; nil where
	// that is no question.
	Alternative *Alternative
	// Survey is what the server would have taken, asked where it refused.
	Survey *Survey
	SIP    *SIP
	HTTP   *HTTP
	// Lost are parts of the connection that a capture lacks.
	Lost []Lost
	// Matches are the handsets whose ClientHello this is, the nearest first,
	// in a capture.
	Matches []offer.Match
	// Listener is set where the tool was the server, and the client a phone.
	Listener *Listener
}

// Target is what the phone was told to reach.
type Target struct {
	// Text is the target as the user typed it.
	Text string
	// Scheme is "sips", or "https" for provisioning.
	Scheme string
	// User is that of sips:user@domain, "" when none was given.
	User string
	// Host is the name or address as the phone has it, without a port.
	Host string
	// Port is the one that was typed, else the usual one of the scheme.
	Port uint16
	// Discovery is what is looked up before the addresses.
	Discovery Discovery
	// Path is that of an https target, with its query.
	Path string
}

// ServerName is the name that clients of today send as SNI; "" for an address,
// which never is sent (RFC 6066, section 3).
func (t Target) ServerName() string {
	if _, err := netip.ParseAddr(t.Host); err == nil {
		return ""
	}
	return strings.TrimSuffix(t.Host, ".")
}

// Discovery is how a SIP server is found (RFC 3263, section 4).
type Discovery string

// The ways to find a server.
const (
	// ByAddress: an address or a port was given, or the target is a host.
	ByAddress Discovery = ""
	// BySRV: the URI names the transport; SRV records say host and port.
	BySRV Discovery = "SRV"
	// ByNAPTR: NAPTR records say where the SRV records are.
	ByNAPTR Discovery = "NAPTR"
)

// Record is one answer of the DNS.
type Record struct {
	// Type is NAPTR, SRV, CNAME, A or AAAA.
	Type string `json:"type"`
	Name string `json:"name"`
	// Value is what the record holds, as a zone file has it; "" when none came.
	Value string `json:"value,omitempty"`
	// Outcome says what became of a question without a record, or of a record
	// that is not followed; "" otherwise.
	Outcome LookupOutcome `json:"outcome,omitempty"`
	// Note says why.
	Note string `json:"note,omitempty"`
}

// LookupOutcome is how a question to the DNS ended without a usable record.
type LookupOutcome string

// The outcomes.
const (
	// NoSuchName: NXDOMAIN; EmptyAnswer: the name exists without such records.
	NoSuchName  LookupOutcome = "no such name"
	EmptyAnswer LookupOutcome = "empty"
	// NoAnswer: nothing came in time.
	NoAnswer LookupOutcome = "timeout"
	// LookupRefused: the server refuses the question; LookupFailed: SERVFAIL, or
	// an answer that cannot be read.
	LookupRefused LookupOutcome = "refused"
	LookupFailed  LookupOutcome = "failed"
	// NotAsked: the question was left out.
	NotAsked LookupOutcome = "not asked"
	// RecordIgnored: the record came but leads nowhere.
	RecordIgnored LookupOutcome = "ignored"
)

// Lookup is how the target's name became addresses.
type Lookup struct {
	Records []Record `json:"records"`
	// Addresses are those to try, in order.
	Addresses []netip.AddrPort `json:"addresses"`
	// Error says why there is none; "" otherwise.
	Error string `json:"error,omitempty"`
}

// DialResult is how the TCP connection came about.
type DialResult string

// The results of dialing.
const (
	Connected   DialResult = "connected"
	Refused     DialResult = "refused"
	TimedOut    DialResult = "timeout"
	Unreachable DialResult = "unreachable"
)

// Dial is the attempt to connect.
type Dial struct {
	Address  netip.AddrPort `json:"address"`
	Result   DialResult     `json:"result"`
	Duration time.Duration  `json:"-"`
	// Error is the system's message; "" when connected.
	Error string `json:"error,omitempty"`
}

// Ending is how a handshake ended.
type Ending string

// The endings of a handshake.
const (
	// Completed: both sides sent Finished.
	Completed Ending = "completed"
	// AlertReceived: the server sent a fatal alert.
	AlertReceived Ending = "alert received"
	// AlertSent: the client sent a fatal alert.
	AlertSent Ending = "alert sent"
	// Closed: the other side closed the connection; Reset: with a TCP reset.
	Closed Ending = "closed"
	Reset  Ending = "reset"
	// Silent: nothing came until the time was up.
	Silent Ending = "timeout"
	// NotTLS: what came is no TLS.
	NotTLS Ending = "not TLS"
	// Malformed: what came breaks the protocol.
	Malformed Ending = "malformed"
	// TooLarge: what came is beyond the caps.
	TooLarge Ending = "too large"
	// Unsupported: the tool cannot go on, though the phone could.
	Unsupported Ending = "unsupported"
	// Unfinished: a capture ends before the handshake does.
	Unfinished Ending = "unfinished"
)

// Outcome is how a handshake ended.
type Outcome struct {
	Ending Ending
	// Alert is the alert of AlertReceived and AlertSent.
	Alert iana.AlertDescription
	// Detail is one sentence part: what was awaited, what cannot be computed.
	Detail string
	// ClientCertificateRequested says that the server asked for one, Sent how
	// many certificates the client answered with.
	ClientCertificateRequested bool
	ClientCertificatesSent     int
	// Closer is who ended the TCP connection, "" when nobody did.
	Closer string
}

// Alternative is how a server answers another ClientHello.
type Alternative struct {
	// ServerName is the name that was sent, "" for none.
	ServerName string `json:"server_name"`
	// Taken says that the server answered with ServerHello.
	Taken bool `json:"taken"`
	// Sent are its certificates then, Trust the phone's verdict on them.
	Sent  []*certificate.Certificate `json:"-"`
	Trust *trust.Verdict             `json:"trust"`
}

// Survey is what a server takes, found out with further connections.
type Survey struct {
	// Versions are the versions that it takes, the oldest first.
	Versions []iana.ProtocolVersion `json:"versions"`
	// CipherSuites are the suites that it takes, in its order of preference as
	// far as that shows; by version where they were asked for one.
	CipherSuites []iana.CipherSuite `json:"cipher_suites"`
	// Leaf is the server's certificate as another client sees it, nil when
	// none was seen.
	Leaf *certificate.Certificate `json:"-"`
	// WithServerName tells how the phone's own offer fares once it carries the
	// server's name: nil when that was not tried.
	WithServerName *bool `json:"with_server_name,omitempty"`
	// WithExtensions tells the same for the extensions of later clients.
	WithExtensions *bool `json:"with_extensions,omitempty"`
	// InTLSFormat tells how the offer of a phone that sends it in the format of SSL
	// 2.0 fares in that of TLS: nil for other phones.
	InTLSFormat *bool `json:"in_tls_format,omitempty"`
	// Complete is false when the time was up first.
	Complete bool `json:"complete"`
	// Connections counts how many were made.
	Connections int `json:"connections"`
}

// SIP is what the server answered after the handshake.
type SIP struct {
	// Method is OPTIONS or REGISTER.
	Method string `json:"method"`
	// Status is the code of the final answer, 0 when there was none; Reason its
	// phrase.
	Status int    `json:"status"`
	Reason string `json:"reason,omitempty"`
	// Server is the answer's Server or User-Agent header.
	Server string `json:"server,omitempty"`
	// Allow are the methods that the server names.
	Allow []string `json:"allow,omitempty"`
	// Challenged says that the server asked for a password (401 or 407), Realm
	// for which realm; Algorithm is that of the digest.
	Challenged bool   `json:"challenged,omitempty"`
	Realm      string `json:"realm,omitempty"`
	Algorithm  string `json:"algorithm,omitempty"`
	// Registered says that REGISTER was answered with 200; Expires is for how
	// many seconds; Removed that the binding was taken back.
	Registered bool `json:"registered,omitempty"`
	Expires    int  `json:"expires,omitempty"`
	Removed    bool `json:"removed,omitempty"`
	// Location is where an answer of class 3xx points.
	Location string `json:"location,omitempty"`
	// Error says why there is no answer: "timeout", "cancelled", "closed",
	// "reset", "not SIP", "too large"; or why a challenge was not answered:
	// "challenge not understood".
	Error string `json:"error,omitempty"`
	// Duration is the time until the final answer.
	Duration time.Duration `json:"-"`
}

// HTTP is what a provisioning server answered.
type HTTP struct {
	Path   string `json:"path"`
	Status int    `json:"status"`
	Reason string `json:"reason,omitempty"`
	// Length is the size of the body in bytes, Truncated that it was cut at
	// the cap.
	Length    int64  `json:"length"`
	Truncated bool   `json:"truncated,omitempty"`
	Type      string `json:"type,omitempty"`
	Server    string `json:"server,omitempty"`
	// Looks is what the first bytes look like: "phone configuration", "XML",
	// "HTML", "encrypted", "unknown", "empty".
	Looks string `json:"looks,omitempty"`
	// Location is where an answer of class 3xx points.
	Location string `json:"location,omitempty"`
	// Error says why there is no whole answer: "timeout", "cancelled",
	// "closed", "reset", "not HTTP", "too large".
	Error string `json:"error,omitempty"`
}

// Lost is a part that a capture lacks.
type Lost struct {
	// Kind is "began-mid-stream", "ended-mid-stream", "segment-lost",
	// "snap-length", "one-direction", "too-large".
	Kind      string
	Direction handshake.Direction
	// Bytes is how many are missing, 0 when that is not known.
	Bytes int64
}
