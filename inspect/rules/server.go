package rules

import (
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
)

// serverKey asks for the private key that belongs to the certificate: both
// stand in one PEM file (the fact sheet on handsets, "Certificate roles").
func serverKey(s *subject) {
	if len(s.certs) == 0 {
		return
	}
	needed := s.files.PrivateKey
	switch {
	case len(s.keys) == 0:
		s.add("server.no-key", finding.Error, on(needed), "phonecert convert {file} KEYFILE {for} -o {out}",
			"it holds no private key; the phone needs certificate and key in one PEM file")
	case len(s.keys) > 1:
		s.add("server.several-keys", finding.Error, weakest(on(needed), s.library()), "phonecert convert {file} {for} -o {out}",
			"it holds %d private keys; the phone's library takes the first one and looks no further", len(s.keys))
	}
	for _, k := range s.keys {
		s.serverKeyUsable(k)
	}
}

func (s *subject) serverKeyUsable(k *key.Private) {
	switch {
	case k.Form == "OpenSSH":
		s.add("server.openssh-key", finding.Error, s.library(), "phonecert convert {file} {for} -o {out}",
			"the private key is in OpenSSH's own form, which the phone's library does not read")
	case k.Encrypted:
		s.add("server.encrypted-key", finding.Error, weakest(on(s.files.PrivateKey), s.library()),
			"phonecert convert {file} {for} -o {out}",
			"the private key is encrypted with %s: the phone's library needs a password for it, and an upload brings none", k.Cipher)
	}
	if k.PublicKeyInfo == nil {
		if k.Locked != nil {
			s.add("server.key-locked", finding.Error, ground{finding.Assumed, "the key could not be opened"},
				"run the check again with --password-file FILE",
				"whether the private key belongs to the certificate is not known: %s", k.Locked)
		}
		return
	}
	for _, c := range s.certs {
		if k.Matches(c.RawSubjectPublicKeyInfo) {
			return
		}
	}
	s.add("server.wrong-key", finding.Error, standard("RFC 5246, section 7.4.2"),
		"find the key that the certificate was requested with, then phonecert convert CERTIFICATE KEY {for} -o {out}",
		"the private key (%s, %d bits) belongs to none of the certificates in the file", k.Algorithm, k.Bits)
}

// serverSeveral looks at a chain in a server file: the phone's own certificate
// must be the first, for the library pairs the key with the first.
func serverSeveral(s *subject) {
	if len(s.certs) < 2 {
		return
	}
	if own := s.leaf(); own != s.certs[0] {
		s.add("server.order", finding.Error, s.library(), "phonecert convert {file} {for} -o {out}",
			"the first certificate is %q, and the key belongs to %q further down: the library takes the first one for its own",
			certificate.ShortName(s.certs[0].Subject), certificate.ShortName(own.Subject))
	}
	if most := s.files.CertificatesPerFile; !most.Known() {
		s.add("server.chain", finding.Warning, on(most), "leave only the phone's own certificate in if a peer complains",
			"it holds %d certificates; whether the phone sends the others along is not known", len(s.certs))
	}
}

// serverAuthority warns of a CA certificate used as the phone's own.
func serverAuthority(s *subject) {
	c := s.leaf()
	if c == nil || !c.BasicConstraintsValid || !c.IsCA || s.Role != handset.Server {
		return
	}
	s.add("server.is-ca", finding.Warning, standard("RFC 5280, section 4.2.1.9"),
		"issue a certificate of its own for the phone, and keep the CA's key off it",
		"%s is a CA's: with this key on the phone, whoever opens the phone can issue certificates", s.which(c))
}
