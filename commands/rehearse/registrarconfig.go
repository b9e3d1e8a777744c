package rehearse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxUsers is how many users a file may hold.
const maxUsers = 100_000

// config reads the files that the flags name.
func (o *registrarOptions) config(ctx context.Context) (registrar.Config, error) {
	c := registrar.Config{
		Listen: o.listen, Domain: o.domain, MinVersion: factory.TLSVersion(o.minTLS), MaxVersion: factory.TLSVersion(o.maxTLS),
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
	if o.certificate == "" {
		return c, nil
	}
	var err error
	c.Certificate, err = o.f.Chain(ctx, o.certificate, o.key, o.passwords)
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
	var err error
	c.ClientCAs, err = o.f.ClientCAs(ctx, o.clientCAs, o.passwords)
	return err
}
