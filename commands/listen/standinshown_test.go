package listen_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestOwnCertificateOfStandIns: each client shows its own certificate when it is
// asked, and it is judged.
func TestOwnCertificateOfStandIns(t *testing.T) {
	valid := testca.Between(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
	phones := testca.Root(t, "Phones", valid)
	ca := realparts.WriteFile(t, "phones.pem", phones.PEM())
	phone := phones.Issue(t, "00005e005301", testca.TLS, valid)
	own := realparts.WriteFile(t, "own.pem", append(phone.PEM(), phone.KeyPEM(t)...))
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			scheme := schemeOf(client)
			l := listenFor(t, scheme, nil, "--json", "--once", "--client-cert", "require", "--client-ca", ca)
			run := realparts.ClientRun{Addr: l.addr, Scheme: scheme, CAFile: l.root, CertFile: own, KeyFile: own}
			if said := client.Run(t, run); !said.Connected {
				t.Errorf("%+v", said)
			}
			shown := l.next(t).ClientCertificate
			if shown == nil || shown.Trusted == nil || !*shown.Trusted || !shown.Proved || shown.MAC != "00:00:5e:00:53:01" {
				t.Errorf("%+v", shown)
			}
		})
	}
}

// TestSavedCallsInTshark: tshark reads what --save writes, down to what was said
// inside TLS: the secrets are in the capture.
func TestSavedCallsInTshark(t *testing.T) {
	for _, client := range realparts.Clients(t) {
		if !slices.Contains([]string{"openssl s_client -tls1", "openssl s_client -tls1_3", "gnutls-cli TLS1.2", "OpenSSL 1.0.0m", "baresip"}, client.Name) {
			continue
		}
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			saved := filepath.Join(t.TempDir(), "calls.pcapng")
			l := listenFor(t, "sips", nil, "--json", "--once", "--save", saved)
			if said := client.Run(t, realparts.ClientRun{Addr: l.addr, Scheme: "sips", CAFile: l.root}); !said.Verified {
				t.Fatalf("%+v", said)
			}
			method := l.next(t).Requests[0].Method
			if code, errText := l.end(); code != 0 {
				t.Fatalf("exit code %d\n%s", code, errText)
			}
			out := string(realparts.Run(t, nil, "tshark", "-r", saved, "-d", "tls.port=="+commandstest.Port(l.addr)+",sip", "-Y", "sip or tls.handshake.type == 1",
				"-T", "fields", "-e", "tls.handshake.type", "-e", "sip.Method", "-e", "sip.Status-Code"))
			if !strings.HasPrefix(out, "1\t") || !strings.Contains(out, "\t"+method+"\t") || !strings.Contains(out, "\t200\n") {
				t.Errorf("%s: %q", method, out)
			}
		})
	}
}

// TestBaresipRegisters: a real SIP client comes in with the root that was written,
// and its password.
func TestBaresipRegisters(t *testing.T) {
	l := listenFor(t, "sips", map[string]string{"PHONECERT_SIP_PASSWORD": "secret"}, "--json", "--once", "--user", "alice")
	said := realparts.Baresip().Run(t, realparts.ClientRun{Addr: l.addr, CAFile: l.root})
	call := l.next(t)
	var statuses []int
	for _, r := range call.Requests {
		if r.Method != "REGISTER" || r.About != "alice" {
			t.Errorf("%+v", r)
		}
		statuses = append(statuses, r.Status)
	}
	// It is asked for its password, and comes in.
	if len(statuses) != 2 || statuses[0] != 401 || statuses[1] != 200 || !strings.Contains(call.UserAgent, "baresip") {
		t.Errorf("%v, %q\n%s", statuses, call.UserAgent, said.Output)
	}
	if code, errText := l.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, errText)
	}
}
