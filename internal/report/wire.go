package report

import (
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Wire is the answer for one target and one handset, or for one capture.
type Wire struct {
	Header
	// Handset is empty when a capture is read without one.
	Handset string `json:"handset"`
	Target  string `json:"target"`
	// Verdict is that of the last connection: a phone that finds one server
	// down goes on to the next.
	Verdict     diagnosis.Verdict `json:"verdict"`
	Settings    []Setting         `json:"settings"`
	Gaps        []Gap             `json:"gaps"`
	Connections []Connection      `json:"connections"`

	title string // the handset with its firmware
}

// Setting is a trust setting in force.
type Setting struct {
	Name string `json:"name"`
	// Value is empty when it is not known.
	Value string `json:"value"`
	// Factory says that nobody chose the value.
	Factory bool `json:"factory"`
	// Supposed says that the rest of the command line implies the value.
	Supposed bool          `json:"supposed"`
	Basis    finding.Basis `json:"basis"`
	Source   string        `json:"source"`
}

// Gap is a fact that the profile does not know and what was sent instead.
type Gap struct {
	Fact    string `json:"fact"`
	Sent    string `json:"sent"`
	Because string `json:"because"`
	Decides bool   `json:"decides"`
}

// NewWire begins the answer of a command. The phone is nil when a capture is
// read without one.
func NewWire(command string, p *phone.Phone, target string) *Wire {
	w := &Wire{
		Header: NewHeader(command), Target: target, Verdict: diagnosis.Unknown,
		Settings: settings(p), Gaps: []Gap{}, Connections: []Connection{},
	}
	if p == nil {
		return w
	}
	w.Handset = p.Name
	if p.Profile == nil {
		return w
	}
	if w.Handset == "" {
		w.Handset = p.Profile.ID
	}
	if f := p.Profile.Firmware; f.Known() {
		w.title = f.Value
	}
	return w
}

// Add adds a connection and takes its verdict.
func (w *Wire) Add(c Connection) {
	w.Connections = append(w.Connections, c)
	w.Verdict = c.Verdict
	if len(w.Gaps) == 0 { // every connection begins with the same offer
		w.Gaps = append(w.Gaps, c.gaps...)
	}
}

// settings are the four trust settings by their names on the phone's web page.
func settings(p *phone.Phone) []Setting {
	list := []Setting{}
	if p == nil || p.Profile == nil {
		return list
	}
	add := func(name string, known bool, label string, c phone.Choice) {
		if known && label != "" {
			name = label
		}
		list = append(list, Setting{Name: name, Value: c.Value, Factory: c.Factory, Supposed: c.Supposed, Basis: c.Basis, Source: c.Source})
	}
	of := p.Profile.Settings
	add("Only Accept Trusted Certificates", of.OnlyTrusted.Label.Known(), of.OnlyTrusted.Label.Value, p.Settings.OnlyTrusted)
	add("CA Certificates", of.CA.Label.Known(), of.CA.Label.Value, p.Settings.CA)
	add("Common Name Validation", of.CNValidation.Label.Known(), of.CNValidation.Label.Value, p.Settings.CNValidation)
	add("Device Certificates", of.DeviceCert.Label.Known(), of.DeviceCert.Label.Value, p.Settings.DeviceCert)
	return list
}

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
	Certificates []Certificate         `json:"certificates"`
	Trust        *trust.Verdict        `json:"trust"`
	Survey       *diagnosis.Survey     `json:"survey"`
	SIP          *SIP                  `json:"sip"`
	HTTP         *diagnosis.HTTP       `json:"http"`
	// HangsUpAt is the index of the first message after the phone would have
	// hung up on the certificates, where the tool went on; nil otherwise.
	HangsUpAt *int `json:"hangs_up_at"`
	// Inside are the heads of the messages that a key log opened.
	Inside  []Inside      `json:"inside"`
	Matches []offer.Match `json:"matches"`

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
