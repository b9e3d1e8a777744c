// Package listen answers phones: it is a SIPS or HTTPS server that shows a
// certificate of the caller's choice, keeps what went over the wire, and says of
// each connection what the phone offered, which certificate it sent, and why it
// hung up.
package listen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/files"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/inspect/listen/uas"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe"
)

// Scheme is what is spoken inside TLS at a door.
type Scheme string

// The schemes.
const (
	SIPS  Scheme = "sips"
	HTTPS Scheme = "https"
)

// Door is an address to listen at.
type Door struct {
	// Address is host:port, as net.Listen has it; port 0 picks a free one.
	Address string
	Scheme  Scheme
}

// ClientAuth says whether phones are asked for a certificate.
type ClientAuth string

// The choices. Require hangs up on a phone without one.
const (
	NoClientCert      ClientAuth = ""
	RequestClientCert ClientAuth = "request"
	RequireClientCert ClientAuth = "require"
)

// Config says how to listen.
type Config struct {
	Doors []Door
	// Chains gives the chain for a variant; Variants are those to show: one is
	// shown to everybody, several in turn to each phone (by its address), one a
	// connection, the last ever after: a survey. Without any, Chains is asked for
	// "", a certificate of the caller's.
	Chains   func(chain.Variant) (*chain.Chain, error)
	Variants []chain.Variant
	// RootFile is the file with the root below the Chains, for advice; "" where none
	// was written.
	RootFile string
	// ClientAuth asks for the phone's certificate and names ClientCAs as those who
	// may have issued it, nil names none. A certificate of another is taken all
	// the same, so that the phone shows what it would do next: the verdict on it
	// is in the Connection. Only a phone without any is refused, where it is
	// required.
	ClientAuth ClientAuth
	ClientCAs  *x509.CertPool
	// MinVersion and MaxVersion are as crypto/tls has them; 0 is SSL 3.0
	// and TLS 1.3. Before TLS 1.0 nothing but SSL 3.0 counts, which crypto/tls does not
	// have: package server answers it.
	MinVersion, MaxVersion uint16
	// Phone is the handset that is expected; nil compares with none.
	Phone *phone.Phone
	// Profiles are those among which the sender of a ClientHello is looked for.
	Profiles []*handset.Profile
	// Named gives the maker and model in a User-Agent, "" where it has none: two at one
	// address are two phones, whose trials do not go together. nil knows none.
	Named func(userAgent string) string
	// SIP answers requests at doors of SIPS, Files at those of HTTPS.
	SIP   uas.Config
	Files files.Config
	// HandshakeTime is how long a handshake may take, from the accepting of the
	// connection; 0 is fifteen seconds.
	HandshakeTime time.Duration
	// Idle is how long a phone may say nothing after its handshake, and one that
	// is registered beyond its time; 0 is two minutes.
	Idle time.Duration
	// HangUp is how long after its last answer the listener ends a connection, so
	// that the phone calls again; one to which nothing is answered is ended a
	// little later. 0 leaves that to the phone, but for a survey, which ends each
	// connection but the last after a second.
	HangUp time.Duration
	// MaxConnections is how many may be open at once; 0 is DefaultConnections.
	MaxConnections int
	// KeyLog takes the secrets of the connections as NSS lines; nil takes none.
	KeyLog io.Writer
	// Record keeps what goes over the wire as Segments.
	Record bool
	// Now is the clock, Random the source of secret randomness; nil is the
	// system's.
	Now    func() time.Time
	Random io.Reader
	// Listen opens a door; nil is net.ListenConfig's.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
	// Report takes each connection when it has ended. It is never called twice at
	// once, must return soon, and not call Close.
	Report func(Connection)
}

// Connection is one that has ended.
type Connection struct {
	// Number counts from 1 in the order of accepting.
	Number         int64
	Scheme         Scheme
	Client, Server netip.AddrPort
	Start          time.Time
	Duration       time.Duration
	// Variant is the chain that was shown; "" for a certificate of the caller's.
	Variant chain.Variant
	// Evidence is what diagnosis needs. Its Transcript is never nil.
	Evidence diagnosis.Evidence
	// State is that of the handshake, nil where it was not done.
	State *tls.ConnectionState
	// Hello is the record of the ClientHello as it came, header included, nil
	// when none came whole; what came as several records is joined under the
	// first one's header.
	Hello []byte
	// Own is the phone's certificate and the verdict on it; nil when it sent none.
	Own *Own
	// Requests are those inside TLS, as far as they are kept (MaxRequests).
	Requests []Request
	// UserAgent is the phone's name for itself, "" when it did not say.
	UserAgent string
	// Trial is what the phone made of the chain; nil for a caller's certificate.
	Trial *measure.Trial
	// Survey is what all connections of this phone that were reported so far have
	// shown, this one included; nil for nothing.
	Survey *measure.Table
	// Limit names the cap that ended the connection, "" for none: "handshake
	// time", "handshake bytes", "connections", "lifetime", or one of packages uas
	// and files: "idle time", …
	Limit string
	// Segments are what went over the wire, where the Config wants them.
	Segments []probe.Segment
}

// Request is a SIP or HTTP request and its answer.
type Request struct {
	Method string `json:"method"`
	// About is the user of a SIP request, the path of an HTTP one.
	About  string `json:"about,omitempty"`
	Status int    `json:"status"`
	// Text is all of it in one sentence.
	Text string `json:"text"`
}

// Own is the certificate that a phone shows of itself.
type Own struct {
	// Chain are those that could be read, the phone's own first.
	Chain []*certificate.Certificate
	// Kind is "unique", "generic" or "uploaded" as far as the certificate tells,
	// "" where it does not: it cannot be read, or signed itself. MAC is the
	// address in it, "" for none.
	Kind, MAC string
	// Trusted says whether ClientCAs trusts it, nil without them; Reason says in
	// words why not.
	Trusted *bool
	Reason  string
	// Proved says that the phone proved to have the key.
	Proved bool
}
