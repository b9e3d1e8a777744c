package convert

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
)

// maxSlug is the longest name that is made of a certificate's, in bytes.
const maxSlug = 40

// FormatOf tells from a file name's ending what the file is expected to hold.
// PEM is what every tool reads, so it stands for endings that say nothing.
func FormatOf(name string) inspect.Format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".der":
		return inspect.FormatDER
	case ".p7b", ".p7c":
		return inspect.FormatPKCS7
	case ".p12", ".pfx":
		return inspect.FormatPKCS12
	}
	return inspect.FormatPEM
}

// formatName is what people call a format.
func formatName(f inspect.Format) string {
	switch f {
	case inspect.FormatPKCS7:
		return "PKCS#7"
	case inspect.FormatPKCS12:
		return "PKCS#12"
	}
	return strings.ToUpper(string(f))
}

// Ending is the usual file name ending of a format among those that are
// accepted; an empty list accepts all.
func Ending(f inspect.Format, accepted []string) string {
	usual := []string{".pem", ".crt", ".cer"}
	if f == inspect.FormatDER {
		usual = []string{".der", ".cer", ".crt"}
	}
	for _, e := range usual {
		if len(accepted) == 0 || slices.Contains(accepted, e) {
			return e
		}
	}
	return accepted[0]
}

// shortName is the name by which a person knows a certificate.
func shortName(it item) string {
	if it.Certificate == nil {
		return string(it.Kind)
	}
	return certificate.ShortName(it.Certificate.Subject)
}

// fileName is unique through its number, and safe on every file system:
// "01-example-root.pem".
func fileName(n, of int, it item, ending string) string {
	width := max(2, len(fmt.Sprint(of)))
	return fmt.Sprintf("%0*d-%s%s", width, n, slug(it), ending)
}

// slug writes a name in lower-case letters, digits and single dashes.
func slug(it item) string {
	var b strings.Builder
	for _, r := range strings.ToLower(shortName(it)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
		if b.Len() == maxSlug {
			break
		}
	}
	text := strings.Trim(b.String(), "-")
	if text == "" {
		return "certificate"
	}
	return text
}
