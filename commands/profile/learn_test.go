package profile_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

const yealinkAgent = "Yealink SIP-T28P 2.73.0.50"

const registration = "REGISTER sip:example.com SIP/2.0\r\nUser-Agent: " + yealinkAgent + "\r\nContent-Length: 0\r\n\r\n"

// learnedFacts are those of the answer of "handset learn --json".
func learnedFacts(t *testing.T, out string) (id, base string, facts map[string]string) {
	t.Helper()
	var answer struct {
		Handset, Base, Profile string
		Notes                  []string
		Facts                  []struct{ Path, Value, Basis, Source string }
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Profile == "" || answer.Notes == nil {
		t.Fatalf("%v: %s", err, out)
	}
	facts = map[string]string{}
	for _, f := range answer.Facts {
		if strings.HasPrefix(f.Source, "seen ") {
			facts[f.Path] = f.Value
		}
	}
	return answer.Handset, answer.Base, facts
}

// TestLearnFromCapture: a client of a real OpenSSL calls as a phone would; it is
// learned, its profile calls the same server, and what calls then is learned as
// the same.
func TestLearnFromCapture(t *testing.T) {
	t.Parallel()
	realparts.Need(t, "openssl")
	maker := testca.Root(t, "Yealink Equipment Issuing CA")
	own := maker.Issue(t, "00005E005301", func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "00005E005301"} })
	pem := realparts.WriteFile(t, "own.pem", append(own.PEM(), own.KeyPEM(t)...))
	for name, test := range map[string]struct {
		highest uint16
		flags   []string
		version string
	}{
		"TLS 1.2": {tls.VersionTLS12, []string{"-tls1_2", "-servername", "pbx.example.com"}, "not known"},
		"TLS 1.3": {tls.VersionTLS13, []string{"-servername", "pbx.example.com"}, "TLS 1.2, TLS 1.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := answering(t, test.highest)
			args := append([]string{"s_client", "-connect", s.addr, "-quiet", "-cert", pem}, test.flags...)
			realparts.Run(t, []byte(registration), "openssl", args...)
			first := s.next(t)
			file := s.capture(t, true, map[string]*call{"192.0.2.55:49152": first})
			profile := filepath.Join(t.TempDir(), "my-phone.yaml")
			code, out, errText := commandstest.Online(t, nil, "handset", "learn", file, "-o", profile, "--json")
			if code != 0 {
				t.Fatalf("exit code %d\n%s%s", code, out, errText)
			}
			id, base, facts := learnedFacts(t, out)
			if id != "learned-sip-t28p" || base != "yealink-t28p" || facts["firmware"] != "2.73.0.50" || facts["tls.sni"] != "yes" ||
				facts["tls.client_certificate"] != "device" || facts["tls.client_hello"] == "" || !strings.HasSuffix(facts["tls.versions"], test.version) {
				t.Errorf("%s on %s: %v", id, base, facts)
			}
			host, port, _ := net.SplitHostPort(s.addr)
			code, out, errText = commandstest.Online(t, nil, "probe", net.JoinHostPort("localhost", port), "--handset", profile, "--json")
			if code == 1 {
				t.Fatalf("%s: exit code %d\n%s%s", host, code, out, errText)
			}
			again := s.capture(t, false, map[string]*call{"192.0.2.56:49152": s.next(t)})
			second := filepath.Join(t.TempDir(), "again.yaml")
			if code, _, errText = commandstest.Online(t, nil, "handset", "learn", again, "-o", second, "--base", "yealink-t28p"); code != 0 {
				t.Fatalf("exit code %d\n%s", code, errText)
			}
			_, out, _ = commandstest.Online(t, nil, "handset", "diff", profile, second)
			if strings.Contains(out, "tls.client_hello") || strings.Contains(out, "tls.cipher_suites") || strings.Contains(out, "tls.extensions") {
				t.Errorf("what probe sent is not what was learned:\n%s", out)
			}
		})
	}
}

// TestLearnOneOfMany: a capture of several phones asks which one.
func TestLearnOneOfMany(t *testing.T) {
	t.Parallel()
	s := answering(t, tls.VersionTLS12)
	dial := func(config *tls.Config, request string) *call {
		config.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", s.addr, config)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, request)
		io.Copy(io.Discard, conn)
		conn.Close()
		return s.next(t)
	}
	file := s.capture(t, true, map[string]*call{
		"192.0.2.55:49152": dial(&tls.Config{}, registration),
		"192.0.2.55:49153": dial(&tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, MaxVersion: tls.VersionTLS12}, registration),
		"192.0.2.56:50000": dial(&tls.Config{ServerName: "pbx.example.com"}, "OPTIONS sip:x SIP/2.0\r\n\r\n"),
	})
	code, out, errText := commandstest.Online(t, nil, "handset", "learn", file)
	if code != 1 || out != "" || !strings.Contains(errText, "the capture has connections of 2 clients") ||
		!strings.Contains(errText, `--client 192.0.2.55 takes its 2 connections (User-Agent "`+yealinkAgent+`")`) {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	code, out, errText = commandstest.Online(t, nil, "handset", "learn", file, "--client", "192.0.2.56")
	if code != 0 || !strings.Contains(out, "id: learned-phone\n") || strings.Contains(out, "base:") || !strings.Contains(errText, "no base: ") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	code, out, errText = commandstest.Online(t, nil, "handset", "learn", file, "--client", "192.0.2.55")
	if code != 0 || !strings.Contains(errText, "2 different ClientHellos on its 2 connections") || !strings.Contains(errText, "49152, 49153") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	code, out, errText = commandstest.Online(t, nil, "handset", "learn", file, "--client", "192.0.2.55:49153", "--json", "--id", "one")
	id, _, facts := learnedFacts(t, out)
	if code != 0 || id != "one" || !strings.HasPrefix(facts["tls.cipher_suites"], "0xC02F") || strings.Contains(facts["tls.cipher_suites"], ",") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	code, out, errText = commandstest.Online(t, nil, "handset", "learn", file, "--client", "192.0.2.57")
	if code != 1 || out != "" || !strings.Contains(errText, "no client at 192.0.2.57 begins TLS") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	// Without the secrets the phone's name for itself stays closed.
	closed := s.capture(t, false, map[string]*call{"192.0.2.55:49152": dial(&tls.Config{}, registration)})
	if code, out, errText = commandstest.Online(t, nil, "handset", "learn", closed); code != 0 || !strings.Contains(errText, "User-Agent was not seen") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	keys := realparts.WriteFile(t, "keys.txt", s.keys.Bytes())
	content, err := os.ReadFile(closed)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errText = commandstest.Piped(t, content, "handset", "learn", "-", "--keylog", keys); code != 0 || !strings.Contains(out, "id: learned-sip-t28p\n") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
}

// TestLearnFromPage: every dialect shows itself before a login, and no password
// is asked for.
func TestLearnFromPage(t *testing.T) {
	t.Parallel()
	site := commandstest.Phones(t, serve.Config{HTTPS: true}, dialect.All()...)
	for _, p := range site.Phones() {
		code, out, errText := commandstest.Online(t, nil, "handset", "learn", p.URL, "--json")
		if code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", p.Dialect, code, out, errText)
			continue
		}
		if _, _, facts := learnedFacts(t, out); facts["web.dialects"] != string(p.Dialect) || !strings.Contains(out, "as server the phone takes TLS 1") {
			t.Errorf("%s: %v\n%s", p.Dialect, facts, out)
		}
	}
}

// TestLearnFromStrangePage: a page of something else is told as what it is, and the
// advice has no flag of another command.
func TestLearnFromStrangePage(t *testing.T) {
	t.Parallel()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<title>printer</title>") })
	plain, newest := httptest.NewServer(page), httptest.NewUnstartedServer(page)
	newest.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	newest.StartTLS()
	t.Cleanup(plain.Close)
	t.Cleanup(newest.Close)
	for _, test := range []struct{ source, want string }{
		{plain.URL, "look at the address in a browser"},
		{newest.URL, "stands inside the encryption of TLS 1.3"},
	} {
		code, out, errText := commandstest.Online(t, nil, "handset", "learn", test.source)
		if code != 1 || out != "" || !strings.Contains(errText, test.want) || !strings.Contains(errText, "listen --learn") || strings.Contains(errText, "--dialect") {
			t.Errorf("%s: exit code %d\n%s%s", test.source, code, out, errText)
		}
	}
}

// TestLearnFromNothing: what is there is no phone.
func TestLearnFromNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, source, want string
	}{
		{"nobody", "https://" + commandstest.Nobody, "cannot connect to"},
		{"nobody by HTTP", "http://" + commandstest.Nobody, "hint: "},
		{"a password in the address", "https://admin:secret@192.0.2.55", "the address holds a user or a password"},
		{"no capture", realparts.WriteFile(t, "x.pcap", []byte("nothing")), "cannot read"},
	} {
		code, out, errText := commandstest.Online(t, nil, "handset", "learn", test.source)
		if code != 1 || out != "" || !strings.Contains(errText, test.want) || !strings.Contains(errText, "hint: ") || strings.Contains(errText, "secret") {
			t.Errorf("%s: exit code %d\n%s%s", test.name, code, out, errText)
		}
	}
}
