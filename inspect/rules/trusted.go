package rules

import (
	"bytes"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// trustedPrivateKey refuses to let a CA's key travel to a phone.
func trustedPrivateKey(s *subject) {
	if len(s.keys) == 0 || len(s.certs) == 0 {
		return
	}
	s.add("trusted.private-key", finding.Error, standard("RFC 5280, section 8"), "phonecert convert {file} {for} -o {out}",
		"it holds a private key: whoever gets the file, or the phone, could issue certificates in the CA's name; never send a CA's key to a phone")
}

// trustedSeveral looks at files with more than one certificate.
func trustedSeveral(s *subject) {
	if len(s.certs) < 2 {
		return
	}
	const fix = "phonecert convert {file} {for} --split {dir}"
	most := s.files.CertificatesPerFile
	if !most.Known() {
		s.add("trusted.several-not-known", finding.Error, on(most), fix,
			"it holds %d certificates; the phone probably keeps only the first, because its guide speaks of one certificate a file and never of several", len(s.certs))
		return
	}
	if len(s.certs) > most.Value {
		s.add("trusted.several", finding.Error, on(most), fix,
			"it holds %d certificates; %s takes %d a file", len(s.certs), s.Profile.ID, most.Value)
	}
}

// trustedAuthority asks of each certificate whether it can be the end of a
// chain. For OpenSSL before 1.1.0 only a self-signed one of the store is (the
// fact sheet on handsets, "How such a client builds the chain", 2 and 6);
// later releases keep that as their default.
func trustedAuthority(s *subject) {
	for _, c := range s.certs {
		switch {
		case c.SelfIssued() && c.MayIssue():
		case c.SelfIssued() && s.trustsStoreBlindly():
			s.add("trusted.not-ca", finding.Warning, s.library(),
				"make a CA certificate with basicConstraints CA:TRUE and sign the servers with it",
				"%s is self-signed and not marked as a CA: the phone's library takes it for a root all the same, newer ones do not", s.which(c))
		case c.SelfIssued():
			s.add("trusted.one-server", finding.Warning, s.library(),
				"make a CA certificate with basicConstraints CA:TRUE and sign the servers with it",
				"%s is self-signed and no CA: the phone would trust the one server that presents it, and no other", s.which(c))
		case c.MayIssue():
			s.intermediate(c)
		default:
			s.add("trusted.leaf", finding.Error, s.library(),
				"upload the self-signed root of "+quoteName(c)+" instead",
				"%s is a server's or person's own certificate, issued by %q: the phone's library never ends a chain at it",
				s.which(c), certificate.ShortName(c.Issuer))
		}
	}
}

// trustsStoreBlindly reports whether the phone's library looks at the
// extensions of the certificates that the server sends and not at those of its
// own store, as OpenSSL does before 1.1.0 (recorded with the real releases).
func (s *subject) trustsStoreBlindly() bool {
	library := s.Profile.Crypto.Library
	return library.Known() && library.Value != handset.OpenSSL11 && library.Value != handset.OpenSSL3
}

// intermediate reports a CA certificate that another CA has issued. It is no
// anchor by itself; beside its root it only takes up a place.
func (s *subject) intermediate(c *certificate.Certificate) {
	for _, list := range [][]*certificate.Certificate{s.certs, s.Installed, s.Builtin.Certificates} {
		for _, root := range list {
			if root.SelfIssued() && root.Issued(c) {
				s.add("trusted.intermediate-beside-root", finding.Warning, s.library(),
					"leave it out, and let the server send it",
					"%s is an intermediate whose root the phone holds: it takes up a place and adds no trust", s.which(c))
				return
			}
		}
	}
	s.add("trusted.intermediate", finding.Error, s.library(),
		"upload the self-signed root "+quoteName(c)+" instead; the intermediate belongs on the server",
		"%s is an intermediate, issued by %q: alone it is no anchor for the phone, which ends every chain at a self-signed root",
		s.which(c), certificate.ShortName(c.Issuer))
}

func quoteName(c *certificate.Certificate) string {
	return `"` + certificate.ShortName(c.Issuer) + `"`
}

// trustedAlready compares with what the phone holds from the factory and from
// earlier uploads.
func trustedAlready(s *subject) {
	for _, c := range s.certs {
		if s.Builtin.Find(c) != nil {
			s.add("trusted.builtin", finding.Note, ground{s.Builtin.Basis, s.Builtin.Source},
				"with CA Certificates set to Default or All it need not be uploaded",
				"%s is among the phone's built-in ones", s.which(c))
		}
		for _, other := range s.Installed {
			switch {
			case other.Equal(c.Certificate):
				s.add("trusted.installed", finding.Warning, standard("the certificates given with --installed"),
					"leave it out", "%s is on the phone already", s.which(c))
			case bytes.Equal(other.RawSubject, c.RawSubject):
				s.add("trusted.same-subject-installed", finding.Warning, s.library(),
					"delete the old one from the phone first",
					"%s has the subject of another certificate on the phone: its library may take the wrong one", s.which(c))
			}
		}
	}
}

// installed counts the places taken on the phone.
func (q Question) installed() int { return max(q.InstalledCount, len(q.Installed)) }

// takesMore reports how many more trusted certificates fit; known is false
// when the handset's number of places is not known.
func (q Question) takesMore() (places int, known bool) {
	limit := q.Profile.FilesFor(handset.Trusted).MaxFiles
	return limit.Value - q.installed(), limit.Known()
}
