package diagnosis

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestLogWording compares with the strings of the installed OpenSSL, which has
// a reason 1000+n for the alert n.
func TestLogWording(t *testing.T) {
	checked := 0
	for _, a := range iana.AlertDescriptions() {
		words := received(a.String())
		if words == "" {
			continue
		}
		out := strings.TrimSpace(string(realparts.Run(t, nil, "openssl", "errstr", fmt.Sprintf("0A%06X", 1000+int(a)))))
		reason := out[strings.LastIndexByte(out, ':')+1:]
		if strings.HasPrefix(reason, "reason(") { // it has no words for this one
			t.Errorf("%s: OpenSSL has no words, and here it is %q", a, words)
			continue
		}
		if got, _, _ := strings.Cut(words, " (SSL"); got != reason {
			t.Errorf("%s: %q, OpenSSL says %q", a, got, reason)
		}
		checked++
	}
	if checked < 25 {
		t.Errorf("only %d alerts have words", checked)
	}
}

// TestLogOfARealServer lets s_server log what a diagnosis says that it logs.
func TestLogOfARealServer(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "pbx.example.com", testca.TLS)
	arguments := []string{"-cert", realparts.WriteFile(t, "certificate.pem", leaf.PEM()), "-key", realparts.WriteFile(t, "key.pem", leaf.KeyPEM(t))}
	hello, err := helloOf(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	clientHello := handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, hello)
	alert := func(a iana.AlertDescription) []byte {
		return handshake.AppendRecords(nil, handshake.ContentAlert, iana.TLS10, []byte{2, byte(a)})
	}
	empty := handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, message(11, []byte{0, 0, 0}))
	for _, c := range []struct {
		name   string
		server []string
		sent   [][]byte
		want   string
	}{
		{"unknown CA", []string{"-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello, alert(iana.AlertUnknownCA)}, received(iana.AlertUnknownCA.String())},
		{"expired", []string{"-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello, alert(iana.AlertCertificateExpired)}, received(iana.AlertCertificateExpired.String())},
		{"bad certificate", []string{"-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello, alert(iana.AlertBadCertificate)}, received(iana.AlertBadCertificate.String())},
		{"decrypt error", []string{"-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello, alert(iana.AlertDecryptError)}, received(iana.AlertDecryptError.String())},
		{"closed", []string{"-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello}, "unexpected eof while reading"},
		{"no suite", []string{"-cipher", "ECDHE+AESGCM:@SECLEVEL=0"}, [][]byte{clientHello}, "no shared cipher"},
		{"no version", []string{"-tls1_2", "-cipher", "ALL:@SECLEVEL=0"}, [][]byte{clientHello}, "unsupported protocol"},
		{"security level", []string{"-cipher", "ALL:@SECLEVEL=1"}, [][]byte{clientHello}, "no suitable signature algorithm"},
		{"no client certificate", []string{"-cipher", "ALL:@SECLEVEL=0", "-Verify", "1"}, [][]byte{clientHello, empty}, "peer did not return a certificate"},
		{"plain SIP", nil, [][]byte{[]byte("REGISTER sip:example.com SIP/2.0\r\n\r\n")}, "wrong version number"},
		{"plain HTTP", nil, [][]byte{[]byte("GET / HTTP/1.0\r\n\r\n")}, "http request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := realparts.SServer(t, append(arguments, c.server...)...)
			say(t, server.Addr, c.sent)
			words, number, _ := strings.Cut(c.want, " (")
			server.WaitLog(t, words)
			server.WaitLog(t, strings.TrimSuffix(number, ")"))
		})
	}
}

// say sends one thing after the other, each after an answer.
func say(t *testing.T, addr string, sent [][]byte) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	for _, b := range sent {
		if _, err := conn.Write(b); err != nil {
			return // the server had enough
		}
		answer := handshake.NewDecoder(nil)
		buffer := make([]byte, 1<<14)
		for !complete(answer.Transcript()) {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			answer.Feed(handshake.ServerToClient, 0, buffer[:n])
			if len(answer.Transcript().Entries) == 0 {
				return
			}
		}
	}
}

func complete(t *handshake.Transcript) bool {
	for _, e := range t.Entries {
		if e.Name == "ServerHelloDone" || e.Name == "Alert" {
			return true
		}
	}
	return false
}

// helloOf is what a T28P sends.
func helloOf(t *testing.T) *handshake.ClientHello {
	t.Helper()
	tr := newWire(t).hello(phoneOf(t, "yealink-t28p"), "pbx.example.com").transcript()
	return tr.Entries[0].Fields.(*handshake.ClientHello)
}
