package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// InspectText writes the account of a file: aligned for people, in a pipe one
// row a line with the path before it.
func InspectText(s *terminal.Streams, f InspectFile, now time.Time) error {
	if !s.OutTTY {
		return paper.Tabbed(s.Out, f.pipeRows(now))
	}
	p := paper.NewSheet(s)
	p.Line("  ", p.Strong.Render(paper.Path(f.Path)), "  ", p.Faint.Render(f.headline()))
	for i, c := range f.Certificates {
		p.Line()
		p.Line("  ", p.Strong.Render(fmt.Sprintf("certificate %d of %d", i+1, len(f.Certificates))))
		p.Account(c.rows(now))
	}
	for _, k := range f.Keys {
		p.Line()
		p.Line("  ", p.Strong.Render("private key"))
		p.Account(k.rows(len(f.Certificates)))
	}
	if rest := f.rest(); len(rest) > 0 {
		p.Line()
		p.Account(rest)
	}
	p.Line()
	p.Findings(f.Findings)
	return nil
}

// InspectPEM writes nothing but the certificates, without any text around.
func InspectPEM(s *terminal.Streams, f InspectFile) error {
	for _, c := range f.Certificates {
		if _, err := io.WriteString(s.Out, c.PEM); err != nil {
			return err
		}
	}
	return nil
}

func (f InspectFile) headline() string {
	written := ""
	if f.PEM {
		written = ", written as text"
	}
	return fmt.Sprintf("%s, %s bytes%s", formatName(f.Format), rules.Thousands(f.Size), written)
}

func formatName(f inspect.Format) string {
	switch f {
	case inspect.FormatPEM:
		return "PEM"
	case inspect.FormatDER:
		return "DER"
	case inspect.FormatPKCS7:
		return "PKCS#7"
	case inspect.FormatPKCS12:
		return "PKCS#12"
	case inspect.FormatKey:
		return "private key"
	case inspect.FormatCSR:
		return "certificate request"
	case inspect.FormatCRL:
		return "revocation list"
	}
	return "no format known here"
}

func (c InspectCertificate) rows(now time.Time) paper.Account {
	state := rules.Distance(now, c.NotAfter)
	switch {
	case now.After(c.NotAfter):
		state = "expired " + state
	case now.Before(c.NotBefore):
		state = "not valid yet, from " + rules.Distance(now, c.NotBefore) + " on"
	default:
		state = "ends " + state
	}
	var rows paper.Account
	rows.Add("subject", c.Subject)
	rows.Add("issuer", c.Issuer)
	rows.Add("serial", c.Serial)
	rows.Add("valid", fmt.Sprintf("%s to %s (%s)", c.NotBefore.Format("2006-01-02 15:04"), c.NotAfter.Format("2006-01-02 15:04 MST"), state))
	rows.Add("key", fmt.Sprintf("%s, %d bits", c.KeyAlgorithm, c.KeyBits))
	rows.Add("signature", c.SignatureAlgorithm)
	rows.Add("version", fmt.Sprintf("v%d", c.Version))
	rows.Add("role", c.role())
	for _, list := range []struct {
		label  string
		values []string
	}{{"names", c.Names}, {"key usage", c.KeyUsage}, {"purposes", c.ExtendedKeyUsage}} {
		if len(list.values) > 0 {
			rows.Add(list.label, strings.Join(list.values, ", "))
		}
	}
	rows.Add("SHA-1", c.SHA1)
	rows.Add("SHA-256", c.SHA256)
	return rows
}

// role is what the certificate can be in a chain.
func (c InspectCertificate) role() string {
	switch {
	case c.IsCA && c.SelfSigned:
		return "root CA"
	case c.IsCA:
		return "intermediate CA"
	case c.SelfSigned:
		return "self-signed, no CA"
	}
	return "end entity"
}

func (k InspectKey) rows(certificates int) paper.Account {
	var rows paper.Account
	rows.Add("form", k.Form)
	if k.Algorithm != "" {
		rows.Add("key", fmt.Sprintf("%s, %d bits", k.Algorithm, k.Bits))
	}
	if k.Encrypted {
		rows.Add("encrypted", k.Cipher)
	}
	switch {
	case !k.Opened:
		rows.Add("locked", k.Locked)
	case k.Matches != "":
		rows.Add("belongs to", k.Matches)
	case certificates > 0:
		rows.Add("belongs to", "none of the certificates in the file")
	}
	return rows
}

// rest is what concerns the file as a whole.
func (f InspectFile) rest() paper.Account {
	var rows paper.Account
	for _, o := range f.Objects {
		switch o.Kind {
		case inspect.KindCertificate, inspect.KindPrivateKey:
		default:
			rows.Add("also holds", fmt.Sprintf("%s %s, %d bytes", o.Kind, o.Label, o.Size))
		}
	}
	if len(f.Chain) > 0 {
		rows.Add("chain", strings.Join(f.Chain, " ← ")+" ("+f.ChainNote+")")
	}
	return rows
}

// pipeRows is the account for programs: path, part, label, value.
func (f InspectFile) pipeRows(now time.Time) [][]string {
	out := [][]string{{paper.Path(f.Path), "file", "format", f.headline()}}
	add := func(part string, rows paper.Account) {
		for _, r := range rows {
			out = append(out, []string{paper.Path(f.Path), part, r.Label, r.Value})
		}
	}
	for i, c := range f.Certificates {
		add(fmt.Sprintf("certificate %d", i+1), c.rows(now))
	}
	for i, k := range f.Keys {
		add(fmt.Sprintf("key %d", i+1), k.rows(len(f.Certificates)))
	}
	add("file", f.rest())
	for _, found := range f.Findings {
		out = append(out, []string{paper.Path(f.Path), string(found.Severity), found.Code, found.Message + "; fix: " + found.Fix})
	}
	return out
}
