package rehearse

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// simulated runs "phonecert simulate registrar" until the test's end or stop, and
// returns what it prints line by line.
func simulated(t *testing.T, args ...string) (lines *bufio.Scanner, stop func() (errText string, err error)) {
	t.Helper()
	streams, _, stderr := terminal.Test(strings.NewReader(""))
	read, write := io.Pipe()
	streams.Out = write
	f := &factory.Factory{
		Streams: streams, Now: testca.Clock, Getenv: func(string) string { return "" }, ConfigDir: func() string { return "" },
		Network: factory.Network{Dial: (&net.Dialer{}).DialContext, System: net.DefaultResolver, Random: rand.Reader},
	}
	root := &cobra.Command{Use: "phonecert", SilenceErrors: true, SilenceUsage: true}
	f.AddFlags(root)
	group := &cobra.Command{Use: "simulate"}
	group.AddCommand(newSimulateRegistrar(f))
	root.AddCommand(group)
	root.SetArgs(append([]string{"simulate", "registrar", "--listen", "127.0.0.1:0"}, args...))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() {
		err := root.ExecuteContext(ctx)
		write.Close()
		done <- err
	}()
	return bufio.NewScanner(read), func() (string, error) {
		cancel()
		go io.Copy(io.Discard, read)
		err := <-done
		return stderr.String(), err
	}
}

// told is a line of --json.
type told struct {
	SchemaVersion int `json:"schema_version"`
	Command       string
	Event         string
	Address       string
	CAFile        string `json:"ca_file"`
	Next          []string
	Method, User  string
	Status        int
	Version       string
	CipherSuite   string `json:"cipher_suite"`
	Alert, Text   string
}

func next(t *testing.T, lines *bufio.Scanner, event string) told {
	t.Helper()
	for lines.Scan() {
		var e told
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if e.SchemaVersion != 1 || e.Command != "simulate registrar" {
			t.Errorf("%s", lines.Text())
		}
		if e.Event == event {
			return e
		}
	}
	t.Fatalf("no %q, %v", event, lines.Err())
	return told{}
}

// TestSimulateRegistrar: the CA is written, a phone registers with a password, one
// hangs up, and the end is a good one.
func TestSimulateRegistrar(t *testing.T) {
	dir := t.TempDir()
	ca, users := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "users.txt")
	if err := os.WriteFile(users, []byte("# a comment\n\nalice:correct:horse\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	lines, stop := simulated(t, "--json", "--write-ca", ca, "--users", users, "--domain", "pbx.example.com", "--max-tls", "1.1")
	start := next(t, lines, "listening")
	if start.CAFile != ca || len(start.Next) != 4 || !strings.Contains(start.Next[2], start.Address+" --handset yealink-t28p --custom "+ca+" --register alice@pbx.example.com") || !strings.HasSuffix(start.Next[3], " --register sips:alice@"+start.Address) {
		t.Errorf("%+v", start)
	}
	written, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(written)
	conn, err := tls.Dial("tcp", start.Address, &tls.Config{RootCAs: roots, ServerName: "pbx.example.com", Time: testca.Clock, MinVersion: tls.VersionTLS10})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		who := sip.Credentials{Password: "correct:horse"}
		if answer := sip.Register(t.Context(), conn, sip.Request{User: "alice", Host: "pbx.example.com"}, who); !answer.Registered {
			t.Errorf("%+v", answer)
		}
		conn.Close()
	}()
	if e := next(t, lines, "handshake"); e.Version != "TLS 1.1" || !strings.HasPrefix(e.CipherSuite, "TLS_") {
		t.Errorf("%+v", e)
	}
	if e := next(t, lines, "answered"); e.Status != 401 {
		t.Errorf("%+v", e)
	}
	if e := next(t, lines, "answered"); e.Status != 200 || e.User != "alice" || e.Method != "REGISTER" {
		t.Errorf("%+v", e)
	}
	next(t, lines, "closed")
	if _, err := tls.Dial("tcp", start.Address, &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("a client without roots came in")
	}
	if e := next(t, lines, "refused"); e.Alert != "bad_certificate" && e.Alert != "unknown_ca" {
		t.Errorf("%+v", e)
	}
	errText, err := stop()
	if err != nil || !strings.Contains(errText, "chmod 600") || strings.Contains(errText, "horse") {
		t.Errorf("%v, %s", err, errText)
	}
}

// TestSimulateRegistrarChain: a chain of one's own is sent as it stands, its key
// from another file, and client certificates are asked for.
func TestSimulateRegistrarChain(t *testing.T) {
	root := testca.Root(t, "Example Root")
	between := root.Issue(t, "Example Intermediate", testca.CA)
	own := between.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	phone := root.Issue(t, "phone", testca.TLS)
	chain := realparts.WriteFile(t, "chain.pem", slices.Concat(between.PEM(), own.PEM()))
	key := realparts.WriteFile(t, "key.pem", own.KeyPEM(t))
	cas := realparts.WriteFile(t, "root.pem", root.PEM())
	lines, stop := simulated(t, "--cert", chain, "--key", key, "--client-ca", cas, "--require-client-cert")
	lines.Scan()
	kind, address, _ := strings.Cut(lines.Text(), "\t")
	roots := x509.NewCertPool()
	roots.AddCert(root.Certificate)
	config := &tls.Config{RootCAs: roots, ServerName: "pbx.example.com", Time: testca.Clock, Certificates: []tls.Certificate{{Certificate: [][]byte{phone.Raw}, PrivateKey: phone.Key}}}
	conn, err := tls.Dial("tcp", address, config)
	if kind != "listening" || err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	defer conn.Close()
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if fields[0] != "handshake" {
			continue
		}
		if len(fields) != 5 || fields[3] != conn.LocalAddr().String() || !strings.Contains(fields[4], `TLS 1.3, TLS_AES_128_GCM_SHA256, asks for pbx.example.com, shows the certificate "CN=phone,O=Example"`) {
			t.Errorf("%q", fields)
		}
		break
	}
	if errText, err := stop(); err != nil || !strings.Contains(errText, "no contact") {
		t.Errorf("%v, %s", err, errText)
	}
}

// TestSimulateRegistrarRefuses: what is wrong is told before anybody is let in.
func TestSimulateRegistrarRefuses(t *testing.T) {
	own := testca.Self(t, "pbx.example.com", testca.TLS)
	certificate := realparts.WriteFile(t, "own.pem", own.PEM())
	other := realparts.WriteFile(t, "other.pem", testca.Self(t, "another host", testca.TLS).KeyPEM(t))
	if string(testca.Self(t, "another host").KeyPEM(t)) == string(own.KeyPEM(t)) {
		t.Fatal("the test needs two keys")
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--min-tls", "ssl3"}, `--min-tls takes 1.0, 1.1, 1.2 or 1.3, not "ssl3"`},
		{[]string{"--max-tls", "1"}, `--max-tls takes`},
		{[]string{"--min-tls", "1.3", "--max-tls", "1.2"}, "above --max-tls"},
		{[]string{"--digest", "SHA-512"}, `--digest takes MD5 and SHA-256, not "SHA-512"`},
		{[]string{"--key", other}, "--cert, which is missing"},
		{[]string{"--cert", certificate, "--write-ca", "ca.pem"}, "with --cert none is made"},
		{[]string{"--cert", certificate}, "holds no private key"},
		{[]string{"--cert", certificate, "--key", other}, "holds no private key of a certificate in"},
		{[]string{"--write-ca", "-"}, "takes the name of a file"},
		{[]string{"--write-ca", certificate}, "already exists"},
		{[]string{"--users", realparts.WriteFile(t, "users.txt", []byte("alice:one\nbob\n"))}, "line 2 is not user:password"},
		{[]string{"--client-ca", other}, "holds no certificate"},
		{[]string{"--listen", "127.0.0.1:999999"}, "cannot listen"},
		{[]string{"--domain", "exa mple"}, `the domain "exa mple" is no host name`},
		{[]string{"more"}, "takes no argument"},
	} {
		lines, stop := simulated(t, test.args...)
		if lines.Scan() {
			t.Errorf("%s: %s", test.args, lines.Text())
		}
		if _, err := stop(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.args, err)
		}
	}
}

func TestParseUsers(t *testing.T) {
	users, err := parseUsers("alice:a:b \n#x:y\r\n \r\n1001:s\r\n")
	if err != nil || len(users) != 2 || users["alice"] != "a:b " || users["1001"] != "s" {
		t.Errorf("%q, %v", users, err)
	}
	var many strings.Builder
	for i := range maxUsers + 1 {
		fmt.Fprintf(&many, "%d:secret\n", i)
	}
	for text, want := range map[string]string{
		"":                            "no user",
		"alice:secret\nalice:secret2": `line 2 has the user "alice" again`,
		":secret":                     "line 1 is not",
		"alice:":                      "line 1 is not",
		"secret":                      "line 1 is not",
		many.String():                 "more than 100000",
	} {
		if _, err := parseUsers(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
