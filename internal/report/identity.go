package report

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/identity"
	"github.com/phonecert/phonecert/internal/terminal"
)

// PhoneIdentity is what a phone shows of itself as TLS server.
type PhoneIdentity struct {
	Header
	Phone string `json:"phone"`
	identity.Identity
	Certificate  *Certificate `json:"certificate"`
	Versions     []string     `json:"versions"`
	CipherSuites []string     `json:"cipher_suites"`
	// Complete is false when the time was up before everything was asked.
	Complete bool `json:"complete"`
}

// NewPhoneIdentity puts together what was seen and what it means.
func NewPhoneIdentity(phone string, id identity.Identity, s *diagnosis.Survey) PhoneIdentity {
	p := PhoneIdentity{
		Header: NewHeader("phone identify"), Phone: phone, Identity: id,
		Versions: []string{}, CipherSuites: []string{}, Complete: s.Complete,
	}
	if s.Leaf != nil {
		c := NewCertificate(s.Leaf)
		p.Certificate = &c
	}
	for _, v := range s.Versions {
		p.Versions = append(p.Versions, v.String())
	}
	for _, c := range s.CipherSuites {
		p.CipherSuites = append(p.CipherSuites, c.String())
	}
	return p
}

// Identity writes the answer.
func Identity(s *terminal.Streams, asJSON, quiet bool, p PhoneIdentity) error {
	switch {
	case asJSON:
		return JSON(s.Out, p)
	case quiet:
		return nil
	case !s.OutTTY:
		return tabbed(s.Out, p.pipeRows())
	}
	st, width := newStyle(s.Out, s.Color), s.Width()
	line(s.Out, "  ", st.strong.Render(shown(p.Phone)), "  ", string(p.Kind))
	line(s.Out)
	st.account(s.Out, width, p.rows())
	line(s.Out)
	st.findings(s.Out, width, p.Findings)
	return nil
}

func (p PhoneIdentity) rows() []row {
	rows := []row{{"certificate", string(p.Kind)}}
	if c := p.Certificate; c != nil {
		rows = append(rows, row{"subject", c.Subject}, row{"issuer", c.Issuer},
			row{"valid", fmt.Sprintf("%s to %s", c.NotBefore.UTC().Format("2006-01-02"), c.NotAfter.UTC().Format("2006-01-02"))},
			row{"key", fmt.Sprintf("%s, %d bits", c.KeyAlgorithm, c.KeyBits)},
			row{"signature", c.SignatureAlgorithm}, row{"SHA-256", c.SHA256})
	}
	if p.MAC != "" {
		rows = append(rows, row{"MAC address", p.MAC})
	}
	rows = append(rows, row{"versions", listOr(p.Versions, "none")}, row{"cipher suites", listOr(p.CipherSuites, "none")})
	if !p.Complete {
		rows = append(rows, row{"", "not everything was asked: the time was up, or the phone stopped answering"})
	}
	return rows
}

func listOr(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ", ")
}

// pipeRows has one row a fact, then one a finding: kind, name, value.
func (p PhoneIdentity) pipeRows() [][]string {
	var rows [][]string
	for _, r := range p.rows() {
		rows = append(rows, []string{"fact", r.label, r.value})
	}
	for _, f := range p.Findings {
		rows = append(rows, []string{"finding", string(f.Severity), f.Code, f.Message, f.Fix})
	}
	return rows
}
