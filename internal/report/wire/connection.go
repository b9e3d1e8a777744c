package wire

import (
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/inside"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
)

// Connection is the answer for one connection.
type Connection struct {
	Client string `json:"client"`
	Server string `json:"server"`
	// Start is the wall clock's time of the first packet, where it is known.
	Start time.Time `json:"start,omitzero"`
	// Live says that the tool made the connection itself as the phone.
	Live   bool              `json:"live"`
	Lookup *diagnosis.Lookup `json:"lookup"`
	Dial   *Dial             `json:"dial"`

	Transcript []handshake.Entry   `json:"transcript"`
	Foreign    []handshake.Foreign `json:"foreign"`
	Problems   []handshake.Problem `json:"problems"`
	Omitted    handshake.Omitted   `json:"omitted"`
	Lost       []Lost              `json:"lost"`
	Outcome    Outcome             `json:"outcome"`
	// HandshakeUS is how long the handshake took, in microseconds; nil when it
	// was not completed.
	HandshakeUS  *int64                `json:"handshake_us"`
	Negotiated   *handshake.Negotiated `json:"negotiated"`
	Certificates []paper.Certificate   `json:"certificates"`
	Trust        *trust.Verdict        `json:"trust"`
	Survey       *diagnosis.Survey     `json:"survey"`
	SIP          *SIP                  `json:"sip"`
	HTTP         *diagnosis.HTTP       `json:"http"`
	// HangsUpAt is the index of the first message after the phone would have
	// hung up on the certificates, where the tool went on; nil otherwise.
	HangsUpAt *int `json:"hangs_up_at"`
	// Inside are the heads of the messages that a key log opened.
	Inside  []inside.Message `json:"inside"`
	Matches []offer.Match    `json:"matches"`

	Findings  []finding.Finding  `json:"findings"`
	Verdict   diagnosis.Verdict  `json:"verdict"`
	Sentence  string             `json:"sentence"`
	ServerLog string             `json:"server_log"`
	Remedies  []diagnosis.Remedy `json:"remedies"`

	https bool // the target is a provisioning server
	gaps  []Gap
	sent  []*certificate.Certificate
}

// Dial is the attempt to connect.
type Dial struct {
	diagnosis.Dial
	DurationUS int64 `json:"duration_us"`
}

// SIP is the server's answer to a request.
type SIP struct {
	diagnosis.SIP
	DurationUS int64 `json:"duration_us"`
}

// Outcome is how the handshake ended.
type Outcome struct {
	Ending diagnosis.Ending `json:"ending"`
	// Alert is empty unless an alert was the end.
	Alert  string `json:"alert,omitempty"`
	Detail string `json:"detail,omitempty"`
	Closer string `json:"closer,omitempty"`
	// ClientCertificateRequested says that the server asked for one.
	ClientCertificateRequested bool `json:"client_certificate_requested"`
	ClientCertificatesSent     int  `json:"client_certificates_sent"`
}

// Lost is a part that a capture lacks; Bytes is 0 when it is not known how
// many.
type Lost struct {
	Kind      string              `json:"kind"`
	Direction handshake.Direction `json:"direction"`
	Bytes     int64               `json:"bytes"`
}

// HTTPS reports whether the target is a provisioning server.
func (c *Connection) HTTPS() bool { return c.https }

// picture is what the ladder shows of the connection.
func (c *Connection) picture() *ladder.Connection {
	p := &ladder.Connection{
		Client: c.Client, Server: c.Server, Live: c.Live, Transcript: c.Transcript, Foreign: c.Foreign, Problems: c.Problems,
		Omitted: c.Omitted, Negotiated: c.Negotiated, Trust: c.Trust,
		Outcome: diagnosis.Outcome{Ending: c.Outcome.Ending, Detail: c.Outcome.Detail, Closer: c.Outcome.Closer},
	}
	for _, l := range c.Lost {
		p.Lost = append(p.Lost, diagnosis.Lost(l))
	}
	return p
}
