package wire_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

const sipPassword = "correct-horse-battery"

// TestRegister: a real registrar, the right password and wrong ones; no password
// is printed or written anywhere.
func TestRegister(t *testing.T) {
	t.Parallel()
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t), User: "alice", Password: sipPassword})
	trusted := []string{"--custom", realparts.WriteFile(t, "root.pem", ca.PEM())}
	file := realparts.WriteFile(t, "password.txt", []byte(sipPassword+"\n"))
	inEnv := map[string]string{"PHONECERT_SIP_PASSWORD": sipPassword}
	tests := []struct {
		name string
		env  map[string]string
		args []string
		exit int
		// code is that of the finding, "" for a registration.
		code, words string
	}{
		{"from the environment", inEnv, append(trusted, "--register", "alice@example.com"), 0, "", ""},
		{"from a file", nil, append(trusted, "--register", "sips:alice@example.com", "--sip-password-file", file), 0, "", ""},
		{"another name for the digest", inEnv, append(trusted, "--register", "1001@example.com", "--auth-user", "alice"), 0, "", ""},
		{"wrong password", map[string]string{"PHONECERT_SIP_PASSWORD": sipPassword + "!"}, append(trusted, "--register", "alice@example.com"), 10, "register.password", "example.com"},
		{"unknown user", inEnv, append(trusted, "--register", "bob@example.com"), 10, "register.password", "example.com"},
		{"a server that the phone refuses", inEnv, []string{"--register", "alice@example.com"}, 10, "trust.", "Example Root"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			clock := testca.Clock().Format(time.RFC3339)
			args := append([]string{"probe", pbx.Addr, "--handset", "yealink-t28p", "--clock", clock, "--json",
				"--save", filepath.Join(dir, "p.pcapng"), "--keylog", filepath.Join(dir, "keys.txt"), "--html", filepath.Join(dir, "p.html")}, test.args...)
			code, out, errText := commandstest.Online(t, test.env, args...)
			if code != test.exit {
				t.Fatalf("exit code %d, want %d\n%s%s", code, test.exit, out, errText)
			}
			c := answer(t, out)
			switch {
			case c.SIP == nil:
				t.Errorf("no SIP: %s", c.codes())
			case test.code == "":
				if !c.SIP.Registered || !c.SIP.Removed || c.SIP.Status != 200 || c.SIP.Method != "REGISTER" {
					t.Errorf("SIP %+v, %s", c.SIP, c.codes())
				}
			case strings.HasPrefix(test.code, "trust."):
				if c.SIP.Method != "OPTIONS" || !strings.Contains(errText, "password") {
					t.Errorf("%s was sent to a server that the phone refuses, or nothing is said of that: %q", c.SIP.Method, errText)
				}
			}
			found := test.code == ""
			for _, f := range c.Findings {
				found = found || strings.HasPrefix(f.Code, test.code) && strings.Contains(f.Message, test.words) && f.Fix != ""
			}
			if !found {
				t.Errorf("no %s with %q: %+v", test.code, test.words, c.Findings)
			}
			for _, name := range []string{"p.pcapng", "keys.txt", "p.html"} {
				text, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil || len(text) == 0 {
					t.Errorf("%s: %d bytes, %v", name, len(text), err)
				}
				out += string(text)
			}
			_, plain, plainErr := commandstest.Online(t, test.env, without(args, "--json", "--html", "--save", "--keylog")...)
			for _, secret := range []string{sipPassword, "response="} {
				if strings.Contains(out+errText+plain+plainErr, secret) {
					t.Errorf("%q is printed or written", secret)
				}
			}
		})
	}
}

// without leaves flags out, and the values of those that have one.
func without(args []string, flags ...string) []string {
	var kept []string
	for i := 0; i < len(args); i++ {
		drop := false
		for _, flag := range flags {
			drop = drop || args[i] == flag
		}
		if !drop {
			kept = append(kept, args[i])
		} else if args[i] != "--json" {
			i++
		}
	}
	return kept
}

// TestRegisterNeedsAPassword: without one nothing is sent, and a hint says where
// it comes from.
func TestRegisterNeedsAPassword(t *testing.T) {
	code, _, errText := commandstest.Online(t, nil, "probe", commandstest.Nobody, "--handset", "yealink-t28p", "--register", "alice@example.com")
	if code != 1 || !strings.Contains(errText, "phonecert: hint: ") || !strings.Contains(errText, "--sip-password-file") {
		t.Errorf("exit code %d: %s", code, errText)
	}
}

// TestProvisioning: the phone fetches its file from a real HTTPS server.
func TestProvisioning(t *testing.T) {
	t.Parallel()
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "prov.example.com", testca.TLS)
	files := map[string][]byte{"/00005e005301.cfg": []byte("#!version:1.0.0.1\naccount.1.enable = 1\n")}
	serve := func(protocols string) string {
		return "https://" + realparts.Nginx(t, realparts.NginxConfig{
			Certificate: own.PEM(), Key: own.KeyPEM(t), Files: files, Directives: "ssl_protocols " + protocols + "; ssl_ciphers ALL:@SECLEVEL=0;",
		}).Addr
	}
	old, today := serve("TLSv1"), serve("TLSv1.2")
	root := realparts.WriteFile(t, "root.pem", ca.PEM())
	args := func(url string, more ...string) []string {
		return append([]string{url, "--handset", "yealink-t28p", "--mac", "00:00:5E:00:53:01"}, more...)
	}

	c := probed(t, 0, args(old+"/$MAC.cfg", "--custom", root)...)
	if h := c.HTTP; h == nil || h.Status != 200 || h.Looks != "phone configuration" || h.Type == "" || h.Length != len(files["/00005e005301.cfg"]) || c.Verdict != "registers" {
		t.Errorf("HTTP %+v, %s", c.HTTP, c.Verdict)
	}
	c = probed(t, 10, args(old+"/$MAC.boot", "--custom", root)...)
	if message, fix := c.finding("http.not-found"); !strings.Contains(message, "/00005e005301.boot") || fix == "" || c.HTTP.Status != 404 {
		t.Errorf("HTTP %+v, %s", c.HTTP, c.codes())
	}
	c = probed(t, 10, args(old+"/$MAC.cfg")...)
	if message, _ := c.finding("trust.unknown-ca"); message == "" {
		t.Errorf("private CA: %s", c.codes())
	}
	c = probed(t, 10, args(today+"/$MAC.cfg", "--custom", root)...)
	if message, fix := c.finding("version.none-common"); message == "" || fix == "" || !c.remedy("nginx", "ssl_protocols TLSv1") {
		t.Errorf("TLS 1.2 only: %s, %+v", c.codes(), c.Remedies)
	}
}

// remedy reports whether a line for a program is told.
func (c wireConnection) remedy(program, line string) bool {
	for _, r := range c.Remedies {
		if strings.EqualFold(r.Program, program) && strings.Contains(strings.Join(r.Lines, "\n"), line) {
			return true
		}
	}
	return false
}
