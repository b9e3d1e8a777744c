package rules_test

import (
	"crypto/x509"
	"net"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/testca"
)

// set is a choice made on the command line.
func set(value string) rules.Choice {
	return rules.Choice{Value: value, Basis: finding.Documented, Source: "a test"}
}

func TestPBXAnchor(t *testing.T) {
	root := testca.Root(t, "Private Root")
	middle := root.Issue(t, "Private Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	old := testca.Root(t, "Old Root", testca.Between(testca.Clock().AddDate(-20, 0, 0), testca.Clock().AddDate(9, 0, 0)))
	oldLeaf := old.Issue(t, "pbx.example.com", testca.TLS)
	gone := testca.Root(t, "Gone Root", testca.Between(testca.Clock().AddDate(-20, 0, 0), testca.Clock().AddDate(-1, 0, 0)))
	goneLeaf := gone.Issue(t, "pbx.example.com", testca.TLS)
	full := join(leaf.PEM(), middle.PEM(), root.PEM())

	cases := []struct {
		name   string
		id     string
		data   []byte
		custom []*testca.Certificate
		change func(*rules.Question)
		want   string
	}{
		{"private root, young", "yealink-t28p", full, nil, nil, "pbx.root-too-young"},
		{"private root, no list at all", "yealink-t2xp-2010", full, nil, func(q *rules.Question) { q.Trust.OnlyTrusted = set("on") }, "pbx.no-builtin"},
		{"whether trust is checked is not known", "yealink-t2xp-2010", full, nil, nil, "?pbx.only-trusted-not-known"},
		{"uploaded, CA setting not known", "yealink-t28p", full, list(root), nil, "?pbx.ca-setting-not-known"},
		{"uploaded, all", "yealink-t28p", full, list(root), func(q *rules.Question) { q.Trust.CA = set("all") }, "-pbx.reboot"},
		{"uploaded, custom", "yealink-t28p", join(leaf.PEM(), middle.PEM()), list(root), func(q *rules.Question) { q.Trust.CA = set("custom") }, "-pbx.extent"},
		{"uploaded, default", "yealink-t28p", full, list(root), func(q *rules.Question) { q.Trust.CA = set("default") }, "pbx.root-too-young"},
		{"custom without it", "yealink-t28p", full, nil, func(q *rules.Question) { q.Trust.CA = set("custom") }, "pbx.not-custom"},
		{"only the intermediate uploaded", "yealink-t28p", join(leaf.PEM()), list(middle), func(q *rules.Question) { q.Trust.CA = set("custom") }, "pbx.not-custom"},
		{"anything goes", "yealink-t28p", full, nil, func(q *rules.Question) { q.Trust.OnlyTrusted = set("off") }, "-pbx.trusts-anything"},
		{"issuer not sent", "yealink-t28p", leaf.PEM(), nil, nil, "?pbx.issuer-not-sent"},
		{"old root, list not certain", "yealink-t28p", join(oldLeaf.PEM(), old.PEM()), nil, nil, "?pbx.root-not-known"},
		{"list given by the user", "yealink-t28p", join(oldLeaf.PEM(), old.PEM()), nil, func(q *rules.Question) {
			q.Builtin = rules.Builtin{Listed: true, Basis: finding.Documented, Source: "a test"}
		}, "pbx.not-listed"},
		{"root of the store expired", "yealink-t28p", goneLeaf.PEM(), list(gone), func(q *rules.Question) { q.Trust.CA = set("custom") }, "pbx.root-expired"},
		{"out of order", "yealink-t28p", join(leaf.PEM(), root.PEM(), middle.PEM()), list(root), func(q *rules.Question) { q.Trust.CA = set("all") }, "~pbx.order"},
		{"CA first", "yealink-t28p", join(middle.PEM(), leaf.PEM()), list(root), nil, "pbx.leaf-not-first"},
		{"a stranger in it", "yealink-t28p", join(leaf.PEM(), middle.PEM(), old.PEM()), list(root), nil, "~pbx.unrelated"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := ask(t, c.id, handset.PBX)
			q.Server = "pbx.example.com"
			for _, custom := range c.custom {
				q.Trust.Custom = append(q.Trust.Custom, parsed(t, custom))
			}
			if c.change != nil {
				c.change(&q)
			}
			wants(t, check("chain.pem", c.data, q), c.want)
		})
	}
}

func list(certs ...*testca.Certificate) []*testca.Certificate { return certs }

// TestPBXCrossSign is the DST Root CA X3 case with made-up names: the server
// sends a cross-sign of a root that the phone holds.
func TestPBXCrossSign(t *testing.T) {
	oldRoot := testca.Root(t, "Old Root", testca.Between(testca.Clock().AddDate(-20, 0, 0), testca.Clock().AddDate(-1, 0, 0)))
	newRoot := testca.Root(t, "New Root")
	cross := oldRoot.IssueKey(t, "New Root", newRoot.Key, testca.CA)
	leaf := newRoot.Issue(t, "pbx.example.com", testca.TLS)
	q := ask(t, "yealink-t28p", handset.PBX)
	q.Trust.CA = set("custom")
	q.Trust.Custom = []*certificate.Certificate{parsed(t, newRoot)}
	wants(t, check("chain.pem", join(leaf.PEM(), cross.PEM()), q), "pbx.not-custom ~pbx.cross-sign")

	q.Profile.Crypto.Library.Value = handset.OpenSSL11
	found := check("chain.pem", join(leaf.PEM(), cross.PEM()), q)
	if slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Severity == finding.Error }) {
		t.Errorf("OpenSSL 1.1 looks into its store first: %+v", found)
	}
}

func TestPBXNames(t *testing.T) {
	root := testca.Root(t, "Root")
	exact := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	wild := root.Issue(t, "wild", testca.TLS, testca.DNS("*.example.com"))
	address := root.Issue(t, "address", testca.TLS, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 10)} })
	addressCN := root.Issue(t, "192.0.2.10", testca.TLS)
	cases := []struct {
		name   string
		cert   *testca.Certificate
		server string
		check  string
		want   string
	}{
		{"exact", exact, "pbx.example.com", "on", "-pbx.extent"},
		{"exact, capitals", exact, "PBX.Example.Com.", "on", "-pbx.extent"},
		{"other", exact, "sip.example.com", "on", "name.mismatch"},
		{"other, not checked", exact, "sip.example.com", "off", "-name.mismatch-not-checked"},
		{"by address", exact, "192.0.2.10", "on", "name.mismatch"},
		{"address", address, "192.0.2.10", "on", "-pbx.extent"},
		{"address in CN", addressCN, "192.0.2.10", "on", "?name.address-in-cn"},
		{"wildcard", wild, "pbx.example.com", "on", "?name.wildcard"},
		{"wildcard, two labels", wild, "a.b.example.com", "on", "name.mismatch"},
		{"no name given", exact, "", "on", "?name.server-not-given"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := ask(t, "yealink-t28p", handset.PBX)
			q.Trust.CNValidation, q.Trust.CA = set(c.check), set("custom")
			q.Trust.Custom = []*certificate.Certificate{parsed(t, root)}
			q.Server = c.server
			found := check("chain.pem", c.cert.PEM(), q)
			wants(t, found, c.want)
			if c.want == "-pbx.extent" && finding.Decide(found, false) != finding.Accepted {
				t.Errorf("not accepted: %+v", found)
			}
		})
	}
}

func TestPBXSettingsNotCertain(t *testing.T) {
	root := testca.Root(t, "Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	q := ask(t, "matrix-vp710", handset.PBX)
	q.Server = "sip.example.com"
	wants(t, check("chain.pem", join(leaf.PEM(), root.PEM()), q), "?name.check-not-known ?pbx.only-trusted-not-known")
}

func TestPBXKeyOfWrongKind(t *testing.T) {
	ec := testca.ECRoot(t, "EC Root")
	q := ask(t, "yealink-t28p", handset.PBX)
	wants(t, check("chain.pem", ec.PEM(), q), "algorithm.key")
}
