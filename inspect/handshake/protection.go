package handshake

import (
	"bytes"

	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// protection opens the records of one direction. Without keys it is never
// ready, and records stay closed.
type protection struct {
	open     cipherspec.Opener
	sequence uint64
	secret   []byte // TLS 1.3: from which the keys at hand were made
	suite    iana.CipherSuite
	later    []string // TLS 1.3: labels of the secrets that come next
	lookup   func(label string) []byte
}

func (p *protection) ready() bool { return p.open != nil }

// lose closes the rest of the direction: the keys or the place in it are lost.
func (p *protection) lose() { *p = protection{} }

// advance goes on to the next secret of TLS 1.3.
func (p *protection) advance() {
	if len(p.later) == 0 {
		return
	}
	label := p.later[0]
	p.later = p.later[1:]
	p.use(p.lookup(label))
}

func (p *protection) use(secret []byte) {
	p.open, p.sequence, p.secret = nil, 0, secret
	if secret != nil {
		p.open = cipherspec.Opener13(p.suite, secret)
	}
}

// update makes the next keys after KeyUpdate (RFC 8446, section 7.2).
func (p *protection) update() {
	if p.secret != nil {
		p.use(cipherspec.Update(p.suite, p.secret))
	}
}

// take opens one record.
func (p *protection) take(dst []byte, r record, body []byte) ([]byte, bool) {
	plain, ok := p.open(dst, p.sequence, cipherspec.Header{Type: uint8(r.kind), Version: r.version, Length: r.length}, body)
	if ok {
		p.sequence++
	}
	return plain, ok
}

// earlyKeys makes ready for data that a client sends before the server
// answers (RFC 8446, section 2.3). They are protected under the suite of the
// resumed session, of which only the size of the secret is known; of two that
// fit the client's first is tried.
func (d *Decoder) earlyKeys() {
	s := &d.session
	secret := d.keys.Secret(keylog.ClientEarlyTraffic, s.clientRandom)
	if secret == nil || s.version != 0 || s.hello.Extensions.Find(iana.ExtensionEarlyData) == nil {
		return
	}
	for _, suite := range s.hello.CipherSuites {
		if suite>>8 == 0x13 && cipherspec.Hash(suite)().Size() == len(secret) {
			p := &d.halves[ClientToServer].protection
			p.suite = suite
			p.use(secret)
			return
		}
	}
}

// handshakeKeys makes ready for what follows ServerHello in TLS 1.3.
func (d *Decoder) handshakeKeys() {
	random := d.session.clientRandom
	lookup := func(label string) []byte { return d.keys.Secret(label, random) }
	server := &d.halves[ServerToClient].protection
	*server = protection{suite: d.session.suite, lookup: lookup, later: []string{keylog.ServerHandshakeTraffic, keylog.ServerTraffic}}
	server.advance()
	client := &d.halves[ClientToServer].protection
	early := client.open
	sequence := client.sequence
	*client = protection{suite: d.session.suite, lookup: lookup, later: []string{keylog.ClientHandshakeTraffic, keylog.ClientTraffic}}
	if early != nil {
		client.open, client.sequence = early, sequence
		return
	}
	client.advance()
}

// sessionKeys makes ready for what follows ChangeCipherSpec up to TLS 1.2.
func (d *Decoder) sessionKeys(h *half) {
	h.protection.lose()
	s := &d.session
	master := d.keys.Secret(keylog.ClientRandom, s.clientRandom)
	if master == nil {
		return
	}
	parameters := cipherspec.Parameters{Version: s.version, Suite: s.suite, ClientRandom: s.clientRandom, ServerRandom: s.serverRandom, EncryptThenMAC: s.encryptThenMAC}
	h.protection.open = parameters.Opener(master, h.direction == ClientToServer)
}

// unprotect opens a record, or enters it closed.
func (d *Decoder) unprotect(h *half, body []byte) {
	p := &h.protection
	if !p.ready() {
		d.unopened(h)
		return
	}
	tls13 := d.session.version >= iana.TLS13 || d.session.version == 0
	plain, ok := p.take(d.scratch[:0], h.record, body)
	if !ok && tls13 {
		// Early data may have been refused, or not be in the key log: the
		// next secret may be the one.
		next := *p
		if next.advance(); len(p.later) > 0 && next.ready() {
			if plain, ok = next.take(d.scratch[:0], h.record, body); ok {
				*p = next
			}
		}
	}
	if !ok {
		if !tls13 {
			p.lose()
		}
		d.unopened(h)
		return
	}
	d.scratch = plain
	kind := h.record.kind
	if tls13 { // RFC 8446, section 5.2: content, its type, zeros
		plain = bytes.TrimRight(plain, "\x00")
		if len(plain) == 0 {
			d.unopened(h)
			return
		}
		kind, plain = ContentType(plain[len(plain)-1]), plain[:len(plain)-1]
	}
	d.plain(h, kind, plain, true)
}
