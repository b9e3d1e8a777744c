package wire_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestCrossSignToExpiredRoot is the expiry of DST Root CA X3 with made-up
// names: row 1 of the fact sheet on field failures.
func TestCrossSignToExpiredRoot(t *testing.T) {
	began := testca.Clock().AddDate(-10, 0, 0)
	old := testca.Root(t, "Old Example Root", testca.Between(began, testca.Clock().AddDate(0, -1, 0)))
	root := testca.Root(t, "New Example Root")
	cross := old.IssueKey(t, "New Example Root", root.Key, testca.CA, testca.Between(began, testca.Clock().AddDate(2, 0, 0)))
	intermediate := root.Issue(t, "Example Issuing CA", testca.CA)
	leaf := intermediate.Issue(t, "pbx.example.com", testca.TLS)
	phone := []string{"--handset", "yealink-t28p", "--ca", "all",
		"--custom", realparts.WriteFile(t, "new.pem", root.PEM()), "--builtin", realparts.WriteFile(t, "old.pem", old.PEM())}

	refused := probed(t, 10, append([]string{kamailio(t, leaf, intermediate, cross)}, phone...)...)
	message, fix := refused.finding("trust.cross-sign")
	if !strings.Contains(message, "New Example Root") || !strings.Contains(fix, `--preferred-chain "New Example Root"`) {
		t.Errorf("message %q, fix %q", message, fix)
	}
	if refused.Trust.Code != "X509_V_ERR_CERT_HAS_EXPIRED" || refused.Trust.Alert != "certificate_expired" {
		t.Errorf("trust %+v", refused.Trust)
	}
	tried := false
	for _, c := range refused.Trust.Changes {
		tried = tried || c.Kind == "drop-certificate" && c.Tried
	}
	if !tried {
		t.Errorf("changes %+v", refused.Trust.Changes)
	}
	mended := probed(t, 0, append([]string{kamailio(t, leaf, intermediate)}, phone...)...)
	if mended.Verdict != "registers" {
		t.Errorf("without the cross-sign: %s, %s", mended.Verdict, mended.codes())
	}
}

// public makes a certificate look like one of a public CA, which names its
// policies and its issuer's address (CA/Browser Forum, Baseline Requirements,
// section 7.1.2).
func public(c *x509.Certificate) {
	validated, err := x509.OIDFromInts([]uint64{2, 23, 140, 1, 2, 1}) // domain validated
	if err != nil {
		panic(err)
	}
	c.Policies = []x509.OID{validated}
	c.OCSPServer = []string{"http://ocsp.example.com"}
	c.IssuingCertificateURL = []string{"http://ca.example.com/ca.der"}
}

// TestFieldFailures shows every row of the fact sheet on field failures that
// names probe with a real server: the cause has its code, and a fix.
func TestFieldFailures(t *testing.T) {
	t28p := []string{"--handset", "yealink-t28p"}
	with := func(more ...string) []string { return append(append([]string{}, t28p...), more...) }
	p := commandstest.NewPKI(t)
	root := realparts.WriteFile(t, "root.pem", p.Root.PEM())
	trusting := with("--custom", root)
	tests := []struct {
		name  string
		rows  string
		serve func(t *testing.T) string
		args  []string
		exit  int
		code  string
		fix   string
	}{
		{"root younger than the phone's list", "2", func(t *testing.T) string {
			young := testca.Root(t, "Example Public Root", testca.Between(testca.Clock().AddDate(-3, 0, 0), testca.Clock().AddDate(10, 0, 0)))
			return kamailio(t, young.Issue(t, "pbx.example.com", testca.TLS, public), young)
		}, t28p, 10, "trust.root-too-young", "upload"},
		{"ECDHE and GCM only", "3", func(t *testing.T) string {
			return server(t, p.Leaf, nil, "-tls1_2", "-cipher", "ECDHE+AESGCM")
		}, trusting, 10, "version.and-suites", "TLS 1.0"},
		{"TLS 1.0, but ECDHE only", "3", func(t *testing.T) string {
			return server(t, p.Leaf, nil, "-tls1", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0")
		}, trusting, 10, "cipher.none-common", "DHE-RSA-AES256-SHA"},
		{"EC key", "4", func(t *testing.T) string {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return server(t, p.Intermediate.IssueKey(t, "pbx.example.com", key, testca.TLS), []*testca.Certificate{p.Intermediate})
		}, trusting, 10, "suites.key-type", "rsa2048"},
		{"TLS 1.2 at least", "5", func(t *testing.T) string { return server(t, p.Leaf, nil, "-tls1_2") }, trusting, 10, "version.none-common", "second"},
		{"TLS 1.3 only", "5", func(t *testing.T) string { return server(t, p.Leaf, nil, "-tls1_3") }, trusting, 10, "version.none-common", "second"},
		{"private CA", "6", func(t *testing.T) string { return kamailio(t, p.Leaf, p.Intermediate) }, t28p, 10, "trust.unknown-ca", "Example Root"},
		{"only the intermediate was uploaded", "7", func(t *testing.T) string { return kamailio(t, p.Leaf, p.Intermediate) },
			with("--custom", realparts.WriteFile(t, "i.pem", p.Intermediate.PEM())), 10, "trust.intermediate-only", "root"},
		{"intermediate not sent", "8", func(t *testing.T) string { return kamailio(t, p.Leaf) }, trusting, 10, "trust.missing-intermediate", "full chain"},
		{"another name", "9", func(t *testing.T) string { return kamailio(t, p.Leaf, p.Intermediate) },
			append(trusting, "--cn-validation", "on"), 10, "name.mismatch", "subjectAltName"},
		{"clock before NTP", "11", func(t *testing.T) string { return kamailio(t, p.Leaf, p.Intermediate) },
			append(trusting, "--clock", "2008-01-01"), 10, "trust.not-yet-valid", "clock"},
		{"client certificate wanted", "14", func(t *testing.T) string {
			return server(t, p.Leaf, []*testca.Certificate{p.Intermediate}, "-Verify", "2", "-verify_return_error", "-CAfile", root)
		}, trusting, 10, "client-certificate.vendor-unknown", "Device Certificates"},
		{"plain TCP that answers nothing", "22", func(t *testing.T) string {
			return listener(t, func(c net.Conn) { io.Copy(io.Discard, c) })
		},
			append(trusting, "--timeout", "10s"), 10, "ending.silent-at-hello", ""},
		{"plain SIP", "22", func(t *testing.T) string {
			return listener(t, func(c net.Conn) {
				c.Read(make([]byte, 512))
				c.Write([]byte("SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
			})
		}, trusting, 10, "protocol.", "5061"},
		{"HTTPS", "22", func(t *testing.T) string {
			return realparts.Nginx(t, realparts.NginxConfig{
				Certificate: append(p.Leaf.PEM(), p.Intermediate.PEM()...), Key: p.Leaf.KeyPEM(t),
				Directives: "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;",
			}).Addr
		}, trusting, 10, "sip.not-sip", "5061"},
		{"403", "20", func(t *testing.T) string {
			return realparts.Kamailio(t, realparts.KamailioConfig{
				Certificate: append(p.Leaf.PEM(), p.Intermediate.PEM()...), Key: p.Leaf.KeyPEM(t), Route: `sl_send_reply("403", "Forbidden"); exit;`,
			}).Addr
		}, trusting, 0, "options.forbidden", ""},
		{"all is well", "21", func(t *testing.T) string { return kamailio(t, p.Leaf, p.Intermediate) }, trusting, 0, "account.srtp", "SRTP"},
		{"nothing listens", "", func(t *testing.T) string { return commandstest.Nobody }, t28p, 10, "dial.refused", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := probed(t, test.exit, append([]string{test.serve(t)}, test.args...)...)
			for _, f := range c.Findings {
				if strings.HasPrefix(f.Code, test.code) {
					if f.Message == "" || f.Source == "" || !strings.Contains(f.Fix, test.fix) {
						t.Errorf("%+v lacks %q", f, test.fix)
					}
					return
				}
			}
			t.Errorf("no %s in %s\n%s", test.code, c.codes(), c.Sentence)
		})
	}
}

// TestWildcard is row 10: RFC 2818 takes a wildcard, and phones were seen that
// do not, so only with the check off is the answer certain.
func TestWildcard(t *testing.T) {
	p := commandstest.NewPKI(t, testca.DNS("*.example.com"))
	addr := kamailio(t, p.Leaf, p.Intermediate)
	dns := nameServer(t, zone{records: "pbx.example.com. IN A 127.0.0.1"})
	phone := []string{"pbx.example.com:" + commandstest.Port(addr), "--dns", dns, "--handset", "yealink-t28p", "--sni", "off",
		"--custom", realparts.WriteFile(t, "root.pem", p.Root.PEM())}
	strict := probed(t, 11, append(phone, "--cn-validation", "on")...)
	if message, fix := strict.finding("name.wildcard"); message == "" || !strings.Contains(fix, "exact name") {
		t.Errorf("%s: message %q, fix %q", strict.codes(), message, fix)
	}
	if lax := probed(t, 0, append(phone, "--cn-validation", "off")...); lax.Verdict != "registers" {
		t.Errorf("%s", lax.codes())
	}
}
