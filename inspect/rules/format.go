package rules

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
)

// fileEnding looks at the name that the phone's upload page will see.
func fileEnding(s *subject) {
	endings := s.files.Endings
	ending := filepath.Ext(s.file.Name)
	takes := strings.Join(endings.Value, ", ")
	lower := strings.ToLower(ending)
	switch {
	case !endings.Known():
		s.add("format.endings-not-known", finding.Error, on(endings), "try it on one phone, under a name that ends in .pem",
			"which file name endings %s takes as %s certificate is not known; it probably takes .pem, because all phones whose guide is known do", s.Profile.ID, s.Role)
	case s.file.Name == "-" || strings.HasPrefix(s.file.Name, "/dev/"):
		s.add("format.name-not-given", finding.Note, on(endings), "give the file by its name",
			"what is read here has no file name; %s takes %s", s.Profile.ID, takes)
	case ending == "":
		s.add("format.no-extension", finding.Error, on(endings), "phonecert convert {file} {for} -o {out}",
			"the name %q has no ending; %s takes %s as %s certificate", filepath.Base(s.file.Name), s.Profile.ID, takes, s.Role)
	case !slices.Contains(endings.Value, lower):
		s.add("format.extension", finding.Error, on(endings), "phonecert convert {file} {for} -o {out}",
			"the name ends in %q; %s takes %s as %s certificate", ending, s.Profile.ID, takes, s.Role)
	case lower != ending:
		s.add("format.extension-case", finding.Warning,
			ground{finding.Assumed, endings.Source}, "phonecert convert {file} {for} -o {out}",
			"the name ends in %q; whether the phone's page takes capital letters is not known", ending)
	}
}

// fileContent names files that are sound and hold no certificate at all.
func fileContent(s *subject) {
	if len(s.certs) > 0 || s.file.Truncated {
		return
	}
	holds := map[inspect.Kind]bool{}
	for _, o := range s.file.Objects {
		holds[o.Kind] = true
	}
	why := standard("RFC 7468, section 5.1")
	switch {
	case holds[inspect.KindCSR]:
		s.add("content.request", finding.Error, why, "have the request signed by a CA and use the certificate that comes back",
			"it is a certificate request, not a certificate")
	case holds[inspect.KindPrivateKey] && s.Role == handset.Server:
		s.add("server.no-certificate", finding.Error, why, "phonecert convert CERTIFICATE {file} {for} -o {out}",
			"it holds a private key and no certificate; the phone needs both in one file")
	case holds[inspect.KindPrivateKey]:
		s.add("content.key", finding.Error, why, "use the CA's certificate, and keep this key where it is",
			"it is a private key, not a certificate")
	case holds[inspect.KindCRL]:
		s.add("content.revocation-list", finding.Error, why, "ask the CA for its certificate, which is another file",
			"it is a revocation list, not a certificate")
	case holds[inspect.KindPublicKey]:
		s.add("content.public-key", finding.Error, why, "ask for the certificate that was made for this key",
			"it is a bare public key, not a certificate")
	}
}

// fileEncoding compares how the file is written with what the handset reads.
func fileEncoding(s *subject) {
	encodings := s.files.Encodings
	const convert = "phonecert convert {file} {for} -o {out}"
	switch s.file.Format {
	// Neither of the library's readers of certificates, PEM or DER, opens a
	// container.
	case inspect.FormatPKCS7:
		s.add("format.pkcs7", finding.Error, s.library(), splitFix(s, convert),
			"it is a PKCS#7 container (.p7b); the phone reads single certificates")
		return
	case inspect.FormatPKCS12:
		s.add("format.pkcs12", finding.Error, s.library(), splitFix(s, convert),
			"it is a PKCS#12 container (.p12, .pfx); the phone reads single certificates")
		return
	case inspect.FormatDER:
	default:
		return
	}
	switch {
	case encodings.Known() && slices.Contains(encodings.Value, handset.DER):
	case s.Role == handset.Server && encodings.Known():
		s.add("format.der-server", finding.Error, on(encodings), convert,
			"it is DER; a server file is PEM, for it holds certificate and private key")
	default:
		s.add("format.der", finding.Error, ground{finding.Assumed, encodings.Source}, convert,
			"it is DER; the phone probably refuses it, because nothing says that %s reads anything but PEM", s.Profile.ID)
	}
}

// splitFix is the conversion for a file that may hold several certificates.
func splitFix(s *subject, convert string) string {
	if s.Role == handset.Trusted && len(s.certs) > 1 {
		return "phonecert convert {file} {for} --split {dir}"
	}
	return convert
}

// endingAgainstContent looks for a name that promises another encoding than
// the file has. Whether a phone goes by the name or by the bytes is not known.
func endingAgainstContent(s *subject) {
	ending := strings.ToLower(filepath.Ext(s.file.Name))
	doubt := ground{finding.Assumed, "no guide says whether the phone goes by the name or by the content"}
	isDER, isPEM := s.file.Format == inspect.FormatDER, s.file.Format == inspect.FormatPEM
	encodings := s.files.Encodings
	if encodings.Known() && isDER && !slices.Contains(encodings.Value, handset.DER) {
		return // fileEncoding has said it
	}
	const fix = "phonecert convert {file} {for} -o {out}"
	switch {
	case isDER && ending == ".pem":
		s.add("format.der-named-pem", finding.Error, doubt, fix,
			"it is DER under a name that ends in .pem; the phone probably refuses it, because its PEM reader finds no BEGIN line")
	case isDER && (ending == ".cer" || ending == ".crt"):
		s.add("format.der-named-crt", finding.Warning, doubt, fix,
			"it is DER under a name that ends in %s, which stands for PEM as often as for DER; a PEM file is the safer one", ending)
	case isPEM && ending == ".der":
		s.add("format.pem-named-der", finding.Error, doubt, fix,
			"it is PEM under a name that ends in .der; the phone probably refuses it, because its DER reader finds a BEGIN line")
	}
}
