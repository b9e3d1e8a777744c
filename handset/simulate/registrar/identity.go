package registrar

import (
	"crypto/tls"
)

// ClientAuth says whether clients are asked for a certificate.
type ClientAuth uint8

// Require hangs up on a client without one; Request lets it in.
const (
	None ClientAuth = iota
	Request
	Require
)

// identify gives the registrar its certificate and the rest of its TLS.
func (r *Registrar) identify() error {
	c := r.config
	certificate := c.Certificate
	if certificate == nil {
		authority := c.Authority
		var err error
		if authority == nil {
			if authority, err = NewAuthority(c.Random, c.Clock()); err != nil {
				return err
			}
		}
		if certificate, err = authority.issue(r.names, c.Random, c.Clock()); err != nil {
			return err
		}
		r.ca = authority.PEM()
	}
	r.tls = &tls.Config{
		Certificates: []tls.Certificate{*certificate},
		MinVersion:   c.MinVersion, MaxVersion: c.MaxVersion, CipherSuites: c.CipherSuites,
		ClientAuth: c.clientAuth(), ClientCAs: c.ClientCAs,
		Time: c.Clock,
		// Every connection rehearses the whole handshake.
		SessionTicketsDisabled: true,
	}
	return nil
}

func (c Config) clientAuth() tls.ClientAuthType {
	switch {
	case c.ClientAuth == Require && c.ClientCAs != nil:
		return tls.RequireAndVerifyClientCert
	case c.ClientAuth == Require:
		return tls.RequireAnyClientCert
	case c.ClientAuth == Request && c.ClientCAs != nil:
		return tls.VerifyClientCertIfGiven
	case c.ClientAuth == Request:
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
