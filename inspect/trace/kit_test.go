package trace_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trace"
	"github.com/phonecert/phonecert/internal/testca"
)

var (
	clientEnd = netip.MustParseAddrPort("192.0.2.55:40000")
	serverEnd = netip.MustParseAddrPort("192.0.2.10:5061")
)

// conversation is a recorded handshake with some data after it.
type conversation struct {
	segments []segment
	keys     []byte
	root     *testca.Certificate
	sent     [][]byte
}

type segment struct {
	fromClient bool
	bytes      []byte
}

// recorder notes what one end of a connection writes.
type recorder struct {
	net.Conn
	fromClient bool
	lock       *sync.Mutex
	to         *[]segment
}

func (r recorder) Write(b []byte) (int, error) {
	r.lock.Lock()
	*r.to = append(*r.to, segment{r.fromClient, bytes.Clone(b)})
	r.lock.Unlock()
	return r.Conn.Write(b)
}

// converse records a handshake of TLS 1.0 with RSA, as an old phone has it, with
// an answer of SIP, unless another version is asked for. A strict client does not
// trust the server.
func converse(t *testing.T, version uint16, strict bool) conversation {
	t.Helper()
	var c conversation
	c.root = testca.Root(t, "Example Root")
	issuer := c.root.Issue(t, "Example Issuing CA", testca.CA)
	leaf := issuer.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	c.sent = [][]byte{leaf.Raw, issuer.Raw}
	var keys bytes.Buffer
	var lock sync.Mutex
	a, b := connected(t)
	config := &tls.Config{
		MinVersion: version, MaxVersion: version, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		Certificates: []tls.Certificate{{Certificate: c.sent, PrivateKey: leaf.Key}},
	}
	server := tls.Server(recorder{b, false, &lock, &c.segments}, config)
	client := tls.Client(recorder{a, true, &lock, &c.segments}, &tls.Config{
		MinVersion: version, MaxVersion: version, CipherSuites: config.CipherSuites, InsecureSkipVerify: !strict, ServerName: "pbx.example.com", RootCAs: x509.NewCertPool(), KeyLogWriter: &keys,
	})
	const question = "OPTIONS sip:pbx.example.com SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
	go func() {
		defer server.Close()
		io.ReadFull(server, make([]byte, len(question)))
		io.WriteString(server, "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
	}()
	if _, err := io.WriteString(client, question); (err != nil) != strict {
		t.Fatal(err)
	}
	io.ReadAll(client)
	lock.Lock()
	defer lock.Unlock()
	c.keys = keys.Bytes()
	return c
}

// connected are the two ends of a connection on loopback.
func connected(t *testing.T) (client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if client, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// file is the conversation as a capture, in blocks: those of the file itself and
// one for each packet.
func (c conversation) file(t *testing.T) [][]byte {
	t.Helper()
	var b bytes.Buffer
	w := synthetic.NewWriter(&b)
	at := testca.Clock()
	conn, err := w.Open(clientEnd, serverEnd, at, at.Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range c.segments {
		if err := conn.Data(s.fromClient, at.Add(time.Duration(i+2)*time.Millisecond), s.bytes); err != nil {
			t.Fatal(err)
		}
	}
	at = at.Add(time.Second)
	conn.FIN(false, at)
	conn.FIN(true, at)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return blocks(b.Bytes())
}

// blocks parts a pcapng file (draft-ietf-opsawg-pcapng, section 3.1).
func blocks(file []byte) (list [][]byte) {
	for len(file) >= 12 {
		n := min(int(binary.LittleEndian.Uint32(file[4:])), len(file))
		list, file = append(list, file[:n]), file[n:]
	}
	return list
}

const enhancedPacket = 6

func isPacket(block []byte) bool { return binary.LittleEndian.Uint32(block) == enhancedPacket }

// packetOf is the packet in a block.
func packetOf(block []byte) []byte {
	return block[28 : 28+binary.LittleEndian.Uint32(block[20:])]
}

// payload is what TCP carries in a packet of Ethernet and IPv4, and who sent it.
func payload(block []byte) (fromClient bool, b []byte) {
	p := packetOf(block)[14:]
	p = p[4*(p[0]&15) : binary.BigEndian.Uint16(p[2:])]
	return binary.BigEndian.Uint16(p) == clientEnd.Port(), p[4*(p[12]>>4):]
}

// snapped is a block with a packet of which only the first bytes were recorded.
func snapped(block []byte, length int) []byte {
	p := packetOf(block)
	if len(p) <= length {
		return block
	}
	padded := (length + 3) &^ 3
	out := bytes.Clone(block[:28+padded])
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)+4))
	binary.LittleEndian.PutUint32(out[20:], uint32(length))
	return binary.LittleEndian.AppendUint32(out, uint32(len(out)+4))
}

// reading is what trace and diagnosis say of a capture.
type reading struct {
	summary     capture.Summary
	connections []trace.Connection
	diagnoses   []diagnosis.Diagnosis
	err         error
}

// read reads a capture as the handset, if one is given.
func read(file []byte, keys []byte, p *phone.Phone) (r reading) {
	tracer := trace.New(trace.Options{Phone: p, Keys: keylog.Parse(keys)}, func(c trace.Connection) {
		r.connections = append(r.connections, c)
		r.diagnoses = append(r.diagnoses, diagnosis.Diagnose(c.Evidence))
	})
	r.summary, r.err = capture.Read(context.Background(), bytes.NewReader(file), capture.Filter{}, tracer)
	return r
}

// names are the messages of the only connection.
func (r reading) names(t *testing.T) []string {
	t.Helper()
	if len(r.connections) != 1 || r.err != nil {
		t.Fatalf("%d connections, %v", len(r.connections), r.err)
	}
	var names []string
	for _, e := range r.connections[0].Evidence.Transcript.Entries {
		names = append(names, e.Name)
	}
	return names
}

// message is that of a finding on the only connection; "" without it.
func (r reading) message(code string) string {
	for _, d := range r.diagnoses {
		for _, f := range d.Findings {
			if f.Code == code {
				return f.Message
			}
		}
	}
	return ""
}

// t28 is a phone that trusts a root.
func t28(t *testing.T, root *testca.Certificate) *phone.Phone {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	own, err := certificate.Parse(root.Raw)
	if err != nil {
		t.Fatal(err)
	}
	is := func(value string) phone.Choice { return phone.Choice{Value: value, Basis: finding.Documented} }
	return &phone.Phone{
		Profile: profile, Name: "yealink-t28p", Custom: []*certificate.Certificate{own}, Builtin: phone.Builtin{Listed: true, Basis: finding.Documented},
		Settings: phone.Settings{OnlyTrusted: is("on"), CA: is("all"), CNValidation: is("off"), DeviceCert: is("default")},
	}
}
