package registrar

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// sclient runs openssl s_client, which sends a request, and then a line on which
// the registrar hangs up. It hangs up itself on what it does not trust.
func sclient(t *testing.T, r *Registrar, root *testca.Certificate, args ...string) string {
	t.Helper()
	program := realparts.Need(t, "openssl")
	args = append([]string{"s_client", "-connect", r.Addr(), "-CAfile", realparts.WriteFile(t, "root.pem", root.PEM()),
		"-verify_return_error", "-attime", "1717243200", "-ign_eof", "-quiet"}, args...)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(message("OPTIONS", domain, domain, 1)+"GET\n", "\n", "\r\n"))
	// It fails where the registrar hangs up, and where it refuses.
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// TestOpenSSL: a client that is not of this house, from TLS 1.0 on.
func TestOpenSSL(t *testing.T) {
	r, j, root := started(t, Config{})
	for _, test := range []struct{ args, version, suite string }{
		{"-tls1 -cipher AES256-SHA:@SECLEVEL=0", "TLS 1.0", "TLS_RSA_WITH_AES_256_CBC_SHA"},
		{"-tls1 -cipher AES128-SHA:@SECLEVEL=0", "TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"},
		{"-tls1_1 -cipher ALL:@SECLEVEL=0", "TLS 1.1", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
		{"-tls1_2", "TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
		{"-tls1_3", "TLS 1.3", "TLS_AES_128_GCM_SHA256"},
	} {
		out := sclient(t, r, root, strings.Fields(test.args)...)
		if !strings.Contains(out, "SIP/2.0 200 OK") {
			t.Errorf("%s: %s", test.args, out)
		}
		j.wait(t, func(e Event) bool {
			return e.Kind == Handshake && e.Version == test.version && e.CipherSuite == test.suite
		})
	}
}

// TestOpenSSLHangsUp: what the registrar says when a client does not know its
// CA, in every version of TLS.
func TestOpenSSLHangsUp(t *testing.T) {
	for _, version := range []string{"-tls1", "-tls1_2", "-tls1_3"} {
		r, j, _ := started(t, Config{})
		sclient(t, r, testca.Root(t, "Another Root"), version, "-cipher", "ALL:@SECLEVEL=0")
		e := j.wait(t, func(e Event) bool { return e.Kind == Refused || e.Kind == Closed })
		if e.Kind != Refused || e.By != byClient || e.Alert != "unknown_ca" || !strings.Contains(e.Text, "upload the CA certificate to it") {
			t.Errorf("%s: %+v", version, e)
		}
	}
}

// TestOpenSSLShows: a client certificate in the handshake of the oldest phones.
func TestOpenSSLShows(t *testing.T) {
	phones := testca.Root(t, "Phones")
	own := phones.Issue(t, "0015651234ab", testca.TLS)
	r, j, root := started(t, Config{ClientAuth: Require})
	out := sclient(t, r, root, "-tls1", "-cipher", "AES256-SHA:@SECLEVEL=0",
		"-cert", realparts.WriteFile(t, "phone.pem", own.PEM()), "-key", realparts.WriteFile(t, "phone.key", own.KeyPEM(t)))
	if e := j.wait(t, kind(Handshake)); !strings.Contains(out, "SIP/2.0 200 OK") || e.ClientCertificate != "CN=0015651234ab,O=Example" {
		t.Errorf("%+v\n%s", e, out)
	}
}

// TestGnuTLS: another library, whose alerts are its own.
func TestGnuTLS(t *testing.T) {
	program := realparts.Need(t, "gnutls-cli")
	r, j, _ := started(t, Config{})
	file := realparts.WriteFile(t, "root.pem", testca.Root(t, "Another Root").PEM())
	host, port, _ := net.SplitHostPort(r.Addr())
	exec.CommandContext(t.Context(), program, "--x509cafile", file, "-p", port, host).Run()
	if e := j.wait(t, func(e Event) bool { return e.By == byClient }); e.Alert == "" || e.Kind != Refused {
		t.Errorf("%+v", e)
	}
}

// TestBaresip: a softphone registers with its password, and takes that back when
// it ends. It gives up where SHA-256 is asked for beside MD5.
func TestBaresip(t *testing.T) {
	program := realparts.Need(t, "baresip")
	modules := filepath.Join(filepath.Dir(program), "..", "lib", "baresip", "modules")
	if _, err := os.Stat(modules); err != nil {
		realparts.Missing(t, "baresip's modules in "+modules)
	}
	r, j, root := started(t, Config{Users: map[string]string{"alice": "secret"}})
	folder := t.TempDir()
	ca := realparts.WriteFile(t, "root.pem", root.PEM())
	for name, text := range map[string]string{
		"config":   "module_path " + modules + "\nmodule_app account.so\nmodule_app menu.so\nsip_cafile " + ca + "\nsip_verify_server no\n",
		"accounts": "<sip:alice@" + r.Addr() + ";transport=tls>;auth_pass=secret;regint=60\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "-f", folder)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); len(r.Bindings()) == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if list := r.Bindings(); len(list) != 1 || list[0].User != "alice" || !strings.Contains(list[0].UserAgent, "baresip") {
		t.Errorf("%+v", list)
	}
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if t.Failed() {
		t.Log(out.String())
		return
	}
	j.wait(t, func(e Event) bool { return strings.HasSuffix(e.Text, "200 OK, no longer registered") })
}

// probed asks a registrar as a handset whose CA list holds some certificates.
func probed(t *testing.T, r *Registrar, model string, custom ...*testca.Certificate) diagnosis.Evidence {
	t.Helper()
	profile, err := handset.Load(model)
	if err != nil {
		t.Fatal(err)
	}
	set := func(value string) phone.Choice {
		return phone.Choice{Value: value, Basis: finding.Documented, Source: "the test"}
	}
	p := &phone.Phone{
		Profile: profile, Name: model, Clock: testca.Clock(),
		Settings: phone.Settings{OnlyTrusted: set("on"), CA: set("custom"), CNValidation: set("on"), DeviceCert: set("default")},
	}
	for _, c := range custom {
		parsed, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		p.Custom = append(p.Custom, parsed)
	}
	at := netip.MustParseAddrPort(r.Addr())
	attempts := probe.Run(t.Context(), probe.World{
		Resolve: func(context.Context, diagnosis.Target) diagnosis.Lookup {
			return diagnosis.Lookup{Addresses: []netip.AddrPort{at}}
		},
		Dial: (&net.Dialer{}).DialContext, Now: time.Now, Random: rand.Reader,
	}, probe.Request{
		Target:  diagnosis.Target{Text: "example.com", Scheme: "sips", Host: "example.com", Port: at.Port()},
		Phone:   p,
		Timeout: patience,
	})
	return attempts[len(attempts)-1].Evidence
}

// TestEveryHandset: each profile comes in with the root, and is refused without.
func TestEveryHandset(t *testing.T) {
	authority, err := NewAuthority(rand.Reader, testca.Clock())
	if err != nil {
		t.Fatal(err)
	}
	r, j, _ := started(t, Config{Authority: authority})
	for _, model := range handset.Shipped() {
		t.Run(model, func(t *testing.T) {
			e := probed(t, r, model, &testca.Certificate{Certificate: authority.Certificate})
			if e.SIP == nil || e.SIP.Status != 200 || e.SIP.Method != "OPTIONS" {
				t.Errorf("%+v", e.SIP)
			}
			if d := diagnosis.Diagnose(e); d.Verdict == diagnosis.Refuses || model == "yealink-t28p" && d.Verdict != diagnosis.Registers {
				t.Errorf("%s: %s, %+v", d.Verdict, d.Sentence, d.Findings)
			}
			if d := diagnosis.Diagnose(probed(t, r, model)); d.Verdict == diagnosis.Registers {
				t.Errorf("without the root: %s: %s", d.Verdict, d.Sentence)
			}
		})
	}
	j.wait(t, func(e Event) bool {
		return e.Version == "TLS 1.0" && strings.HasPrefix(e.CipherSuite, "TLS_RSA_WITH_AES_")
	})
}
