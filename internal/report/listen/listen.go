// Package listen tells of phones that called: where they can call, each
// connection as it ends, what a survey found, and what all of it came to.
package listen

import (
	"encoding/hex"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// Answer is what is told of one connection.
type Answer struct {
	paper.Header
	// Handset is the one that was expected, "" when none was named.
	Handset string `json:"handset"`
	// Target is the door at which the phone called.
	Target  string        `json:"target"`
	Number  int64         `json:"number"`
	Scheme  listen.Scheme `json:"scheme"`
	Started time.Time     `json:"started"`
	// DurationMS is how long the connection lasted, in milliseconds.
	DurationMS int64 `json:"duration_ms"`
	wire.Connection
	// ClientHello is the record as it came, in hexadecimal; "" when none came.
	ClientHello string           `json:"client_hello"`
	UserAgent   string           `json:"user_agent"`
	Requests    []listen.Request `json:"requests"`
	// ClientCertificate is nil when the phone showed none.
	ClientCertificate *Own `json:"client_certificate"`
	// Chain is the variant that was shown, "" for a certificate of the caller's.
	Chain chain.Variant `json:"chain"`
	// Trial is nil for a certificate of the caller's.
	Trial *measure.Trial `json:"trial"`
	// Limit names the cap that ended the connection, "" for none.
	Limit string `json:"limit"`

	seen *listen.Connection
}

// Own is the phone's certificate as JSON shows it.
type Own struct {
	// Kind is unique, generic or uploaded, "" where the certificate does not
	// tell; MAC is the address in it.
	Kind         string              `json:"kind"`
	MAC          string              `json:"mac"`
	Certificates []paper.Certificate `json:"certificates"`
	// Trusted is nil without CAs to ask; Reason says why not.
	Trusted *bool  `json:"trusted"`
	Reason  string `json:"reason"`
	// Proved says that the phone proved to have the key.
	Proved bool `json:"proved"`
}

// NewAnswer puts a connection and what it shows into one answer.
func NewAnswer(c listen.Connection, d diagnosis.Diagnosis) *Answer {
	a := &Answer{
		Header: paper.NewHeader("listen"), Target: string(c.Scheme) + ":" + c.Server.String(),
		Number: c.Number, Scheme: c.Scheme, Started: c.Start.UTC(), DurationMS: c.Duration.Milliseconds(),
		Connection: wire.NewConnection(c.Evidence, d), ClientHello: hex.EncodeToString(c.Hello),
		UserAgent: paper.Clean(c.UserAgent), Requests: []listen.Request{}, ClientCertificate: newOwn(c.Own),
		Chain: c.Variant, Trial: c.Trial, Limit: c.Limit, seen: &c,
	}
	a.Client, a.Server, a.Start = c.Client.String(), c.Server.String(), c.Start.UTC()
	if p := c.Evidence.Phone; p != nil {
		a.Handset = p.Name
	}
	for _, r := range c.Requests {
		a.Requests = append(a.Requests, listen.Request{
			Method: paper.Clean(r.Method), About: paper.Clean(r.About), Status: r.Status, Text: paper.Prose(r.Text),
		})
	}
	return a
}

func newOwn(o *listen.Own) *Own {
	if o == nil {
		return nil
	}
	own := &Own{Kind: o.Kind, MAC: o.MAC, Certificates: []paper.Certificate{}, Trusted: o.Trusted, Reason: o.Reason, Proved: o.Proved}
	for _, c := range o.Chain {
		own.Certificates = append(own.Certificates, paper.NewCertificate(c))
	}
	return own
}
