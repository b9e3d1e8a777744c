package serve

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

// presented is an uploaded certificate ready for HTTPS, and which one it is.
type presented struct {
	pair *tls.Certificate
	from []byte
}

// tlsConfigs makes one configuration for each profile.
func (f *Fleet) tlsConfigs() map[string]*tls.Config {
	configs := map[string]*tls.Config{}
	for _, k := range f.config.Kinds {
		configs[k.Profile.ID] = f.tlsConfig(k.Profile)
	}
	return configs
}

// tlsConfig is TLS as the profile speaks it. The profile tells it of the phone
// as client; that its web server has the same versions and suites is derived:
// one library does both. Where nothing is known, TLS 1.0 to 1.2.
func (f *Fleet) tlsConfig(p *handset.Profile) *tls.Config {
	c := &tls.Config{
		MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12,
		CipherSuites: suites(p),
		// A session that is taken up again would show the old certificate.
		SessionTicketsDisabled: true,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return f.present(hello.Context().Value(inside{}).(*Served))
		},
	}
	if v := p.TLS.Versions; v.Known() {
		if known := versions(v.Value); len(known) > 0 {
			c.MinVersion, c.MaxVersion = slices.Min(known), slices.Max(known)
		}
	}
	return c
}

// versions leaves SSL 3.0 out, which crypto/tls does not speak.
func versions(names []string) []uint16 {
	numbers := map[string]uint16{"TLS 1.0": tls.VersionTLS10, "TLS 1.1": tls.VersionTLS11, "TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}
	var known []uint16
	for _, name := range names {
		if number, ok := numbers[name]; ok {
			known = append(known, number)
		}
	}
	return known
}

// suites are those of the profile that crypto/tls has; all of them where the
// profile knows none, the insecure ones too: these are old phones.
func suites(p *handset.Profile) []uint16 {
	var all, known []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		all = append(all, s.ID)
	}
	for _, id := range p.TLS.CipherSuites.Value {
		if slices.Contains(all, id) {
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return all
	}
	return known
}

// present is the certificate that a browser is shown: the uploaded one if it was
// in force at the last boot and has a key, else the built-in one.
func (f *Fleet) present(s *Served) (*tls.Certificate, error) {
	uploaded := s.Phone.Presented()
	s.mu.Lock()
	defer s.mu.Unlock()
	if uploaded == nil {
		return f.builtIn(s)
	}
	if s.shown.pair != nil && bytes.Equal(s.shown.from, uploaded.DER) {
		return s.shown.pair, nil
	}
	pair, err := pairOf(uploaded)
	if err != nil {
		f.config.Log(fmt.Sprintf("%s cannot present %q and presents its built-in certificate: %v", s.MAC, uploaded.File, err))
		return f.builtIn(s)
	}
	s.shown = presented{pair, uploaded.DER}
	return pair, nil
}

// builtIn makes the phone's own certificate when it is first asked for. It is
// called with the phone's mutex held.
func (f *Fleet) builtIn(s *Served) (*tls.Certificate, error) {
	if s.own != nil {
		return s.own, nil
	}
	der, err := f.issuer().certificate(f.config.DeviceCert, s.brand(), s.MAC)
	if err != nil {
		return nil, err
	}
	s.own = &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: f.issuer().deviceKey}
	return s.own, nil
}

func pairOf(c *device.Certificate) (*tls.Certificate, error) {
	key, err := x509.ParsePKCS8PrivateKey(c.Key)
	if err != nil {
		return nil, fmt.Errorf("no private key that fits it: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{c.DER}, PrivateKey: key}, nil
}

// Certificate is what a phone's HTTPS presents now; it is there for phones
// without HTTPS too.
func (f *Fleet) Certificate(s *Served) (*x509.Certificate, error) {
	pair, err := f.present(s)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(pair.Certificate[0])
}
