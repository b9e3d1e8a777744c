package phone_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/testca"
)

func policy(c *x509.Certificate) {
	oid, err := x509.OIDFromInts([]uint64{2, 23, 140, 1, 2, 1})
	if err != nil {
		panic(err)
	}
	c.Policies = []x509.OID{oid}
}

func years(from, to int) testca.Option {
	return testca.Between(testca.Clock().AddDate(from, 0, 0), testca.Clock().AddDate(to, 0, 0))
}

// TestCauses: one cause, one code, with the library's error, the alert and what
// the server's log shows.
func TestCauses(t *testing.T) {
	root := testca.Root(t, "Private Root")
	middle := root.Issue(t, "Private Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	public := middle.Issue(t, "pbx.example.com", testca.TLS, policy)
	direct := root.Issue(t, "pbx.example.com", testca.TLS)
	self := testca.Self(t, "pbx.example.com")
	noRoot := testca.Self(t, "pbx.example.com", testca.TLS)
	old := testca.Root(t, "Old Root", years(-20, 9))
	oldLeaf := old.Issue(t, "pbx.example.com", testca.TLS, policy)
	gone := testca.Root(t, "Gone Root", years(-20, -1))
	goneLeaf := gone.Issue(t, "pbx.example.com", testca.TLS)
	expired := middle.Issue(t, "pbx.example.com", testca.TLS, years(-2, -1))
	goneMiddle := root.Issue(t, "Gone Intermediate", testca.CA, years(-2, -1))
	underGone := goneMiddle.Issue(t, "pbx.example.com", testca.TLS)
	pss := root.Issue(t, "pbx.example.com", testca.TLS, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA256WithRSAPSS })
	noCA := root.Issue(t, "No CA", testca.CA, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 })
	underNoCA := noCA.Issue(t, "pbx.example.com", testca.TLS)
	short := root.Issue(t, "Short", testca.CA, func(c *x509.Certificate) { c.MaxPathLenZero = true })
	below := short.Issue(t, "Below", testca.CA)
	tooDeep := below.Issue(t, "pbx.example.com", testca.TLS)
	mail := root.Issue(t, "pbx.example.com", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	strange := root.Issue(t, "pbx.example.com", testca.TLS, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
	})
	narrow := root.Issue(t, "Narrow", testca.CA, func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"example.org"}
	})
	outside := narrow.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	other := testca.Root(t, "Impostor")
	named := *root.Certificate
	named.PublicKey = nil
	impostor := (&testca.Certificate{Certificate: &named, Key: other.Key}).IssueKey(t, "Private Root", other.Key, testca.CA,
		func(c *x509.Certificate) { c.SubjectKeyId = root.SubjectKeyId })
	certs := func(c ...*testca.Certificate) []*testca.Certificate { return c }

	custom := func(c ...*testca.Certificate) func(*phone.Phone) {
		return func(p *phone.Phone) { p.Settings.CA, p.Custom = set("custom"), parsed(t, c...) }
	}
	cases := []struct {
		name   string
		id     string
		sent   []*testca.Certificate
		change func(*phone.Phone)
		want   string
		words  []string
	}{
		{"private CA (row 6)", "yealink-t28p", certs(leaf, middle, root), nil, "trust.unknown-ca", []string{
			"X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN 19", "unknown_ca", "tlsv1 alert unknown ca", `upload the root "Private Root"`, "private CA"}},
		{"private CA, no list at all", "yealink-t2xp-2010", certs(leaf, middle, root), func(p *phone.Phone) { p.Settings.OnlyTrusted, p.Settings.CNValidation = set("on"), set("off") }, "trust.unknown-ca", []string{"no built-in"}},
		{"private CA, the root not sent", "yealink-t28p", certs(leaf, middle), nil, "trust.unknown-ca", []string{"private CA", "is not sent", "20"}},
		{"private CA, the leaf alone sent", "yealink-t28p", certs(direct), nil, "trust.unknown-ca", []string{"private CA", "key identifier"}},
		{"public CA, the root not sent", "yealink-t28p", certs(public, middle), nil, "?trust.unknown-ca", []string{"probably", "as far as it is known lacks", "20"}},
		{"private CA, the root at hand and Default", "yealink-t28p", certs(direct), func(p *phone.Phone) { p.Settings.CA, p.Custom = set("default"), parsed(t, root) }, "trust.ca-setting", []string{"set CA Certificates to custom", "is default"}},
		{"public CA's young root (row 2)", "yealink-t28p", certs(public, middle, root), nil, "trust.root-too-young", []string{"2015", "2023", "upload the root", "set CA Certificates to all"}},
		{"whether trust is checked is not known", "yealink-t2xp-2010", certs(leaf, middle, root), func(p *phone.Phone) { p.Settings.CNValidation = set("off") }, "?trust.unknown-ca ?trust.only-trusted-not-known", nil},
		{"uploaded, CA setting not known", "yealink-t28p", certs(leaf, middle, root), func(p *phone.Phone) { p.Custom = parsed(t, root) }, "?trust.ca-setting-not-known", []string{"default: no, custom: yes, all: yes"}},
		{"uploaded", "yealink-t28p", certs(leaf, middle, root), custom(root), "", nil},
		{"only the intermediate uploaded (row 7)", "yealink-t28p", certs(leaf, middle), custom(middle), "trust.intermediate-only", []string{`"Private Intermediate"`, `"Private Root"`}},
		{"only the intermediate uploaded, the root sent", "yealink-t28p", certs(leaf, middle, root), custom(middle), "trust.intermediate-only", []string{`upload the root "Private Root"`}},
		{"only the intermediate uploaded, the leaf alone sent", "yealink-t28p", certs(leaf), custom(middle), "trust.intermediate-only", []string{"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT 2"}},
		{"intermediate not sent (row 8)", "yealink-t28p", certs(leaf), custom(root), "trust.missing-intermediate", []string{"full chain", `"Private Intermediate"`}},
		{"intermediate not sent, public CA", "yealink-t28p", certs(public), nil, "?trust.missing-intermediate", nil},
		{"self-signed server", "yealink-t28p", certs(self), custom(root), "trust.self-signed-server", []string{"DEPTH_ZERO_SELF_SIGNED_CERT 18", `upload the root "pbx.example.com"`}},
		{"self-signed server that may not sign", "yealink-t28p", certs(noRoot), custom(root), "trust.self-signed-server", []string{"from a CA"}},
		{"uploaded and Default, library not known", "yealink-t5x-v86", certs(direct), func(p *phone.Phone) { p.Settings.CA, p.Custom = set("default"), parsed(t, root) }, "trust.ca-setting", nil},
		{"anything goes", "yealink-t28p", certs(leaf), func(p *phone.Phone) { p.Settings.OnlyTrusted = set("off") }, "-trust.accepts-anything", nil},
		{"old root, list not certain", "yealink-t28p", certs(oldLeaf, old), nil, "?trust.unknown-ca", []string{"as far as it is known lacks"}},
		{"old root, list given", "yealink-t28p", certs(oldLeaf, old), func(p *phone.Phone) {
			p.Builtin = phone.Builtin{Listed: true, Basis: finding.Documented, Source: "a test"}
		}, "trust.unknown-ca", nil},
		{"old root on a list that is assumed", "yealink-t28p", certs(oldLeaf), func(p *phone.Phone) {
			p.Builtin = phone.Builtin{Listed: true, Basis: finding.Assumed, Source: "a test", Certificates: parsed(t, old)}
			p.Settings.CA = set("default")
		}, "?trust.root-probably-held", []string{"--builtin", "upload the root"}},
		{"root of the store expired", "yealink-t28p", certs(goneLeaf), custom(gone), "trust.root-expired", []string{"certificate_expired", "sslv3 alert certificate expired"}},
		{"expired", "yealink-t28p", certs(expired, middle), custom(root), "trust.expired", []string{"renew"}},
		{"intermediate expired", "yealink-t28p", certs(underGone, goneMiddle), custom(root), "trust.intermediate-expired", nil},
		{"clock before NTP (row 11)", "yealink-t28p", certs(leaf, middle), func(p *phone.Phone) {
			custom(root)(p)
			p.Clock = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "trust.not-yet-valid", []string{"2010-01-01", "NTP server by its IP address", "set the phone's clock", "bad_certificate"}},
		{"PSS", "yealink-t28p", certs(pss), custom(root), "trust.signature-algorithm", []string{"RSASSA-PSS", "decrypt_error"}},
		{"a root of the same name", "yealink-t28p", certs(direct), custom(impostor), "trust.bad-signature", nil},
		{"two roots of the same name", "yealink-t28p", certs(direct), custom(impostor, root), "?trust.same-subject", nil},
		{"no CA", "yealink-t28p", certs(underNoCA, noCA), custom(root), "trust.not-a-ca", nil},
		{"path length", "yealink-t28p", certs(tooDeep, below, short), custom(root), "trust.path-length", nil},
		{"purpose", "yealink-t28p", certs(mail), custom(root), "trust.purpose", nil},
		{"critical extension", "yealink-t28p", certs(strange), custom(root), "trust.critical-extension", []string{"1.2.3.4"}},
		{"name constraints", "yealink-t28p", certs(outside, narrow), custom(root), "trust.name-not-permitted", nil},
		{"PSS, all libraries with TLS 1.2 know it", "yealink-t5x-v86", certs(pss), custom(root), "", nil},
		{"SHA-2, library not known", "yealink-vp-t49g", certs(direct), custom(root), "?trust.library-not-known", []string{"openssl-0.9.8: not known", "openssl-3: yes"}},
		// An 0.9.8 without SHA-2 stops before the dates; all others stop there.
		{"expired, library not known", "yealink-vp-t49g", certs(expired, middle), custom(root), "trust.expired", []string{"expired on"}},
		{"the list of another phone is not known", "yealink-t5x-v86", certs(public, middle, root), nil, "?trust.unknown-ca", nil},
		{"the list of another phone is not known, private CA", "yealink-t5x-v86", certs(leaf, middle, root), nil, "trust.unknown-ca", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := desk(t, c.id)
			if c.change != nil {
				c.change(p)
			}
			found := ask(t, p, phone.Server{Sent: parsed(t, c.sent...), Name: "pbx.example.com"})
			wants(t, found, c.want)
			if len(c.words) > 0 && len(found) > 0 {
				holds(t, found, found[0].Code, c.words...)
			}
		})
	}
}

// TestCrossSign is row 1, the case of DST Root CA X3 with made-up names: the
// server sends a cross-sign of a root that the phone holds.
func TestCrossSign(t *testing.T) {
	oldRoot := testca.Root(t, "Old Root", years(-20, -1))
	newRoot := testca.Root(t, "New Root")
	cross := oldRoot.IssueKey(t, "New Root", newRoot.Key, testca.CA)
	middle := newRoot.Issue(t, "R3", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS)
	server := phone.Server{Sent: parsed(t, leaf, middle, cross), Name: "pbx.example.com"}

	p := desk(t, "yealink-t28p")
	p.Settings.CA, p.Custom = set("custom"), parsed(t, newRoot)
	found := ask(t, p, server)
	wants(t, found, "trust.cross-sign")
	holds(t, found, "trust.cross-sign", `"New Root" cross-signed by "Old Root"`, `--preferred-chain "New Root"`, "20", "unknown_ca")

	p.Custom = parsed(t, newRoot, oldRoot)
	found = ask(t, p, server)
	wants(t, found, "trust.cross-sign")
	holds(t, found, "trust.cross-sign", "CERT_HAS_EXPIRED 10", "certificate_expired")

	// The change that is suggested makes it pass.
	v := p.Judge(server)
	if v.Changes[0].Kind != trust.DropCertificate {
		t.Fatalf("the first change is %+v", v.Changes[0])
	}
	mended := server
	mended.Sent = parsed(t, leaf, middle)
	wants(t, ask(t, p, mended), "")

	// While the old root lives, the phone trusts; the day is told.
	living := testca.Root(t, "Living Root", years(-20, 1))
	alive := living.IssueKey(t, "New Root", newRoot.Key, testca.CA)
	p.Custom = parsed(t, newRoot, living)
	found = ask(t, p, phone.Server{Sent: parsed(t, leaf, middle, alive), Name: "pbx.example.com"})
	wants(t, found, "~trust.cross-sign-in-use")
	holds(t, found, "trust.cross-sign-in-use", "2025-06-01")

	// Later libraries look into their store first.
	p.Custom = parsed(t, newRoot)
	p.Profile.Crypto.Library.Value = handset.OpenSSL11
	wants(t, ask(t, p, server), "")
}

func TestNoCertificate(t *testing.T) {
	wants(t, ask(t, desk(t, "yealink-t28p"), phone.Server{}), "trust.no-certificate")
}

// TestAgreement: whatever the settings, the findings and the verdict agree, and
// every open finding says what would settle it.
func TestAgreement(t *testing.T) {
	root := testca.Root(t, "Private Root")
	middle := root.Issue(t, "Private Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com", "*.example.org"))
	old := testca.Root(t, "Old Root", years(-20, 9))
	oldLeaf := old.Issue(t, "pbx.example.com", testca.TLS, years(-1, 1), policy)
	chains := [][]*testca.Certificate{{leaf}, {leaf, middle}, {leaf, middle, root}, {oldLeaf}, {oldLeaf, old}, {root}}
	onOff := []phone.Choice{set("on"), set("off"), unsure()}
	for _, id := range handset.Shipped() {
		for _, only := range onOff {
			for _, check := range onOff {
				for _, ca := range []phone.Choice{set("default"), set("custom"), set("all"), unsure()} {
					for i, custom := range [][]*testca.Certificate{nil, {root}, {middle}} {
						if i != len(id)%3 && id != "yealink-t28p" {
							continue // one kind of store a profile is enough
						}
						p := desk(t, id)
						p.Settings.OnlyTrusted, p.Settings.CNValidation, p.Settings.CA, p.Custom = only, check, ca, parsed(t, custom...)
						for j, chain := range chains {
							name := []string{"", "pbx.example.com", "sip.example.com", "a.example.org", "192.0.2.10"}[(i+j+len(id))%5]
							ask(t, p, phone.Server{Sent: parsed(t, chain...), Name: name})
						}
					}
				}
			}
		}
	}
}
