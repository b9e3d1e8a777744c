package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/inspect/probe/resolve"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// maxTargets is how many targets a file may hold.
const maxTargets = 100_000

// readTargets are the targets of the arguments, then those of --targets.
func (o *probeOptions) readTargets(ctx context.Context) ([]diagnosis.Target, error) {
	var targets []diagnosis.Target
	for _, text := range o.targets {
		target, err := targetOf(text, o.mac)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target)
	}
	if o.targetFile == "" {
		return targets, nil
	}
	content, err := o.f.ReadText(ctx, o.targetFile)
	if err != nil {
		return nil, err
	}
	for i, text := range strings.Split(content, "\n") {
		text, _, _ = strings.Cut(text, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		target, err := targetOf(text, o.mac)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", o.targetFile, i+1, err)
		}
		if targets = append(targets, target); len(targets) > maxTargets {
			return nil, factory.WithHint(fmt.Errorf("%q holds more than %d targets", o.targetFile, maxTargets), "split the file")
		}
	}
	if len(targets) == 0 {
		return nil, factory.WithHint(fmt.Errorf("%q holds no target", o.targetFile), "write one server a line, for instance pbx.example.com:5061")
	}
	return targets, nil
}

// targetOf reads a target; macAddress stands for $MAC in it.
func targetOf(text, macAddress string) (diagnosis.Target, error) {
	target, err := resolve.ParseTarget(text, macAddress)
	var wrong *resolve.TargetError
	if errors.As(err, &wrong) {
		return target, factory.WithHint(wrong, wrong.Hint)
	}
	return target, err
}

// world gives the network with the DNS servers that --dns or the system names.
func (o *probeOptions) world(ctx context.Context, targets []diagnosis.Target) (probe.World, error) {
	w := probe.World{Dial: o.f.Network.Dial, Now: o.f.Now, Random: o.f.Network.Random}
	r := &resolve.Resolver{System: o.f.Network.System, Dial: o.f.Network.Dial}
	w.Resolve = r.Resolve
	if o.dns != "" {
		server, err := resolve.ParseServer(o.dns)
		var wrong *resolve.TargetError
		if errors.As(err, &wrong) {
			return w, factory.WithHint(wrong, wrong.Hint)
		}
		r.Server = server
		return w, err
	}
	for _, target := range targets {
		if target.Discovery == diagnosis.ByNAPTR {
			r.Servers = factory.SystemServers(ctx)
			break
		}
	}
	return w, nil
}

// registration reads --register and the password for it.
func (o *probeOptions) registration(ctx context.Context, r *probe.Request) error {
	if o.register == "" {
		return nil
	}
	text := strings.TrimPrefix(o.register, "sips:")
	user, domain, found := strings.Cut(text, "@")
	if !found || user == "" || domain == "" || strings.Contains(user, ":") || strings.ContainsAny(text, " \t\r\n<>\"") {
		return factory.WithHint(fmt.Errorf("--register takes user@domain, not %q", o.register), "for instance --register alice@example.com; the password comes from --sip-password-file, PHONECERT_SIP_PASSWORD or a prompt")
	}
	if err := o.sipPasswords.Load(ctx); err != nil {
		return err
	}
	password, ok := o.sipPasswords.Get(ctx, fmt.Sprintf("SIP password of %s: ", text))
	if !ok {
		return factory.WithHint(fmt.Errorf("no password for %q", text), "give it with --sip-password-file FILE or in PHONECERT_SIP_PASSWORD")
	}
	r.Register = &probe.Registration{
		User: user, Domain: domain,
		Credentials: sip.Credentials{Username: o.authUser, Password: string(password)},
	}
	return ctx.Err()
}

// clientCertificate reads --client-cert: a certificate with its private key.
func (o *probeOptions) clientCertificate(ctx context.Context) (*client.Certificate, error) {
	if o.certificate == "" {
		return nil, nil
	}
	file, err := o.f.Open(ctx, o.certificate, o.passwords)
	if err != nil {
		return nil, err
	}
	hint := fmt.Sprintf("run %q to see what is in it", "phonecert inspect "+inspect.ShellQuote(o.certificate))
	for _, k := range file.Keys() {
		if k.Locked != nil {
			return nil, factory.WithHint(fmt.Errorf("the private key in %q is encrypted: %w", o.certificate, k.Locked), "give its password with --password-file or in PHONECERT_PASSWORD")
		}
		for _, own := range file.Certificates() {
			if !k.Matches(own.RawSubjectPublicKeyInfo) {
				continue
			}
			signer, err := factory.Signer(k.PKCS8)
			if err != nil {
				return nil, factory.WithHint(fmt.Errorf("the private key in %q cannot sign a handshake: %w", o.certificate, err), hint)
			}
			chain := [][]byte{own.Raw}
			for _, c := range certificate.Path(own, file.Certificates())[1:] {
				chain = append(chain, c.Raw)
			}
			return &client.Certificate{Chain: chain, Signer: signer}, nil
		}
	}
	return nil, factory.WithHint(fmt.Errorf("--client-cert %q holds no certificate with its private key", o.certificate), hint)
}
