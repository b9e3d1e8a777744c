package registrar

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/testca"
)

// journal keeps the events of a registrar.
type journal struct {
	mu   sync.Mutex
	list []Event
	more chan struct{}
}

func newJournal() *journal { return &journal{more: make(chan struct{})} }

func (j *journal) add(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, e)
	close(j.more)
	j.more = make(chan struct{})
}

// patience is for what has to come.
const patience = time.Minute

// wait waits for an event that has what it should.
func (j *journal) wait(t testing.TB, wanted func(Event) bool) Event {
	t.Helper()
	limit := time.After(patience)
	for {
		j.mu.Lock()
		list, more := j.list, j.more
		j.mu.Unlock()
		if i := slices.IndexFunc(list, wanted); i >= 0 {
			return list[i]
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("no such event among %+v", list)
		}
	}
}

// soon waits until something holds.
func soon(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func kind(k Kind) func(Event) bool { return func(e Event) bool { return e.Kind == k } }

// identityOf is a certificate of the tests' own, which takes no time to make.
func identityOf(t testing.TB) (*tls.Certificate, *testca.Certificate) {
	root := testca.Root(t, "Example Root")
	own := root.Issue(t, "example.com", testca.TLS, testca.DNS("example.com", "localhost"))
	return &tls.Certificate{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}, root
}

// started starts a registrar at the time of the tests' certificates.
func started(t testing.TB, c Config) (*Registrar, *journal, *testca.Certificate) {
	t.Helper()
	j := newJournal()
	var root *testca.Certificate
	if c.Certificate == nil && c.Authority == nil {
		c.Certificate, root = identityOf(t)
	}
	c.Listen, c.Log = "127.0.0.1:0", j.add
	if c.Clock == nil {
		c.Clock = testca.Clock
	}
	r, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, j, root
}

// client is one of crypto/tls that looks at nothing.
func client(t testing.TB, r *Registrar, c *tls.Config) *tls.Conn {
	t.Helper()
	if c == nil {
		c = &tls.Config{}
	}
	c.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", r.Addr(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// said sends a text and returns one answer.
func said(t testing.TB, conn net.Conn, text string) string {
	t.Helper()
	if _, err := io.WriteString(conn, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	return heard(t, bufio.NewReaderSize(conn, 1))
}

func heard(t testing.TB, in *bufio.Reader) string {
	t.Helper()
	var answer strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %q", err, answer.String())
		}
		if line == "\r\n" {
			return answer.String()
		}
		answer.WriteString(line)
	}
}

// message is a request with some more header fields.
func message(method, uri, to string, cseq int, more ...string) string {
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1;rport\nFrom: <%s>;tag=1\nTo: <%s>\nCall-ID: one\nCSeq: %d %s\n%s\n",
		method, uri, to, to, cseq, method, strings.Join(append(more, ""), "\n"))
}

// TestOwnAuthority: a certificate is issued that holds for the domain and the
// loopback, under a CA that holds nothing that old phones do not take.
func TestOwnAuthority(t *testing.T) {
	authority, err := NewAuthority(rand.Reader, testca.Clock())
	if err != nil {
		t.Fatal(err)
	}
	r, _, _ := started(t, Config{Domain: "Example.COM", Authority: authority})
	block, _ := pem.Decode(r.CA())
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, name := range []string{"example.com", "localhost", "127.0.0.1"} {
		conn, err := tls.Dial("tcp", r.Addr(), &tls.Config{RootCAs: roots, ServerName: name, Time: testca.Clock})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		own := conn.ConnectionState().PeerCertificates[0]
		if own.Subject.CommonName != "example.com" || own.SignatureAlgorithm != x509.SHA256WithRSA || ca.SignatureAlgorithm != x509.SHA256WithRSA || own.NotAfter.Year() >= 2038 || ca.NotAfter.Year() >= 2038 {
			t.Errorf("%s, %s, %s", own.Subject, own.SignatureAlgorithm, ca.NotAfter)
		}
		conn.Close()
	}
	other, err := NewAuthority(rand.Reader, testca.Clock())
	if err != nil || other.Certificate.Subject.String() == ca.Subject.String() {
		t.Errorf("two CAs of one name: %v, %v", other, err)
	}
}

func TestWrongConfig(t *testing.T) {
	own, _ := identityOf(t)
	for want, c := range map[string]Config{
		"no host name":     {Domain: "exa mple"},
		"realm":            {Realm: `a"b`},
		"MD5 and SHA-256":  {Algorithms: []string{"SHA-512"}},
		"above":            {MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12},
		"no certificate":   {Certificate: &tls.Certificate{}},
		"missing port":     {Listen: "127.0.0.1", Certificate: own},
		"address already ": {Listen: "", Certificate: own},
	} {
		if want == "address already " {
			busy, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer busy.Close()
			c.Listen = busy.Addr().String()
		}
		r, err := Start(t.Context(), c)
		if err == nil {
			r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestOldSuites: what the oldest phones offer is taken: TLS 1.0 and RSA key
// exchange, each suite alone.
func TestOldSuites(t *testing.T) {
	r, j, _ := started(t, Config{})
	for _, suite := range []uint16{
		tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA,
		tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	} {
		conn := client(t, r, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{suite}})
		if answer := said(t, conn, message("OPTIONS", "sip:example.com", "sip:example.com", 1)); !strings.HasPrefix(answer, "SIP/2.0 200 OK\r\n") {
			t.Errorf("%s: %s", tls.CipherSuiteName(suite), answer)
		}
		e := j.wait(t, func(e Event) bool { return e.CipherSuite == tls.CipherSuiteName(suite) })
		if e.Version != "TLS 1.0" || e.Kind != Handshake || !strings.Contains(e.Text, "TLS 1.0, TLS_") {
			t.Errorf("%+v", e)
		}
	}
}

// TestCloseEndsAll: those who talk, those who are silent and those who have not
// begun; and the context does the same.
func TestCloseEndsAll(t *testing.T) {
	before := runtime.NumGoroutine()
	r, j, _ := started(t, Config{})
	conn := client(t, r, nil)
	said(t, conn, message("OPTIONS", "sip:example.com", "sip:example.com", 1))
	silent, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	j.wait(t, func(e Event) bool { return e.Connection == 2 })
	start := time.Now()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if d := time.Since(start); d > patience { // by itself it would wait for two minutes
		t.Errorf("it took %s", d)
	}
	if e := j.wait(t, kind(Closed)); e.By != byServer || e.Text != "the registrar stops" {
		t.Errorf("%+v", e)
	}
	if e := j.wait(t, kind(Refused)); e.By != byServer || e.Text != "the registrar stops" {
		t.Errorf("%+v", e)
	}
	soon(t, "somebody still listens", func() bool {
		again, err := net.Dial("tcp", r.Addr())
		if err == nil {
			again.Close()
		}
		return err != nil
	})
	conn.Close()
	soon(t, "more goroutines than before", func() bool { return runtime.NumGoroutine() <= before })
}

// TestContextEndsAll: nobody has to call Close.
func TestContextEndsAll(t *testing.T) {
	own, _ := identityOf(t)
	ctx, cancel := context.WithCancel(t.Context())
	j := newJournal()
	r, err := Start(ctx, Config{Listen: "127.0.0.1:0", Certificate: own, Log: j.add})
	if err != nil {
		t.Fatal(err)
	}
	conn := client(t, r, nil)
	cancel()
	if _, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	j.wait(t, func(e Event) bool { return e.By == byServer && e.Text == "the registrar stops" })
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestCrowd: whoever comes when all places are taken is told nothing and
// nobody's place is lost.
func TestCrowd(t *testing.T) {
	r, j, _ := started(t, Config{})
	var all []net.Conn
	defer func() {
		for _, conn := range all {
			conn.Close()
		}
	}()
	// Where it takes long, the first ones are hung up on before the last have come.
	for {
		conn, err := net.Dial("tcp", r.Addr())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, conn)
		number := int64(len(all))
		e := j.wait(t, func(e Event) bool { return e.Connection == number && (e.Kind == Connected || e.Kind == Refused) })
		if e.Kind == Refused {
			if number <= maxConnections || !strings.Contains(e.Text, "connected already") {
				t.Errorf("%+v", e)
			}
			break
		}
		if number == 3*maxConnections {
			t.Fatal("nobody is refused")
		}
	}
	for _, conn := range all {
		conn.Close()
	}
	j.wait(t, func(e Event) bool { return e.Connection == maxConnections && e.Kind == Refused })
	soon(t, "no place is given back", func() bool {
		conn, err := tls.Dial("tcp", r.Addr(), &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}
