package client

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// traffic are the secrets of the two directions.
type traffic struct{ client, server []byte }

// run13 goes on from ServerHello in TLS 1.3 (RFC 8446, section 2).
func (h *handshaker) run13(hello *handshake.ServerHello, raw []byte) error {
	if !cipherspec.Supported(hello.CipherSuite) {
		return unsupported("it does not have the cipher suite %s", hello.CipherSuite)
	}
	var changed bool
	if hello.HelloRetryRequest {
		suite := hello.CipherSuite
		if err := h.retry(hello, raw); err != nil {
			return err
		}
		changed = true
		var err error
		if hello, _, err = h.serverHello(); err != nil {
			return err
		}
		if hello.HelloRetryRequest || hello.CipherSuite != suite || hello.Selected() != iana.TLS13 {
			return malformed(iana.AlertIllegalParameter, "after HelloRetryRequest the server asks once more, or chose another version or cipher suite")
		}
	}
	schedule, secrets, err := h.handshakeKeys(hello)
	if err != nil {
		return err
	}
	request, err := h.serverFlight13(secrets)
	if err != nil {
		return err
	}
	schedule.Advance(nil)
	later, err := h.secrets(schedule, "ap", keylog.ClientTraffic, keylog.ServerTraffic)
	if err != nil {
		return err
	}
	if err := h.answer13(request, secrets, !changed); err != nil {
		return err
	}
	h.use13(later)
	h.traffic = later
	if h.offer.Extensions.Find(iana.ExtensionPostHandshakeAuth) != nil {
		h.post = h
	}
	return nil
}

// use13 goes on to the keys of traffic secrets.
func (h *handshaker) use13(t traffic) {
	h.opener, h.opened = cipherspec.Opener13(h.state.CipherSuite, t.server), 0
	h.sealer, h.sealed = cipherspec.Sealer13(h.state.CipherSuite, t.client), 0
}

// secrets derives the traffic secrets of a stage, "hs" or "ap", and logs them.
func (h *handshaker) secrets(s *cipherspec.Schedule, stage, clientLabel, serverLabel string) (t traffic, err error) {
	t = traffic{s.Secret("c "+stage+" traffic", h.messages), s.Secret("s "+stage+" traffic", h.messages)}
	if err := h.log(clientLabel, t.client); err != nil {
		return t, err
	}
	return t, h.log(serverLabel, t.server)
}

// handshakeKeys agrees on a secret and goes on to its keys.
func (h *handshaker) handshakeKeys(hello *handshake.ServerHello) (*cipherspec.Schedule, traffic, error) {
	if hello.Extensions.Find(iana.ExtensionPreSharedKey) != nil {
		return nil, traffic{}, unsupported("the server goes on with an earlier session of the phone, whose secret only the phone has")
	}
	e := hello.Extensions.Find(iana.ExtensionKeyShare)
	if e == nil {
		return nil, traffic{}, malformed(iana.AlertMissingExtension, "ServerHello has no key_share (RFC 8446, section 4.2.8)")
	}
	shares, _ := e.Value.([]handshake.KeyShare)
	if len(shares) != 1 {
		return nil, traffic{}, malformed(iana.AlertIllegalParameter, "the key_share of ServerHello has %d values, not one (RFC 8446, section 4.2.8)", len(shares))
	}
	group := shares[0].Group
	if !slices.ContainsFunc(h.shares(), func(s handshake.KeyShare) bool { return s.Group == group }) {
		return nil, traffic{}, notOffered(iana.AlertIllegalParameter, "the server chose the group %s, of which no key share was offered", group)
	}
	key := h.keyFor(group)
	if key == nil {
		return nil, traffic{}, unsupported("it does not have the private key of its share in the group %s", group)
	}
	secret, err := key.shared(shares[0].Public)
	if err != nil {
		return nil, traffic{}, err
	}
	if err := h.boundary("ServerHello"); err != nil {
		return nil, traffic{}, err
	}
	schedule := cipherspec.NewSchedule(hello.CipherSuite)
	schedule.Advance(secret)
	t, err := h.secrets(schedule, "hs", keylog.ClientHandshakeTraffic, keylog.ServerHandshakeTraffic)
	h.use13(t)
	return schedule, t, err
}
