package server_test

import (
	"bytes"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/server"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestPrograms: programs of today that are held to what they can still be held
// to.
func TestPrograms(t *testing.T) {
	const openssl = "s_client -connect %s -CAfile %s -verify_return_error -quiet -no_ign_eof -nocommands "
	const gnutls = "--x509cafile %[2]s --no-ocsp --verify-hostname pbx.example.com --disable-sni %[1]s "
	tests := []struct{ program, arguments, suite string }{
		{"openssl", openssl + "-tls1 -cipher DHE-RSA-AES256-SHA:@SECLEVEL=0", "DHE"},
		{"openssl", openssl + "-tls1_1 -cipher DHE-RSA-AES128-SHA:@SECLEVEL=0", "DHE"},
		{"openssl", openssl + "-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0", "DHE"},
		{"openssl", openssl + "-tls1_2 -cipher AES128-SHA256:@SECLEVEL=0", "RSA"},
		{"gnutls-cli", gnutls + "--priority NORMAL:-VERS-ALL:+VERS-TLS1.0:-KX-ALL:+DHE-RSA:%%COMPAT", "DHE"},
		{"gnutls-cli", gnutls + "--priority NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA", "DHE"},
	}
	for _, test := range tests {
		t.Run(test.program+" "+test.arguments[strings.LastIndex(test.arguments, " -")+1:], func(t *testing.T) {
			program := realparts.Need(t, test.program)
			own := identity(t)
			ca := realparts.WriteFile(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[1]}))
			address, ended := listen(t, server.Config{Certificate: own})
			line := strings.Replace(strings.Replace(test.arguments, "%[2]s", ca, 1), "%[1]s", "127.0.0.1", 1)
			line = strings.Replace(strings.Replace(strings.Replace(line, "%s", address, 1), "%s", ca, 1), "%%", "%", 1)
			if test.program == "gnutls-cli" {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					t.Fatal(err)
				}
				line += " --port " + port
			}
			cmd := exec.CommandContext(t.Context(), program, strings.Fields(line)...)
			cmd.Env = append(os.Environ(), "OPENSSL_CONF=/dev/null")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out := &until{word: []byte("hello"), found: func() { in.Close() }}
			cmd.Stdout, cmd.Stderr = out, out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			in.Write([]byte("hello\n"))
			r := <-ended
			in.Close()
			cmd.Wait()
			if r.err != nil || r.echo != nil || out.found != nil {
				t.Errorf("%v, %v, %s", r.err, r.echo, out.all.Bytes())
			}
		})
	}
}

// until waits for a word.
type until struct {
	word  []byte
	found func()
	all   bytes.Buffer
}

func (u *until) Write(b []byte) (int, error) {
	u.all.Write(b)
	if u.found != nil && bytes.Contains(u.all.Bytes(), u.word) {
		u.found()
		u.found = nil
	}
	return len(b), nil
}
