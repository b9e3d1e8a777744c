package wire_test

import (
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestServerNameDecides: that the T28P sends no server name is assumed. Where
// the server presents another certificate to clients that do, and the phone
// takes only one of the two, the answer is not known.
func TestServerNameDecides(t *testing.T) {
	t.Parallel()
	known, strange := testca.Root(t, "Example Root"), testca.Root(t, "Other Example Root")
	good, bad := known.Issue(t, "localhost", testca.TLS), strange.Issue(t, "localhost", testca.TLS)
	root := realparts.WriteFile(t, "root.pem", known.PEM())
	named := func(t *testing.T, unnamed, named *testca.Certificate) string {
		addr := server(t, unnamed, nil, "-tls1", "-servername", "localhost",
			"-cert2", realparts.WriteFile(t, "c2.pem", named.PEM()), "-key2", realparts.WriteFile(t, "k2.pem", named.KeyPEM(t)))
		return "localhost:" + commandstest.Port(addr)
	}
	tests := []struct {
		name           string
		unnamed, named *testca.Certificate
		args           []string
		exit           int
		code           string
	}{
		{"the one without name is taken", good, bad, nil, 11, "sni.other-chain"},
		{"the one with name is taken", bad, good, nil, 11, "sni.better-chain"},
		{"a name is given", bad, good, []string{"--server-name", "localhost"}, 11, ""},
		{"known to be sent", bad, good, []string{"--sni", "on"}, 11, ""},
		{"known not to be sent", bad, good, []string{"--sni", "off"}, 10, "trust.missing-intermediate"},
		{"none is taken", bad, bad, nil, 10, "trust.missing-intermediate"},
		{"both are taken", good, good, nil, 11, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{named(t, test.unnamed, test.named), "--handset", "yealink-t28p", "--custom", root, "--timeout", "10s"}, test.args...)
			c := probed(t, test.exit, args...)
			if message, _ := c.finding(test.code); test.code != "" && message == "" {
				t.Errorf("no %s in %s", test.code, c.codes())
			}
			if message, _ := c.finding("sni.other-chain"); test.code == "" && message != "" {
				t.Errorf("told without need: %s", message)
			}
		})
	}
}
