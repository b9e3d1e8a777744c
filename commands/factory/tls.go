package factory

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/phonecert/phonecert/inspect"
)

// TLSVersion reads a version of TLS as flags have it, 1.0 to 1.3; 0 is any other
// text.
func TLSVersion(text string) uint16 {
	return map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[text]
}

// ClientCAs reads the files of --client-ca.
func (f *Factory) ClientCAs(ctx context.Context, paths []string, pw *Passwords) (*x509.CertPool, error) {
	list, err := f.Certificates(ctx, "--client-ca", paths, pw)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, ca := range list {
		parsed, err := x509.ParseCertificate(ca.Raw)
		if err != nil {
			return nil, WithHint(fmt.Errorf("--client-ca %q cannot be used: %w", ca.Subject, err), "leave this certificate out of the file")
		}
		pool.AddCert(parsed)
	}
	return pool, nil
}

// Chain reads the files of --cert and --key: the certificate that the key belongs
// to, then the others as they stand there, as a PBX sends them. Without key the
// key is in the file of the certificate.
func (f *Factory) Chain(ctx context.Context, certificate, key string, pw *Passwords) (*tls.Certificate, error) {
	chain, err := f.Open(ctx, certificate, pw)
	if err != nil {
		return nil, err
	}
	holder, path := chain, certificate
	if key != "" {
		path = key
		if holder, err = f.Open(ctx, key, pw); err != nil {
			return nil, err
		}
	}
	hint := fmt.Sprintf("run %q to see what is in it", "phonecert inspect "+inspect.ShellQuote(path))
	for _, k := range holder.Keys() {
		if k.Locked != nil {
			return nil, WithHint(fmt.Errorf("the private key in %q is encrypted: %w", path, k.Locked), "give its password with --password-file or in PHONECERT_PASSWORD")
		}
		own := &tls.Certificate{}
		for _, c := range chain.Certificates() {
			if len(own.Certificate) > 0 || !k.Matches(c.RawSubjectPublicKeyInfo) {
				continue
			}
			signer, err := Signer(k.PKCS8)
			if err != nil {
				return nil, WithHint(fmt.Errorf("the private key in %q cannot sign a handshake: %w", path, err), hint)
			}
			own.Certificate, own.PrivateKey = [][]byte{c.Raw}, signer
		}
		if len(own.Certificate) == 0 {
			continue
		}
		for _, c := range chain.Certificates() {
			if string(c.Raw) != string(own.Certificate[0]) {
				own.Certificate = append(own.Certificate, c.Raw)
			}
		}
		return own, nil
	}
	return nil, WithHint(fmt.Errorf("%q holds no private key of a certificate in %q", path, certificate), hint)
}

// Signer reads a private key in PKCS #8 as one that can sign a handshake.
func Signer(pkcs8 []byte) (crypto.Signer, error) {
	k, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T has no signatures", k)
	}
	return signer, nil
}
