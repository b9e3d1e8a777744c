package listen

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// identify makes every chain that is to be shown, and the rest of TLS.
func (s *Server) identify() error {
	s.certificates = map[chain.Variant]*tls.Certificate{}
	for _, v := range s.config.Variants {
		made, err := s.config.Chains(v)
		if err != nil {
			return err
		}
		if len(made.DER) == 0 {
			return fmt.Errorf("the chain %q holds no certificate", v)
		}
		own := &tls.Certificate{Certificate: made.DER, PrivateKey: made.Key}
		if own.Leaf, err = x509.ParseCertificate(made.DER[0]); err != nil {
			return fmt.Errorf("the server's certificate cannot be shown: %w", err)
		}
		s.certificates[v] = own
	}
	c := s.config
	s.tls = &tls.Config{
		MinVersion: cmp.Or(c.MinVersion, tls.VersionTLS10), MaxVersion: c.MaxVersion, CipherSuites: allSuites(),
		ClientAuth: c.clientAuth(), ClientCAs: c.ClientCAs,
		Time: c.Now, Rand: c.Random,
		// Every connection shows the whole handshake.
		SessionTicketsDisabled: true,
	}
	return nil
}

// clientAuth takes any certificate: what is to be said of it is said in the
// report.
func (c Config) clientAuth() tls.ClientAuthType {
	switch c.ClientAuth {
	case RequireClientCert:
		return tls.RequireAnyClientCert
	case RequestClientCert:
		return tls.RequestClientCert
	}
	return tls.NoClientCert
}

// allSuites are those of crypto/tls, which leaves out by itself what it takes
// for insecure: old phones offer nothing else. Which of them is taken crypto/tls
// decides, the safest first.
func allSuites() []uint16 {
	var list []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		list = append(list, s.ID)
	}
	return list
}
