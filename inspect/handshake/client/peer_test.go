package client

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// peer is a server up to TLS 1.2 with RSA key exchange that does as it is told
// to, for what no real one does: SSL 3.0, export suites, breaches.
type peer struct {
	net.Conn
	version iana.ProtocolVersion
	suite   iana.CipherSuite
	export  *rsa.PrivateKey
	// change makes another message of one that is to be sent.
	change func(name string, raw []byte) []byte
	// after is called when the handshake is done.
	after func(p *peer)

	messages       []byte
	sealer         cipherspec.Sealer
	opener         cipherspec.Opener
	sealed, opened uint64
}

func (p *peer) send(kind handshake.ContentType, b []byte) {
	if p.sealer == nil {
		p.Write(handshake.AppendRecords(nil, kind, p.version, b))
		return
	}
	out, _ := p.sealer(nil, p.sealed, uint8(kind), b)
	p.sealed++
	p.Write(out)
}

func (p *peer) message(name string, kind uint8, body []byte) {
	raw := append([]byte{kind}, sized(3, body)...)
	if p.change != nil {
		raw = p.change(name, raw)
	}
	p.messages = append(p.messages, raw...)
	if len(raw) > 0 {
		p.send(handshake.ContentHandshake, raw)
	}
}

func (p *peer) record() (handshake.ContentType, []byte) {
	head := make([]byte, headerLength)
	if _, err := io.ReadFull(p, head); err != nil {
		return 0, nil
	}
	body := make([]byte, binary.BigEndian.Uint16(head[3:]))
	if _, err := io.ReadFull(p, body); err != nil {
		return 0, nil
	}
	if p.opener != nil {
		var ok bool
		h := cipherspec.Header{Type: head[0], Version: iana.ProtocolVersion(binary.BigEndian.Uint16(head[1:])), Length: len(body)}
		if body, ok = p.opener(nil, p.opened, h, body); !ok {
			return 0, nil
		}
		p.opened++
	}
	return handshake.ContentType(head[0]), body
}

// receive returns the body of the next message.
func (p *peer) receive() []byte {
	kind, raw := p.record()
	if kind == handshake.ContentAlert {
		return p.receive()
	}
	if kind != handshake.ContentHandshake || len(raw) < handshakeHeader {
		return nil
	}
	p.messages = append(p.messages, raw...)
	return raw[handshakeHeader:]
}

func (p *peer) run() {
	defer p.Close()
	hello := p.receive()
	if hello == nil {
		return
	}
	parameters := cipherspec.Parameters{Version: p.version, Suite: p.suite, ClientRandom: hello[2:34], ServerRandom: make([]byte, 32)}
	body := append(u16(p.version), parameters.ServerRandom...)
	p.message("ServerHello", typeServerHello, append(append(append(body, 0), u16(p.suite)...), 0))
	pair := certificates()["rsa"]
	p.message("Certificate", typeCertificate, sized(3, sized(3, pair.Certificate[0])))
	key := pair.PrivateKey.(*rsa.PrivateKey)
	if p.export != nil {
		signed := append(sized(2, p.export.N.Bytes()), sized(2, big.NewInt(int64(p.export.E)).Bytes())...)
		all := append(append(append([]byte(nil), parameters.ClientRandom...), parameters.ServerRandom...), signed...)
		signature, _ := key.Sign(rand.Reader, cipherspec.Parameters{Version: iana.TLS10}.Digest(nil, all), hashMD5SHA1)
		p.message("ServerKeyExchange", typeServerKeyExchange, append(signed, sized(2, signature)...))
		key = p.export
	}
	p.message("ServerHelloDone", typeServerHelloDone, nil)
	encrypted := p.receive()
	if encrypted == nil {
		return
	}
	if p.version > iana.SSL30 {
		encrypted = encrypted[2:]
	}
	plain := new(big.Int).Exp(new(big.Int).SetBytes(encrypted), key.D, key.N).FillBytes(make([]byte, key.Size()))
	master := parameters.MasterSecret(plain[len(plain)-48:])
	if kind, _ := p.record(); kind != handshake.ContentChangeCipherSpec {
		return
	}
	p.opener = parameters.Opener(master, true)
	want := string(parameters.Finished(master, true, p.messages))
	if string(p.receive()) != want {
		return
	}
	p.send(handshake.ContentChangeCipherSpec, []byte{1})
	p.sealer = parameters.Sealer(master, false, rand.Reader)
	p.message("Finished", typeFinished, parameters.Finished(master, false, p.messages))
	if p.after != nil {
		p.after(p)
	}
	for {
		kind, b := p.record()
		if kind == 0 || kind == handshake.ContentAlert && len(b) == 2 && b[1] == 0 {
			return
		}
		if kind == handshake.ContentApplicationData && len(b) > 0 {
			p.send(kind, b)
		}
	}
}

// against runs a handshake with a peer.
func against(t testing.TB, p *peer, cfg *Config) (*Conn, *observer, error) {
	t.Helper()
	address := listen(t, func(conn net.Conn) {
		p.Conn = conn
		p.run()
	})
	if cfg.Hello == nil {
		cfg.Hello, _ = offer(t, p.version, p.suite)
	}
	o := observed(cfg)
	c, err := Handshake(limited(t), dial(t, address), *cfg)
	return c, o, err
}

// listen lets a function serve one connection.
func listen(t testing.TB, serve func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := listener.Accept(); err == nil {
			defer conn.Close()
			serve(conn)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return listener.Addr().String()
}
