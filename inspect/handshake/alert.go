package handshake

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// AlertLevel is how grave an alert is.
type AlertLevel uint8

// The levels of alerts (RFC 5246, section 7.2).
const (
	AlertWarning AlertLevel = 1
	AlertFatal   AlertLevel = 2
)

// String returns the name, or the number in hexadecimal digits.
func (l AlertLevel) String() string {
	switch l {
	case AlertWarning:
		return "warning"
	case AlertFatal:
		return "fatal"
	}
	return fmt.Sprintf("0x%02X", uint8(l))
}

// MarshalText writes the name.
func (l AlertLevel) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Alert says that the sender closes the connection, and why.
type Alert struct {
	Level       AlertLevel            `json:"level"`
	Description iana.AlertDescription `json:"description"`
}

func (m *Alert) parse(p *parser, s *cryptobyte.String) {
	m.Level = AlertLevel(p.number(s, 1, "level"))
	m.Description = iana.AlertDescription(p.number(s, 1, "description"))
	if !p.cut && m.Level != AlertWarning && m.Level != AlertFatal {
		p.fail(p.message, "level %d is neither warning nor fatal", m.Level)
	}
}

// ApplicationData is what the two sides wanted to say, opened with a key log.
type ApplicationData struct {
	// Plaintext is nil beyond MaxPlaintext.
	Plaintext []byte `json:"-"`
	Length    int    `json:"length"`
}

func (*ApplicationData) parse(*parser, *cryptobyte.String) {}

// alerts reads the content of an alert record: one alert, though older
// implementations split it or put several into one record.
func (d *Decoder) alerts(h *half, body []byte, opened bool) {
	if len(h.alert) > 0 && len(body) > 0 {
		d.enterAlert(h, []byte{h.alert[0], body[0]}, opened)
		h.alert, body = nil, body[1:]
	}
	for ; len(body) >= 2; body = body[2:] {
		d.enterAlert(h, body[:2], opened)
	}
	if len(body) == 1 {
		h.alert = []byte{body[0]}
	}
}

func (d *Decoder) enterAlert(h *half, b []byte, opened bool) {
	p := &parser{message: b[:len(b):len(b)], name: "Alert", section: "RFC 8446, section 6"}
	s := cryptobyte.String(p.message)
	m := &Alert{}
	m.parse(p, &s)
	d.add(h, Entry{ContentType: ContentAlert, Name: p.name, Length: len(b), Fields: m, Encrypted: opened, Decrypted: opened, Problems: p.problems})
}

func (d *Decoder) applicationData(h *half, body []byte, opened bool) {
	m := &ApplicationData{Length: len(body)}
	if d.plaintext+len(body) <= MaxPlaintext {
		d.plaintext += len(body)
		m.Plaintext = append([]byte{}, body...)
	}
	d.add(h, Entry{ContentType: ContentApplicationData, Name: "ApplicationData", Length: len(body), Fields: m, Encrypted: opened, Decrypted: opened})
}
