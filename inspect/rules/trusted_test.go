package rules_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestTrusted(t *testing.T) {
	root := testca.Root(t, "Example Root")
	middle := root.Issue(t, "Example Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS)
	now := testca.Clock()
	sha1Signed := root.Issue(t, "SHA-1", testca.CA, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }).PEM()
	cases := []struct {
		name string
		file string
		data []byte
		id   string
		want string
	}{
		{"root", "root.pem", root.PEM(), "yealink-t28p", ""},
		{"root in DER", "root.der", root.Raw, "yealink-t28p", ""},
		{"root in DER, old phone", "root.der", root.Raw, "yealink-t2xp-2010", "format.extension ?format.der"},
		{"wrong ending", "root.txt", root.PEM(), "yealink-t28p", "format.extension"},
		{"no ending", "root", root.PEM(), "yealink-t28p", "format.no-extension"},
		{"capital ending", "ROOT.PEM", root.PEM(), "yealink-t28p", "~format.extension-case"},
		{"crt for the old phone", "root.crt", root.PEM(), "yealink-t2xp-2010", "format.extension"},
		{"DER named pem", "root.pem", root.Raw, "yealink-t28p", "?format.der-named-pem"},
		{"PEM named der", "root.der", root.PEM(), "yealink-t28p", "?format.pem-named-der"},
		{"DER named crt", "root.crt", root.Raw, "yealink-t28p", "~format.der-named-crt"},
		{"process substitution", "/dev/fd/63", root.PEM(), "yealink-t28p", "-format.name-not-given"},
		{"standard input", "-", root.PEM(), "yealink-t28p", "-format.name-not-given"},
		{"intermediate", "sub.pem", middle.PEM(), "yealink-t28p", "trusted.intermediate"},
		{"leaf", "leaf.pem", leaf.PEM(), "yealink-t28p", "trusted.leaf"},
		{"self-signed server", "self.pem", testca.Self(t, "pbx", testca.TLS).PEM(), "yealink-t28p", "~trusted.not-ca"},
		{"bundle", "all.pem", join(root.PEM(), middle.PEM()), "yealink-t28p", "?trusted.several-not-known ~trusted.intermediate-beside-root"},
		{"with the CA's key", "root.pem", join(root.PEM(), root.KeyPEM(t)), "yealink-t28p", "trusted.private-key"},
		{"key alone", "root.pem", root.KeyPEM(t), "yealink-t28p", "content.key"},
		{"expired", "root.pem", testca.Root(t, "Old", testca.Between(now.AddDate(-9, 0, 0), now.AddDate(-1, 0, 0))).PEM(), "yealink-t28p", "validity.expired"},
		{"not yet", "root.pem", testca.Root(t, "New", testca.Between(now.AddDate(1, 0, 0), now.AddDate(9, 0, 0))).PEM(), "yealink-t28p", "validity.not-yet"},
		{"ends soon", "root.pem", testca.Root(t, "Soon", testca.Between(now.AddDate(-1, 0, 0), now.Add(48*time.Hour))).PEM(), "yealink-t28p", "~validity.ends-soon"},
		{"after 2038", "root.pem", testca.Root(t, "Long", testca.Between(now.AddDate(-1, 0, 0), now.AddDate(30, 0, 0))).PEM(), "yealink-t28p", "~validity.after-clock"},
		{"backwards", "root.pem", testca.Root(t, "Back", testca.Between(now.AddDate(1, 0, 0), now.AddDate(-1, 0, 0))).PEM(), "yealink-t28p", "validity.reversed"},
		{"EC root", "root.pem", testca.ECRoot(t, "EC").PEM(), "yealink-t28p", "?algorithm.key-trusted"},
		{"EC root, library not known", "root.pem", testca.ECRoot(t, "EC").PEM(), "yealink-t5x-v86", "?algorithm.key-not-known"},
		{"endings not known", "root.pem", root.PEM(), "yealink-t5x-v86", "?format.endings-not-known"},
		{"hash not known", "sub.pem", sha1Signed, "yealink-t5x-v86", "?algorithm.hash-not-known"},
		{"hash weak", "sub.pem", sha1Signed, "yealink-t28p", "-algorithm.hash-weak"},
		{"PSS", "sub.pem", root.Issue(t, "PSS", testca.CA, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA256WithRSAPSS }).PEM(), "yealink-t28p", "algorithm.rsa-pss trusted.intermediate"},
		{"no keyCertSign", "root.pem", testca.Root(t, "Usage", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }).PEM(), "yealink-t28p", "usage.cert-sign"},
		{"critical extension", "root.pem", testca.Root(t, "Critical", func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
		}).PEM(), "yealink-t28p", "~usage.critical-in-store"},
		{"self-signed server, library not known", "self.pem", testca.Self(t, "pbx", testca.TLS).PEM(), "yealink-t5x-v86", "~trusted.one-server"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wants(t, check(c.file, c.data, ask(t, c.id, handset.Trusted)), c.want)
		})
	}
}

func TestTrustedAlreadyThere(t *testing.T) {
	root := testca.Root(t, "Example Root")
	again := testca.Root(t, "Example Root", func(c *x509.Certificate) { c.SerialNumber.Add(c.SerialNumber, c.SerialNumber) })
	q := ask(t, "yealink-t28p", handset.Trusted)
	q.Installed = []*certificate.Certificate{parsed(t, root)}
	wants(t, check("root.pem", root.PEM(), q), "~trusted.installed")
	wants(t, check("root.pem", again.PEM(), q), "~trusted.same-subject-installed")

	q = ask(t, "yealink-t28p", handset.Trusted)
	q.Builtin.Certificates = []*certificate.Certificate{parsed(t, root)}
	wants(t, check("root.pem", root.PEM(), q), "-trusted.builtin")
	middle := root.Issue(t, "Example Intermediate", testca.CA)
	wants(t, check("sub.pem", middle.PEM(), q), "~trusted.intermediate-beside-root")
}

func TestSizes(t *testing.T) {
	root := testca.Root(t, "Example Root").PEM()
	pad := func(size int) []byte {
		text := make([]byte, size-len(root))
		for i := range text {
			text[i] = '\n'
		}
		return append(text, root...)
	}
	q := ask(t, "yealink-t28p", handset.Trusted)
	wants(t, check("root.pem", pad(5<<20), q), "~size.megabyte-reading")
	wants(t, check("root.pem", pad(5<<20+1), q), "size.too-large")
	for _, f := range check("root.pem", pad(5_000_000), q) {
		if f.Code == "size.megabyte-reading" || f.Code == "size.too-large" {
			t.Errorf("5,000,000 bytes are within both readings of 5 MB: %s", f.Message)
		}
	}
}

func TestBatch(t *testing.T) {
	var roots []*testca.Certificate
	for i := range 11 {
		roots = append(roots, testca.Root(t, "Root "+string(rune('A'+i))))
	}
	q := ask(t, "yealink-t28p", handset.Trusted)
	if found := together(q, roots[:10]); len(found) != 0 {
		t.Errorf("ten fit: %v", found)
	}
	wants(t, together(q, roots), "count.too-many")
	wants(t, together(q, append(roots[:1:1], roots[0])), "~trusted.duplicate")
	renewed := testca.Root(t, "Root A", func(c *x509.Certificate) { c.SerialNumber.Add(c.SerialNumber, c.SerialNumber) })
	wants(t, together(q, []*testca.Certificate{roots[0], renewed}), "~trusted.same-subject")

	q.InstalledCount = 10
	wants(t, together(q, roots[:1]), "count.too-many")
	q.InstalledCount, q.Installed = 0, nil
	for _, r := range roots[:10] {
		q.Installed = append(q.Installed, parsed(t, r))
	}
	if found := together(q, roots[:1]); len(found) != 0 {
		t.Errorf("one that is there already takes up no place: %v", found)
	}

	unknown := ask(t, "yealink-t28p", handset.Trusted)
	unknown.Profile.TrustedFiles.MaxFiles = handset.Fact[int]{NotKnown: "a test"}
	if found := together(unknown, roots); len(found) != 0 {
		t.Errorf("an unknown number of places refuses nothing: %v", found)
	}
}

// together puts one certificate into each file of a batch.
func together(q rules.Question, certs []*testca.Certificate) []finding.Finding {
	b := rules.NewBatch(q, len(certs))
	for i, c := range certs {
		b.Check(i, read("cert.pem", c.PEM()))
	}
	byPlace, all := b.Together()
	for i := range certs {
		all = append(all, byPlace[i]...)
	}
	return all
}
