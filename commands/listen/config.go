package listen

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// listenPlan is how it listens, and root the certificate below which all that is
// shown was made, nil for one of the caller's.
type listenPlan struct {
	listen.Config
	root *x509.Certificate
}

// rootMissing reports whether the phone that is expected is supposed not to hold
// the root.
func (p *listenPlan) rootMissing() bool {
	return p.root != nil && p.Phone != nil && !slices.ContainsFunc(p.Phone.Custom, func(c *certificate.Certificate) bool { return bytes.Equal(c.Raw, p.root.Raw) })
}

// plan reads all that the flags name, so that a wrong name is told before anybody
// can call.
func (o *listenOptions) plan(ctx context.Context) (*listenPlan, error) {
	c := &listenPlan{Config: listen.Config{
		MinVersion: factory.TLSVersion(o.minTLS), MaxVersion: factory.TLSVersion(o.maxTLS), ClientAuth: listen.ClientAuth(o.clientCert),
		Now: o.f.Now, Random: o.f.Network.Random, Record: o.save != "",
		HangUp: o.hangUp, Named: named,
	}}
	for _, address := range o.sips {
		c.Doors = append(c.Doors, listen.Door{Address: address, Scheme: listen.SIPS})
	}
	for _, address := range o.https {
		c.Doors = append(c.Doors, listen.Door{Address: address, Scheme: listen.HTTPS})
	}
	if err := o.passwords.Load(ctx); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, *listenPlan) error{o.registrations, o.folder, o.authorities, o.chains, o.handsets} {
		if err := read(ctx, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// named is the model that a User-Agent names.
func named(userAgent string) string {
	agent, ok := learn.ParseAgent(userAgent)
	if !ok {
		return ""
	}
	return agent.Maker + " " + agent.Model
}

// registrations says how REGISTER is answered.
func (o *listenOptions) registrations(ctx context.Context, c *listenPlan) error {
	c.SIP.Answer = o.answer
	if o.user == "" {
		return nil
	}
	if err := o.sipPasswords.Load(ctx); err != nil {
		return err
	}
	password, ok := o.sipPasswords.Get(ctx, fmt.Sprintf("SIP password of %s: ", o.user))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !ok {
		return factory.WithHint(fmt.Errorf("no password for %q", o.user), "give it with --sip-password-file FILE or in PHONECERT_SIP_PASSWORD; without --user everybody may register")
	}
	c.SIP.Users = map[string]string{o.user: string(password)}
	return nil
}

// folder opens the folder of --serve. Nothing outside of it is reached, by
// symbolic links neither.
func (o *listenOptions) folder(_ context.Context, c *listenPlan) error {
	if o.serve == "" {
		return nil
	}
	root, err := os.OpenRoot(o.serve)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return factory.WithHint(fmt.Errorf("cannot serve %q: %w", o.serve, err), "name a folder with the files that phones ask for")
	}
	c.Files.Folder = root.FS()
	return nil
}

// authorities reads --client-ca.
func (o *listenOptions) authorities(ctx context.Context, c *listenPlan) error {
	if len(o.clientCAs) == 0 {
		return nil
	}
	if c.ClientAuth == listen.NoClientCert {
		c.ClientAuth = listen.RequestClientCert
	}
	var err error
	c.ClientCAs, err = o.f.ClientCAs(ctx, o.clientCAs, o.passwords)
	return err
}

// chains says what is shown: the certificate of --cert, or chains that are made.
func (o *listenOptions) chains(ctx context.Context, c *listenPlan) error {
	if o.certificate != "" {
		own, err := readOwnChain(ctx, o.f, o.passwords, o.certificate, o.key)
		if err != nil {
			return err
		}
		c.Chains = func(chain.Variant) (*chain.Chain, error) { return own, nil }
		return nil
	}
	authority, err := o.authority(ctx)
	if err != nil {
		return err
	}
	c.Chains, c.root, c.RootFile = authority.Chain, authority.Root(), o.rootPath()
	c.Variants = []chain.Variant{chain.Variant(o.chain)}
	if o.survey {
		c.Variants = chain.Variants()
	}
	return nil
}

// handsets says who is expected, and whose ClientHello it may be. It comes after
// the root was written: --custom may name that very file.
func (o *listenOptions) handsets(ctx context.Context, c *listenPlan) error {
	for _, id := range o.f.HandsetIDs() {
		p, err := o.f.Profile(ctx, id)
		if err != nil {
			return err
		}
		c.Profiles = append(c.Profiles, p)
	}
	id := o.handset
	if id == "" {
		id = o.f.Getenv("PHONECERT_HANDSET")
	}
	if id == "" {
		return nil
	}
	p, err := o.f.Profile(ctx, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(c.Profiles, func(known *handset.Profile) bool { return known.ID == p.ID }) {
		c.Profiles = append(c.Profiles, p)
	}
	clock, err := o.f.Clock(o.clock)
	if err != nil {
		return err
	}
	c.Phone, err = o.f.Phone(ctx, &o.trust, p, id, clock, o.passwords)
	return err
}
