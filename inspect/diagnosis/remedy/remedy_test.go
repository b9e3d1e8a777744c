package remedy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// old is what phones of TLS 1.0 need of a server that takes TLS 1.2 with ECDHE.
func old() Need {
	return Need{Version: iana.TLS10, Suites: []string{"DHE-RSA-AES256-SHA", "AES256-SHA"}}
}

func lines(t *testing.T, n Need, program string) []string {
	t.Helper()
	for _, r := range For(n) {
		if r.Program == program && r.File != "" {
			return r.Lines
		}
	}
	t.Fatalf("no remedy for %s", program)
	return nil
}

// takes reports whether a server completes a handshake as such a phone begins
// it, and with which suite.
func takes(t *testing.T, addr string, options ...string) (string, bool) {
	t.Helper()
	out, err := exec.Command(realparts.Need(t, "openssl"), append([]string{"s_client", "-connect", addr, "-brief"}, options...)...).CombinedOutput()
	if i := strings.Index(string(out), "Ciphersuite: "); err == nil && i >= 0 {
		suite, _, _ := strings.Cut(string(out)[i+len("Ciphersuite: "):], "\n")
		return suite, true
	}
	return string(out), false
}

func asPhone(t *testing.T, addr string) (string, bool) {
	t.Helper()
	return takes(t, addr, "-tls1", "-cipher", "DHE-RSA-AES256-SHA:AES256-SHA:@SECLEVEL=0")
}

func TestKamailioTakesTheLines(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "pbx.example.com", testca.TLS)
	config := realparts.KamailioConfig{Certificate: leaf.PEM(), Key: leaf.KeyPEM(t), Method: "TLSv1.2+", Ciphers: "ECDHE+AESGCM",
		Route: "if ($rm == \"OPTIONS\") exit;"}
	if _, ok := asPhone(t, realparts.Kamailio(t, config).Addr); ok {
		t.Fatal("the phone gets in before the remedy")
	}
	for _, line := range lines(t, old(), "Kamailio") {
		name, value, _ := strings.Cut(line, " = ")
		switch name {
		case "method":
			config.Method = value
		case "cipher_list":
			config.Ciphers = value
		default:
			t.Fatalf("the test does not know the line %q", line)
		}
	}
	server := realparts.Kamailio(t, config)
	if suite, ok := asPhone(t, server.Addr); !ok || suite != "DHE-RSA-AES256-SHA" {
		t.Errorf("with %s, %s: %s\n%s", config.Method, config.Ciphers, suite, server.Log())
	}
	if suite, ok := takes(t, server.Addr, "-tls1_2"); !ok {
		t.Errorf("a later client is shut out: %s", suite)
	}
}

func TestNginxTakesTheLines(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "boot.example.com", testca.TLS)
	config := realparts.NginxConfig{Certificate: leaf.PEM(), Key: leaf.KeyPEM(t), Directives: "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM;"}
	if _, ok := asPhone(t, realparts.Nginx(t, config).Addr); ok {
		t.Fatal("the phone gets in before the remedy")
	}
	config.Directives = strings.Join(lines(t, old(), "nginx"), "\n")
	server := realparts.Nginx(t, config)
	if suite, ok := asPhone(t, server.Addr); !ok || suite != "AES256-SHA" {
		t.Errorf("with %s: %s\n%s", config.Directives, suite, server.Log())
	}
	if suite, ok := takes(t, server.Addr, "-tls1_3"); !ok {
		t.Errorf("a later client is shut out: %s", suite)
	}
}

// TestOpenSSLTakesTheLines starts a server that leaves the limits to the
// library, as Asterisk does, with the settings of a distribution.
func TestOpenSSLTakesTheLines(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "pbx.example.com", testca.TLS)
	certificate, key := realparts.WriteFile(t, "certificate.pem", leaf.PEM()), realparts.WriteFile(t, "key.pem", leaf.KeyPEM(t))
	serve := func(config []string) *realparts.Server {
		t.Setenv("OPENSSL_CONF", realparts.WriteFile(t, "openssl.cnf", []byte(strings.Join(config, "\n")+"\n")))
		defer os.Unsetenv("OPENSSL_CONF")
		return realparts.SServer(t, "-cert", certificate, "-key", key, "-www")
	}
	strict := []string{"openssl_conf = c", "[c]", "ssl_conf = s", "[s]", "system_default = d", "[d]", "MinProtocol = TLSv1.2", "CipherString = DEFAULT:@SECLEVEL=2"}
	if _, ok := asPhone(t, serve(strict).Addr); ok {
		t.Fatal("the phone gets in before the remedy")
	}
	server := serve(lines(t, old(), "OpenSSL"))
	if suite, ok := asPhone(t, server.Addr); !ok {
		t.Errorf("%s\n%s", suite, server.Log())
	}
}

// TestClientCertificateLines: with the lines a server lets in whom it shut out.
func TestClientCertificateLines(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "boot.example.com", testca.TLS)
	file := realparts.WriteFile(t, "ca.pem", ca.PEM())
	get := func(directives string) string {
		server := realparts.Nginx(t, realparts.NginxConfig{Certificate: leaf.PEM(), Key: leaf.KeyPEM(t), Directives: directives, Files: map[string][]byte{"/a.cfg": []byte("#!version:1.0.0.1\n")}})
		cmd := exec.Command(realparts.Need(t, "openssl"), "s_client", "-connect", server.Addr, "-quiet", "-tls1_2")
		cmd.Stdin = strings.NewReader("GET /a.cfg HTTP/1.0\r\n\r\n")
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if out := get("ssl_verify_client on; ssl_client_certificate " + file + ";"); !strings.Contains(out, " 400 ") {
		t.Fatalf("the client gets in before the remedy:\n%s", out)
	}
	if out := get(strings.Join(lines(t, Need{NoClientCertificate: true}, "nginx"), "\n")); !strings.Contains(out, " 200 ") {
		t.Errorf("the client is shut out:\n%s", out)
	}
}

func TestFor(t *testing.T) {
	programs := func(n Need) string {
		var list []string
		for _, r := range For(n) {
			if len(r.Lines) == 0 {
				t.Errorf("%+v: %s has no lines", n, r.Program)
			}
			list = append(list, r.Program)
		}
		return strings.Join(slices.Compact(list), " ")
	}
	for _, c := range []struct {
		name string
		need Need
		want string
	}{
		{"nothing", Need{}, ""},
		{"old phones", old(), "Asterisk FreeSWITCH Kamailio nginx OpenSSL"},
		{"suites alone", Need{Suites: []string{"AES256-SHA"}}, "Asterisk FreeSWITCH Kamailio nginx"},
		{"TLS 1.2", Need{Version: iana.TLS12}, "Asterisk FreeSWITCH Kamailio nginx OpenSSL"},
		{"RSA key", Need{RSA: true, Name: "pbx.example.com"}, "certbot acme.sh lego dehydrated"},
		{"another chain", Need{PreferredChain: "ISRG Root X1"}, "certbot acme.sh lego dehydrated"},
		{"full chain", Need{FullChain: true}, "Asterisk FreeSWITCH Kamailio nginx"},
		{"client certificates", Need{NoClientCertificate: true}, "Asterisk FreeSWITCH Kamailio nginx"},
		{"server name", Need{DefaultName: true}, "Kamailio nginx"},
	} {
		if got := programs(c.need); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if For(Need{}) == nil {
		t.Error("nothing is nil")
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		need          Need
		program, want string
	}{
		{old(), "Asterisk", "method=tlsv1\ncipher=DHE-RSA-AES256-SHA,AES256-SHA"},
		{Need{Version: iana.TLS12}, "Asterisk", "method=tlsv1_2"},
		{old(), "FreeSWITCH", `data="sip_tls_version=tlsv1,tlsv1.1,tlsv1.2"`},
		{old(), "FreeSWITCH", `data="sip_tls_ciphers=ALL:!ADH:!LOW:!EXP:!MD5:DHE-RSA-AES256-SHA:AES256-SHA:@SECLEVEL=0"`},
		{old(), "Kamailio", "method = TLSv1+\ncipher_list = \"DEFAULT:DHE-RSA-AES256-SHA:AES256-SHA:@SECLEVEL=0\""},
		{old(), "nginx", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_ciphers HIGH:!aNULL:DHE-RSA-AES256-SHA:AES256-SHA:@SECLEVEL=0;"},
		{old(), "OpenSSL", "MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0"},
		{Need{Version: iana.TLS11}, "nginx", "ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3;"},
		{Need{RSA: true, Name: "pbx.example.com"}, "certbot", "certbot certonly --cert-name pbx.example.com -d pbx.example.com --force-renewal --key-type rsa --rsa-key-size 2048"},
		{Need{RSA: true}, "lego", "lego --domains NAME --key-type rsa2048 run"},
		{Need{PreferredChain: "ISRG Root X1", Name: "pbx.example.com"}, "acme.sh", "acme.sh --renew -d pbx.example.com --force --preferred-chain 'ISRG Root X1'"},
		{Need{PreferredChain: "$(reboot)"}, "certbot", "--preferred-chain '$(reboot)'"},
		{Need{DefaultName: true}, "Kamailio", "[server:default]"},
	} {
		var text string
		for _, r := range For(c.need) {
			if r.Program == c.program {
				text += strings.Join(r.Lines, "\n") + "\n"
			}
		}
		if !strings.Contains(text, c.want) {
			t.Errorf("%s:\n%s\nlacks\n%s", c.program, text, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	for header, want := range map[string]int{
		"Kamailio (5.6.3 (x86_64/linux))": 1, "nginx/1.22.1": 1, "FPBX-16.0.40(18.9)": 1, "Asterisk PBX 20.5": 1, "FreeSWITCH-mod_sofia/1.10": 1, "": 0, "Apache": 0,
	} {
		if got := Of(old(), header); len(got) != want || want == 1 && !strings.Contains(got[0].Text(), got[0].Program) {
			t.Errorf("%s: %v", header, got)
		}
	}
}

// TestKamailioKnowsTheOtherLines lets Kamailio read them.
func TestKamailioKnowsTheOtherLines(t *testing.T) {
	kamailio := realparts.Need(t, "kamailio")
	ca := testca.Root(t, "Example Root")
	leaf := ca.Issue(t, "pbx.example.com", testca.TLS)
	dir := t.TempDir()
	text := strings.Join(lines(t, Need{NoClientCertificate: true, FullChain: true, DefaultName: true}, "Kamailio"), "\n")
	// [server:default] has to come first here and the files are the test's own.
	text = strings.ReplaceAll(strings.ReplaceAll(text, "/etc/kamailio", dir), "[server:default]\n", "")
	for name, content := range map[string][]byte{"fullchain.pem": leaf.PEM(), "privkey.pem": leaf.KeyPEM(t), "tls.cfg": []byte("[server:default]\n" + text + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf("#!KAMAILIO\nenable_tls=yes\nlisten=tls:127.0.0.1:%s\nloadmodule \"tls.so\"\nmodparam(\"tls\", \"config\", \"%s/tls.cfg\")\nrequest_route { exit; }\n", realparts.FreePort(t), dir)
	if out, err := exec.Command(kamailio, "-c", "-f", realparts.WriteFile(t, "kamailio.cfg", []byte(config))).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, text, out)
	}
}
