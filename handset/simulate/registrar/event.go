package registrar

import (
	"time"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// Kind says what happened.
type Kind string

// The kinds of events, in the order of a connection.
const (
	// Connected: a client has opened a TCP connection.
	Connected Kind = "connected"
	// Handshake: the TLS handshake is done.
	Handshake Kind = "handshake"
	// Refused: there was no handshake, and By says who refused it.
	Refused Kind = "refused"
	// Answered: a SIP request was answered.
	Answered Kind = "answered"
	// Closed: a connection with a handshake has ended.
	Closed Kind = "closed"
)

// Who refused a handshake or ended a connection.
const (
	byClient = "client"
	byServer = "server"
)

// Event is something that happened on one connection. Texts of the client's are
// fit to be shown; no password and no answer to a challenge is among them.
type Event struct {
	Time time.Time `json:"time"`
	Kind Kind      `json:"event"`
	// Connection counts the connections from 1; Client is the client's address.
	Connection int64  `json:"connection"`
	Client     string `json:"client"`

	// Version, CipherSuite ("TLS 1.0", IANA's name), ServerName (the SNI) and
	// ClientCertificate (the subject) are those of a Handshake.
	Version           string `json:"version,omitempty"`
	CipherSuite       string `json:"cipher_suite,omitempty"`
	ServerName        string `json:"server_name,omitempty"`
	ClientCertificate string `json:"client_certificate,omitempty"`

	// Method and Status are those of a request and its answer, User whom it is
	// about, AuthUser the name in the answer to a challenge where there is one.
	Method    string `json:"method,omitempty"`
	User      string `json:"user,omitempty"`
	AuthUser  string `json:"auth_user,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	Status    int    `json:"status,omitempty"`
	// Contacts is how many bindings the user has after a REGISTER that was taken,
	// Expires the longest time of those that it asked for, in seconds.
	Contacts int `json:"contacts,omitempty"`
	Expires  int `json:"expires,omitempty"`

	// By is "client" or "server": who refused a handshake or closed a connection.
	By string `json:"by,omitempty"`
	// Alert is the client's alert as the RFCs spell it: "unknown_ca".
	Alert string `json:"alert,omitempty"`

	// Text is all of it in one sentence.
	Text string `json:"text"`
}

// log tells an event, with what all of a connection have in common.
func (c *connection) log(e Event) {
	e.Time, e.Connection, e.Client = c.config.Clock(), c.number, c.raw.RemoteAddr().String()
	e.Text = wire.Clean(e.Text)
	c.logs.Lock()
	defer c.logs.Unlock()
	c.config.Log(e)
}
