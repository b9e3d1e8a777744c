package listen_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/testca"
)

// patience is how long a test waits for what has to come.
const patience = time.Minute

// listener is a server under test, its root, and what it reports.
type listener struct {
	*listen.Server
	root    *testca.Certificate
	reports chan listen.Connection
}

// start listens on loopback with one good chain, at a door for each scheme.
func start(t *testing.T, change func(*listen.Config)) *listener {
	t.Helper()
	l := &listener{root: testca.Root(t, "Example Root"), reports: make(chan listen.Connection, 20_000)}
	issuer := l.root.Issue(t, "Example Issuing CA", testca.CA)
	leaf := issuer.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	c := listen.Config{
		Doors: []listen.Door{{Address: "127.0.0.1:0", Scheme: listen.SIPS}, {Address: "127.0.0.1:0", Scheme: listen.HTTPS}},
		Chains: func(v chain.Variant) (*chain.Chain, error) {
			return &chain.Chain{Variant: v, DER: [][]byte{leaf.Raw, issuer.Raw}, Key: leaf.Key}, nil
		},
		Now: testca.Clock, HandshakeTime: 2 * patience, // busy machines need not be told from slow phones
		Report: func(c listen.Connection) { l.reports <- c },
	}
	if change != nil {
		change(&c)
	}
	var err error
	if l.Server, err = listen.Start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// addr is where a scheme is spoken.
func (l *listener) addr(s listen.Scheme) string {
	if s == listen.HTTPS {
		return l.Addrs()[1].String()
	}
	return l.Addrs()[0].String()
}

// dial connects without TLS.
func (l *listener) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", l.addr(listen.SIPS))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// client is a TLS client that trusts the root.
func (l *listener) client(version uint16) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(l.root.Certificate)
	return &tls.Config{MinVersion: version, MaxVersion: version, RootCAs: roots, ServerName: "pbx.example.com", Time: testca.Clock}
}

// next waits for a report.
func (l *listener) next(t *testing.T) listen.Connection {
	t.Helper()
	select {
	case c := <-l.reports:
		return c
	case <-time.After(patience):
		t.Fatal("no connection is reported")
	}
	return listen.Connection{}
}

// has fails without a finding of a code, and returns its message.
func has(t *testing.T, c listen.Connection, code string) string {
	t.Helper()
	d := diagnosis.Diagnose(c.Evidence)
	for _, f := range d.Findings {
		if f.Code == code {
			return f.Message
		}
	}
	t.Errorf("no %s: %s: %s\n%s", code, d.Verdict, d.Sentence, listed(d.Findings))
	return ""
}

func listed(list []finding.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(f.Code + ": " + f.Message + "\n")
	}
	return b.String()
}

// names are the messages of a transcript.
func names(c listen.Connection) string {
	var list []string
	for _, e := range c.Evidence.Transcript.Entries {
		list = append(list, e.Name)
	}
	return strings.Join(list, " ")
}
