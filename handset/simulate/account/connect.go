package account

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe"
)

// connect opens a TCP connection to the first address that takes one; nil where
// none does, which the evidence explains.
func (t *attempt) connect(ctx context.Context) net.Conn {
	lookup := t.Network.Resolve(ctx, t.Target)
	t.evidence.Lookup = &lookup
	for i, address := range lookup.Addresses {
		// How long it took stays out: the same failure is to be told once.
		within, cancel := context.WithTimeout(ctx, connectTime/time.Duration(len(lookup.Addresses)-i))
		conn, err := t.Network.Dial(within, "tcp", address.String())
		t.evidence.Dial = &diagnosis.Dial{Address: address, Result: probe.DialResultOf(within, err)}
		cancel()
		if err == nil {
			return conn
		}
		t.evidence.Dial.Error = err.Error()
	}
	return nil
}

// shakeHands sends the handset's ClientHello and judges what the server shows.
func (t *attempt) shakeHands(ctx context.Context, conn net.Conn, s device.State) (*client.Conn, error) {
	hello, keys, err := t.hello()
	if err != nil {
		return nil, err
	}
	own, kind := t.own(s)
	t.record = newRecord()
	secure, err := client.Handshake(ctx, conn, client.Config{
		Hello: hello, Keys: keys, RecordVersion: offer.RecordVersion(t.Profile), MinVersion: offer.Lowest(t.Profile),
		Certificate: own, Verify: t.verify, KeyLog: t.record, Observe: t.record.observe, Random: t.Network.Random,
	})
	t.evidence.Transcript = t.record.finish()
	state := client.State{}
	var failed *client.Error
	if errors.As(err, &failed) {
		state = failed.State
	} else if err == nil {
		state = secure.State()
	}
	t.evidence.Outcome = probe.OutcomeOf(err)
	if state.CertificateRequest != nil {
		t.evidence.Outcome.ClientCertificateRequested = true
		t.evidence.Outcome.ClientCertificatesSent = state.CertificatesSent
		if t.status.Certificate = kind; state.CertificatesSent == 0 {
			t.status.Certificate = "none"
		}
	}
	if state.Version != 0 {
		t.status.Version, t.status.CipherSuite = state.Version.String(), state.CipherSuite.String()
	}
	return secure, err
}

// hello is what the phone begins with.
func (a *Account) hello() (*handshake.ClientHello, []*client.Key, error) {
	fresh := make([]byte, 64)
	if _, err := io.ReadFull(a.Network.Random, fresh); err != nil {
		return nil, nil, err
	}
	hello, _ := offer.ClientHello(a.Profile, offer.Options{Random: fresh[:32], SessionID: fresh[32:], Host: a.Target.Host})
	if !a.Profile.TLS.ClientHello.Known() && slices.Contains(hello.Versions(), iana.TLS13) {
		keys, err := client.AddKeyShares(hello, iana.GroupX25519)
		return hello, keys, err
	}
	keys, _, err := client.FillKeyShares(hello, a.Network.Random)
	return hello, keys, err
}

// verify is where the phone's library verifies the server.
func (t *attempt) verify(chain [][]byte) (iana.AlertDescription, bool) {
	t.server = phone.Server{Name: t.Target.Host}
	for _, der := range chain {
		if c, err := certificate.Parse(der); err == nil {
			t.server.Sent = append(t.server.Sent, c)
		}
	}
	t.evidence.Sent = t.server.Sent
	d := decide(t.desk, t.server)
	t.decision, t.evidence.Trust = &d, &d.verdict
	if d.connects || d.alert == "" {
		return 0, false
	}
	i := slices.IndexFunc(iana.AlertDescriptions(), func(a iana.AlertDescription) bool { return a.String() == d.alert })
	if i < 0 {
		return iana.AlertCertificateUnknown, true
	}
	return iana.AlertDescriptions()[i], true
}

// own is what the phone shows to a server that asks, and what kind it is. After
// the setting Device Certificates comes the built-in one where nothing usable was
// uploaded (invented).
func (a *Account) own(s device.State) (*client.Certificate, string) {
	uploaded := s.Presented
	if a.Profile.TLS.ClientCertificate.Value == "uploaded" {
		uploaded = s.Server // such phones have no setting for it
	}
	if uploaded != nil {
		if key, err := x509.ParsePKCS8PrivateKey(uploaded.Key); err == nil {
			if signer, ok := key.(crypto.Signer); ok {
				return &client.Certificate{Chain: [][]byte{uploaded.DER}, Signer: signer}, "uploaded"
			}
		}
	}
	if inside := a.Profile.Builtin.DeviceCertificates; inside.Known() && len(inside.Value) == 0 {
		return nil, "none"
	}
	own, err := a.Device()
	if err != nil {
		return nil, "none"
	}
	return own, "built-in"
}

// serverOf is the address that was reached, or tried last.
func serverOf(d *diagnosis.Dial) string {
	if d == nil || d.Address == (netip.AddrPort{}) {
		return ""
	}
	return d.Address.String()
}
