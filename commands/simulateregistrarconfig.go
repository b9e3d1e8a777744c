package commands

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxUsers is how many users a file may hold.
const maxUsers = 100_000

// config reads the files that the flags name.
func (o *registrarOptions) config(ctx context.Context) (registrar.Config, error) {
	c := registrar.Config{
		Listen: o.listen, Domain: o.domain, MinVersion: versionOf(o.minTLS), MaxVersion: versionOf(o.maxTLS),
		Algorithms: o.digests, Clock: o.f.Now, Random: o.f.Network.Random,
	}
	if o.writeCA != "" {
		if err := o.f.MayWrite([]factory.Output{{Path: o.writeCA, Text: true}}, nil, o.force); err != nil {
			return c, err
		}
	}
	if err := o.passwords.Load(ctx); err != nil {
		return c, err
	}
	if err := o.readUsers(ctx, &c); err != nil {
		return c, err
	}
	if err := o.readClientCAs(ctx, &c); err != nil {
		return c, err
	}
	var err error
	c.Certificate, err = o.readChain(ctx)
	return c, err
}

// readUsers reads --users.
func (o *registrarOptions) readUsers(ctx context.Context, c *registrar.Config) error {
	if o.users == "" {
		return nil
	}
	text, err := o.f.ReadText(ctx, o.users)
	if err != nil {
		return err
	}
	if c.Users, err = parseUsers(text); err != nil {
		return factory.WithHint(fmt.Errorf("%q: %w", o.users, err), "write one user a line, as user:password; lines with # are left out")
	}
	// Windows has no such permissions.
	if stat, err := os.Stat(o.users); err == nil && stat.Mode().IsRegular() && stat.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" && !o.f.Quiet {
		paper.Note(o.f.Streams, fmt.Sprintf("others can read the passwords in %q: chmod 600 keeps them out", o.users))
	}
	return nil
}

// parseUsers reads lines of user:password. No error holds a password.
func parseUsers(text string) (map[string]string, error) {
	users := map[string]string{}
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, password, found := strings.Cut(line, ":")
		_, twice := users[user]
		switch {
		case !found || user == "" || password == "":
			return nil, fmt.Errorf("line %d is not user:password", number)
		case twice:
			return nil, fmt.Errorf("line %d has the user %q again", number, user)
		case len(users) == maxUsers:
			return nil, fmt.Errorf("there are more than %d users", maxUsers)
		}
		users[user] = password
	}
	if len(users) == 0 {
		return nil, errors.New("there is no user")
	}
	return users, nil
}

// readClientCAs reads --client-ca and --require-client-cert.
func (o *registrarOptions) readClientCAs(ctx context.Context, c *registrar.Config) error {
	if o.requireClientCert {
		c.ClientAuth = registrar.Require
	}
	if len(o.clientCAs) == 0 {
		return nil
	}
	c.ClientAuth = max(c.ClientAuth, registrar.Request)
	list, err := o.f.Certificates(ctx, "--client-ca", o.clientCAs, o.passwords)
	if err != nil {
		return err
	}
	c.ClientCAs = x509.NewCertPool()
	for _, ca := range list {
		parsed, err := x509.ParseCertificate(ca.Raw)
		if err != nil {
			return factory.WithHint(fmt.Errorf("--client-ca %q cannot be used: %w", ca.Subject, err), "leave this certificate out of the file")
		}
		c.ClientCAs.AddCert(parsed)
	}
	return nil
}

// readChain reads --cert and --key: the certificate that the key belongs to, then
// the others as they stand there, as a PBX sends them.
func (o *registrarOptions) readChain(ctx context.Context) (*tls.Certificate, error) {
	if o.certificate == "" {
		return nil, nil
	}
	chain, err := o.f.Open(ctx, o.certificate, o.passwords)
	if err != nil {
		return nil, err
	}
	holder, path := chain, o.certificate
	if o.key != "" {
		path = o.key
		if holder, err = o.f.Open(ctx, o.key, o.passwords); err != nil {
			return nil, err
		}
	}
	hint := fmt.Sprintf("run %q to see what is in it", "phonecert inspect "+inspect.ShellQuote(path))
	for _, k := range holder.Keys() {
		if k.Locked != nil {
			return nil, factory.WithHint(fmt.Errorf("the private key in %q is encrypted: %w", path, k.Locked), "give its password with --password-file or in PHONECERT_PASSWORD")
		}
		own := &tls.Certificate{}
		for _, c := range chain.Certificates() {
			if len(own.Certificate) > 0 || !k.Matches(c.RawSubjectPublicKeyInfo) {
				continue
			}
			signer, err := signerOf(k.PKCS8)
			if err != nil {
				return nil, factory.WithHint(fmt.Errorf("the private key in %q cannot sign a handshake: %w", path, err), hint)
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
	return nil, factory.WithHint(fmt.Errorf("%q holds no private key of a certificate in %q", path, o.certificate), hint)
}
