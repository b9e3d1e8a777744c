package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/terminal"
)

// row is one line of an account: what is told, and what it is.
type row struct{ label, value string }

// InspectText writes the account of a file: aligned for people, in a pipe one
// row a line with the path before it.
func InspectText(s *terminal.Streams, f InspectFile, now time.Time) error {
	if !s.OutTTY {
		return tabbed(s.Out, f.pipeRows(now))
	}
	st, width := newStyle(s.Out, s.Color), s.Width()
	line(s.Out, "  ", st.strong.Render(shown(f.Path)), "  ", st.faint.Render(f.headline()))
	for i, c := range f.Certificates {
		line(s.Out)
		line(s.Out, "  ", st.strong.Render(fmt.Sprintf("certificate %d of %d", i+1, len(f.Certificates))))
		st.account(s.Out, width, c.rows(now))
	}
	for _, k := range f.Keys {
		line(s.Out)
		line(s.Out, "  ", st.strong.Render("private key"))
		st.account(s.Out, width, k.rows(len(f.Certificates)))
	}
	if rest := f.rest(); len(rest) > 0 {
		line(s.Out)
		st.account(s.Out, width, rest)
	}
	line(s.Out)
	st.findings(s.Out, width, f.Findings)
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

// account writes rows with their labels aligned and long values wrapped.
func (st style) account(w io.Writer, width int, rows []row) {
	const column = 14
	for _, r := range rows {
		for i, part := range st.wrap(r.value, width-column-4) {
			label := ""
			if i == 0 {
				label = r.label
			}
			line(w, "    ", st.faint.Render(fmt.Sprintf("%-*s", column, label)), part)
		}
	}
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

func (c InspectCertificate) rows(now time.Time) []row {
	state := rules.Distance(now, c.NotAfter)
	switch {
	case now.After(c.NotAfter):
		state = "expired " + state
	case now.Before(c.NotBefore):
		state = "not valid yet, from " + rules.Distance(now, c.NotBefore) + " on"
	default:
		state = "ends " + state
	}
	rows := []row{
		{"subject", c.Subject},
		{"issuer", c.Issuer},
		{"serial", c.Serial},
		{"valid", fmt.Sprintf("%s to %s (%s)", c.NotBefore.Format("2006-01-02 15:04"), c.NotAfter.Format("2006-01-02 15:04 MST"), state)},
		{"key", fmt.Sprintf("%s, %d bits", c.KeyAlgorithm, c.KeyBits)},
		{"signature", c.SignatureAlgorithm},
		{"version", fmt.Sprintf("v%d", c.Version)},
		{"role", c.role()},
	}
	for _, list := range []struct {
		label  string
		values []string
	}{{"names", c.Names}, {"key usage", c.KeyUsage}, {"purposes", c.ExtendedKeyUsage}} {
		if len(list.values) > 0 {
			rows = append(rows, row{list.label, strings.Join(list.values, ", ")})
		}
	}
	return append(rows, row{"SHA-1", c.SHA1}, row{"SHA-256", c.SHA256})
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

func (k InspectKey) rows(certificates int) []row {
	rows := []row{{"form", k.Form}}
	if k.Algorithm != "" {
		rows = append(rows, row{"key", fmt.Sprintf("%s, %d bits", k.Algorithm, k.Bits)})
	}
	if k.Encrypted {
		rows = append(rows, row{"encrypted", k.Cipher})
	}
	switch {
	case !k.Opened:
		rows = append(rows, row{"locked", k.Locked})
	case k.Matches != "":
		rows = append(rows, row{"belongs to", k.Matches})
	case certificates > 0:
		rows = append(rows, row{"belongs to", "none of the certificates in the file"})
	}
	return rows
}

// rest is what concerns the file as a whole.
func (f InspectFile) rest() []row {
	var rows []row
	for _, o := range f.Objects {
		switch o.Kind {
		case inspect.KindCertificate, inspect.KindPrivateKey:
		default:
			rows = append(rows, row{"also holds", fmt.Sprintf("%s %s, %d bytes", o.Kind, o.Label, o.Size)})
		}
	}
	if len(f.Chain) > 0 {
		rows = append(rows, row{"chain", strings.Join(f.Chain, " ← ") + " (" + f.ChainNote + ")"})
	}
	return rows
}

// pipeRows is the account for programs: path, part, label, value.
func (f InspectFile) pipeRows(now time.Time) [][]string {
	out := [][]string{{shown(f.Path), "file", "format", f.headline()}}
	add := func(part string, rows []row) {
		for _, r := range rows {
			out = append(out, []string{shown(f.Path), part, r.label, r.value})
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
		out = append(out, []string{shown(f.Path), string(found.Severity), found.Code, found.Message + "; fix: " + found.Fix})
	}
	return out
}
