package extension_test

import (
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// read gives certificates of the vectors as a release with the rules reads them.
func read(t *testing.T, rules extension.Rules, ids ...string) (list []*extension.Certificate) {
	t.Helper()
	_, certificates := trusttest.Vectors(t)
	for _, c := range trusttest.Pick(trusttest.Parsed(t, certificates), ids) {
		list = append(list, rules.Read(c))
	}
	return list
}

// TestCertificate: what follows from a root, a CA under it and a server.
func TestCertificate(t *testing.T) {
	list := read(t, extension.Rules{}, "root", "inter", "server")
	root, inter, server := list[0], list[1], list[2]
	if !root.SelfSigned() || !root.NamesItself() || inter.SelfSigned() || server.NamesItself() {
		t.Error("the root alone is self-signed")
	}
	if !root.MayHaveIssued(inter) || !inter.MayHaveIssued(server) || root.MayHaveIssued(server) || server.MayHaveIssued(inter) {
		t.Error("the issuers are not told apart")
	}
	if !inter.ActsAsCA(true) || server.ActsAsCA(false) {
		t.Error("the CAs are not told apart")
	}
	if !server.ServesTLS(false) || server.PathLength != -1 || len(server.Unhandled) > 0 || server.Proxy {
		t.Error("the server's certificate is not one")
	}
}

// TestPermits: constraints hold, and a comparison has its price.
func TestPermits(t *testing.T) {
	list := read(t, extension.Rules{Constraints: true}, "nc-inter-DNS within", "nc-server-DNS within", "www")
	inter, server, other := list[0], list[1], list[2]
	left := 100
	if code := inter.Permits(server, true, &left); code != errcode.OK || left == 100 {
		t.Errorf("code %d, %d left", code, left)
	}
	if code := other.Permits(server, true, &left); code != errcode.OK {
		t.Errorf("no constraints: code %d", code)
	}
	left = 0
	if code := inter.Permits(server, true, &left); code != errcode.Unspecified {
		t.Errorf("nothing left: code %d", code)
	}
}
