package rules_test

import (
	"crypto/x509"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/testca"
)

// set is a choice made on the command line.
func set(value string) phone.Choice {
	return phone.Choice{Value: value, Basis: finding.Documented, Source: "a test"}
}

// with is the question for a phone that differs.
func with(q rules.Question, change func(*phone.Phone)) rules.Question {
	p := *q.Phone
	change(&p)
	q.Phone = &p
	return q
}

// TestPBX holds the rules about the file of a chain; what the phone makes of it
// is tested where that is decided.
func TestPBX(t *testing.T) {
	root := testca.Root(t, "Private Root")
	middle := root.Issue(t, "Private Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	other := testca.Root(t, "Other Root")
	gone := testca.Between(testca.Clock().AddDate(-2, 0, 0), testca.Clock().AddDate(-1, 0, 0))
	spent := middle.Issue(t, "pbx.example.com", testca.TLS, gone)
	spentCA := testca.Root(t, "Spent Root", gone)
	mail := middle.Issue(t, "pbx.example.com", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	full := join(leaf.PEM(), middle.PEM(), root.PEM())
	off := func(p *phone.Phone) { p.Settings.OnlyTrusted = set("off") }
	cases := []struct {
		name   string
		data   []byte
		change func(*phone.Phone)
		want   string
		not    string
	}{
		{"sound", full, nil, "-pbx.settings -pbx.extent -pbx.reboot", "trust.unknown-ca"},
		{"out of order", join(leaf.PEM(), root.PEM(), middle.PEM()), nil, "~pbx.order", ""},
		{"CA first", join(middle.PEM(), leaf.PEM()), nil, "pbx.leaf-not-first", "trust.unknown-ca"},
		{"a stranger in it", join(leaf.PEM(), middle.PEM(), other.PEM()), nil, "~pbx.unrelated", ""},
		{"an expired stranger", join(leaf.PEM(), middle.PEM(), spentCA.PEM()), nil, "~validity.expired ~pbx.unrelated", ""},
		{"expired, told once", join(spent.PEM(), middle.PEM()), nil, "trust.expired", "validity.expired"},
		{"expired, and the root unknown", join(spent.PEM(), middle.PEM()), func(p *phone.Phone) { p.Custom = nil }, "trust.unknown-ca validity.expired", ""},
		{"expired, and nobody looks", join(spent.PEM(), middle.PEM()), off, "-trust.accepts-anything", "validity.expired"},
		{"expired, and nobody knows", join(spent.PEM(), middle.PEM()), func(p *phone.Phone) {
			p.Settings.OnlyTrusted = phone.Choice{Basis: finding.Assumed, Source: "a test"}
			p.Custom = nil
		}, "?trust.unknown-ca ?validity.expired", ""},
		{"for mail", join(mail.PEM(), middle.PEM()), nil, "trust.purpose", "usage.server-auth"},
		{"for mail, and the root unknown", join(mail.PEM(), middle.PEM()), func(p *phone.Phone) { p.Custom = nil }, "trust.unknown-ca usage.server-auth", ""},
		{"EC key", testca.ECRoot(t, "EC").PEM(), nil, "suites.key-type", "algorithm.key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := ask(t, "yealink-t28p", handset.PBX)
			q.Server, q.Settings.CA = "pbx.example.com", set("custom")
			q.Custom = []*certificate.Certificate{parsed(t, root)}
			if c.change != nil {
				c.change(q.Phone)
			}
			found := check("chain.pem", c.data, q)
			wants(t, found, c.want)
			if slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Code == c.not }) {
				t.Errorf("%s is told as well: %+v", c.not, found)
			}
		})
	}
}

// TestPBXIssuerWithECKey: what a profile says of keys outweighs the library.
func TestPBXIssuerWithECKey(t *testing.T) {
	root := testca.ECRoot(t, "EC Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	q := ask(t, "yealink-t28p", handset.PBX)
	q.Settings.CA, q.Custom = set("custom"), []*certificate.Certificate{parsed(t, root)}
	wants(t, check("chain.pem", join(leaf.PEM(), root.PEM()), q), "?algorithm.key-trusted")
	wants(t, check("chain.pem", join(leaf.PEM()), q), "-pbx.extent")
}

// TestPBXHashOfProfile: a profile that lacks a digest refuses what the library
// would take.
func TestPBXHashOfProfile(t *testing.T) {
	root := testca.Root(t, "Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	q := ask(t, "yealink-t28p", handset.PBX)
	q.Settings.CA, q.Custom = set("custom"), []*certificate.Certificate{parsed(t, root)}
	q.Profile.Crypto.Hashes.Value = []string{"MD5", "SHA-1"}
	wants(t, check("chain.pem", leaf.PEM(), q), "algorithm.hash")
}
