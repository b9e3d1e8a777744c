package report

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/identity"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// PhoneIdentity is what a phone shows of itself as TLS server.
type PhoneIdentity struct {
	paper.Header
	Phone string `json:"phone"`
	identity.Identity
	Certificate  *paper.Certificate `json:"certificate"`
	Versions     []string           `json:"versions"`
	CipherSuites []string           `json:"cipher_suites"`
	// Complete is false when the time was up before everything was asked.
	Complete bool `json:"complete"`
}

// NewPhoneIdentity puts together what was seen and what it means.
func NewPhoneIdentity(phone string, id identity.Identity, s *diagnosis.Survey) PhoneIdentity {
	p := PhoneIdentity{
		Header: paper.NewHeader("phone identify"), Phone: phone, Identity: id,
		Versions: []string{}, CipherSuites: []string{}, Complete: s.Complete,
	}
	if s.Leaf != nil {
		c := paper.NewCertificate(s.Leaf)
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
		return paper.JSON(s.Out, p)
	case quiet:
		return nil
	case !s.OutTTY:
		return paper.Tabbed(s.Out, p.pipeRows())
	}
	sheet := paper.NewSheet(s)
	sheet.Line("  ", sheet.Strong.Render(paper.Path(p.Phone)), "  ", string(p.Kind))
	sheet.Line()
	sheet.Account(p.rows())
	sheet.Line()
	sheet.Findings(p.Findings)
	return nil
}

func (p PhoneIdentity) rows() paper.Account {
	var rows paper.Account
	rows.Add("certificate", string(p.Kind))
	if c := p.Certificate; c != nil {
		rows.Add("subject", c.Subject)
		rows.Add("issuer", c.Issuer)
		rows.Add("valid", fmt.Sprintf("%s to %s", c.NotBefore.UTC().Format("2006-01-02"), c.NotAfter.UTC().Format("2006-01-02")))
		rows.Add("key", fmt.Sprintf("%s, %d bits", c.KeyAlgorithm, c.KeyBits))
		rows.Add("signature", c.SignatureAlgorithm)
		rows.Add("SHA-256", c.SHA256)
	}
	if p.MAC != "" {
		rows.Add("MAC address", p.MAC)
	}
	rows.Add("versions", listOr(p.Versions, "none"))
	rows.Add("cipher suites", listOr(p.CipherSuites, "none"))
	if !p.Complete {
		rows.Add("", "not everything was asked: the time was up, or the phone stopped answering")
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
		rows = append(rows, []string{"fact", r.Label, r.Value})
	}
	for _, f := range p.Findings {
		rows = append(rows, []string{"finding", string(f.Severity), f.Code, f.Message, f.Fix})
	}
	return rows
}
