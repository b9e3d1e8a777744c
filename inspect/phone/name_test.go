package phone_test

import (
	"crypto/x509"
	"net"
	"testing"

	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestNames(t *testing.T) {
	root := testca.Root(t, "Root")
	exact := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	wild := root.Issue(t, "wild", testca.TLS, testca.DNS("*.example.com"))
	address := root.Issue(t, "address", testca.TLS, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 10)} })
	addressCN := root.Issue(t, "192.0.2.10", testca.TLS)
	beside := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("sip.example.com"))
	cases := []struct {
		name   string
		cert   *testca.Certificate
		server string
		check  phone.Choice
		only   string
		want   string
	}{
		{"exact", exact, "pbx.example.com", set("on"), "on", ""},
		{"exact, capitals", exact, "PBX.Example.Com.", set("on"), "on", ""},
		{"other (row 9)", exact, "sip.example.com", set("on"), "on", "name.mismatch"},
		{"other, not checked", exact, "sip.example.com", set("off"), "on", "-name.mismatch-not-checked"},
		{"other, whether it is checked is not known", exact, "sip.example.com", unsure(), "on", "?name.check-not-known"},
		{"other, and anything goes", exact, "sip.example.com", set("on"), "off", "-trust.accepts-anything ?name.mismatch-accepting-any"},
		{"by address", exact, "192.0.2.10", set("on"), "on", "name.mismatch"},
		{"address", address, "192.0.2.10", set("on"), "on", ""},
		{"address in CN", addressCN, "192.0.2.10", set("on"), "on", "?name.address-in-cn"},
		{"CN beside a subjectAltName", beside, "pbx.example.com", set("on"), "on", "?name.common-name"},
		{"wildcard (row 10)", wild, "pbx.example.com", set("on"), "on", "?name.wildcard"},
		{"wildcard, not checked", wild, "pbx.example.com", set("off"), "on", ""},
		{"wildcard, two labels", wild, "a.b.example.com", set("on"), "on", "name.mismatch"},
		{"no name given", exact, "", set("on"), "on", "?name.server-not-given"},
		{"no name given, not checked", exact, "", set("off"), "on", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := desk(t, "yealink-t28p")
			p.Settings.CNValidation, p.Settings.CA, p.Settings.OnlyTrusted = c.check, set("custom"), set(c.only)
			p.Custom = parsed(t, root)
			found := ask(t, p, phone.Server{Sent: parsed(t, c.cert), Name: c.server})
			wants(t, found, c.want)
			if c.want == "name.mismatch" && c.cert == exact {
				holds(t, found, "name.mismatch", "call the server pbx.example.com", "subjectAltName for "+c.server)
			}
		})
	}
}
