package realparts

import (
	"context"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// clientTime is how long one connection of a client may take, on a machine that
// runs many tests at once.
const clientTime = 2 * time.Minute

// Client is a program that stands in for a phone: it connects, and judges the
// server's certificate as its library does.
type Client struct {
	// Name is that of the program and of its version, or of the library's.
	Name string
	// Scheme is the only one that it speaks, "" when it speaks all.
	Scheme string
	// Run makes one connection and waits for its end. A program that is missing
	// ends the test as Missing has it.
	Run func(t testing.TB, r ClientRun) ClientResult
}

// ClientRun says where a client connects and how it judges.
type ClientRun struct {
	// Addr is the server's, of 127.0.0.1, with a port.
	Addr string
	// Scheme is what it asks once it trusts: "https" for a file, "sips" for OPTIONS
	// (baresip registers).
	Scheme string
	// ServerName is the host that it wants; "" is that of Addr.
	ServerName string
	// CheckName has it compare the certificate with the ServerName, where it has
	// the choice: curl, gnutls-cli and Node.js always do, OpenSSL before 1.0.2 and
	// baresip never.
	CheckName bool
	// CAFile holds the only roots that it trusts, as PEM.
	CAFile string
	// CertFile and KeyFile are the client's own, as PEM, "" for none. For baresip
	// they are one file.
	CertFile, KeyFile string
}

// host is the name or address that a client wants.
func (r ClientRun) host() string {
	if r.ServerName != "" {
		return r.ServerName
	}
	host, _, _ := net.SplitHostPort(r.Addr)
	return host
}

// sni is what goes into server_name (RFC 6066, section 3): never an address.
func (r ClientRun) sni() string {
	if net.ParseIP(r.host()) != nil {
		return ""
	}
	return r.host()
}

func (r ClientRun) port() string {
	_, port, _ := net.SplitHostPort(r.Addr)
	return port
}

// ClientResult is how a client says that its connection went.
type ClientResult struct {
	// Reached: it saw a certificate. Verified: it trusts the server, and asked.
	Reached, Verified bool
	// Connected: the handshake ended well. With Verified false it judged after
	// that, as curl does with names, and Node.js with all.
	Connected bool
	// Result is the verdict in the library's own words.
	Result string
	// Output is all that it wrote.
	Output string
}

// Clients are all that there are. What they need is made in the test's folder,
// so this belongs into the test of which theirs are subtests.
func Clients(t testing.TB) []Client {
	var list []Client
	for _, version := range []string{"-tls1", "-tls1_1", "-tls1_2", "-tls1_3"} {
		list = append(list, sClient(version))
	}
	list = append(list, gnuTLS("TLS1.0"), gnuTLS("TLS1.2"), gnuTLS("TLS1.3"), curl("1.0"), curl("1.2"), curl("1.3"), Baresip())
	return append(list, periodClients(t)...)
}

// request is what a client of any protocol asks, and how an answer begins.
func (r ClientRun) request() (text, answer string) {
	if r.Scheme == "https" {
		return "GET /phone.cfg HTTP/1.1\r\nHost: " + r.Addr + "\r\nUser-Agent: stand-in\r\n\r\n", "HTTP/1."
	}
	return strings.Join([]string{
		"OPTIONS sip:" + r.Addr + " SIP/2.0", "Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKstandin", "Max-Forwards: 70",
		"From: <sip:alice@example.com>;tag=1", "To: <sip:alice@example.com>", "Call-ID: standin@example.com", "CSeq: 1 OPTIONS",
		"User-Agent: stand-in", "Content-Length: 0", "", "",
	}, "\r\n"), "SIP/2.0 "
}

// converse runs a program that passes its input to the server. It hangs up, for
// its input ends, once it has an answer. Its exit code says nothing that its
// output does not.
func converse(t testing.TB, r ClientRun, env []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), clientTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, Need(t, program), args...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.WaitDelay = drainTime
	cmd.Dir = t.TempDir()
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	request, answer := r.request()
	out := &overheard{until: answer, heard: func() { input.Close() }}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	input.Write([]byte(request)) // an error: the program has ended, and says why
	cmd.Wait()
	if ctx.Err() != nil {
		t.Errorf("%s %s still ran after %s:\n%s", program, strings.Join(args, " "), clientTime, out.String())
	}
	return out.String()
}

// overheard keeps what a program writes and tells when some text is in it.
type overheard struct {
	logText
	until string
	heard func()
	once  sync.Once
}

func (o *overheard) Write(p []byte) (int, error) {
	n, err := o.logText.Write(p)
	if strings.Contains(o.String(), o.until) {
		o.once.Do(o.heard)
	}
	return n, err
}

// between is the text of an output from after one mark to the next end, "" where
// the mark is missing.
func between(text, mark, end string) string {
	_, rest, found := strings.Cut(text, mark)
	if !found {
		return ""
	}
	inside, _, _ := strings.Cut(rest, end)
	return strings.TrimSpace(inside)
}
