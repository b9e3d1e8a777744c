package trust

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// mostSteps is the longest path that a release follows.
const mostSteps = 102

// chain reads certificates of the vectors by their ids.
func chain(t testing.TB, ids ...string) []*certificate.Certificate {
	t.Helper()
	_, certificates := trusttest.Vectors(t)
	var list []*certificate.Certificate
	for _, id := range ids {
		c, err := certificate.Parse(certificates[id])
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		list = append(list, c)
	}
	return list
}

// strict are the settings of a phone that looks at its built-in list alone.
func strict() Settings { return Settings{OnlyTrusted: "on", CA: "default", CNValidation: "off"} }

func phone(t testing.TB, library handset.Library, builtin ...string) Question {
	return Question{Settings: strict(), Clock: trusttest.Clock(), Library: library,
		Builtin: Anchors{Listed: true, Certificates: chain(t, builtin...)}}
}

func said(v Verdict) string {
	switch {
	case v.Trusted == nil:
		return "unknown " + v.Code
	case *v.Trusted:
		return "trusted"
	}
	return v.Code + " " + v.Alert
}

// kinds lists the changes that were tried and help.
func kinds(v Verdict) string {
	var list []string
	for _, c := range v.Changes {
		text := string(c.Kind) + " " + c.Value + c.Subject
		if !c.Tried {
			text += "?"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// TestExpiredRoot is the expiry of DST Root CA X3 with made-up names: the old
// library follows the cross-sign and never tries the newer root it holds.
func TestExpiredRoot(t *testing.T) {
	for _, tt := range []struct {
		library handset.Library
		held    []string
		want    string
		mend    string
	}{
		{handset.OpenSSL098, []string{"x1"}, "unknown X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", ""},
		{handset.OpenSSL100, []string{"x1"}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "drop-certificate CN=New Root"},
		{handset.OpenSSL100, []string{"x3", "x1"}, "X509_V_ERR_CERT_HAS_EXPIRED certificate_expired", "drop-certificate CN=New Root"},
		{handset.OpenSSL101, []string{"x1"}, "unknown X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "drop-certificate CN=New Root"},
		{handset.OpenSSL102, []string{"x3", "x1"}, "X509_V_ERR_CERT_HAS_EXPIRED certificate_expired", "drop-certificate CN=New Root"},
		{handset.OpenSSL11, []string{"x3", "x1"}, "trusted", ""},
		{handset.OpenSSL3, []string{"x1"}, "trusted", ""},
		{"", []string{"x1"}, "unknown X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "add-root CN=Old Root?"},
		{"", []string{"stranger"}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=Old Root?"},
	} {
		q := phone(t, tt.library, tt.held...)
		q.Sent = chain(t, "www", "r3", "cross")
		v := Judge(q)
		if tt.library == handset.OpenSSL098 {
			// SHA-256, which not every 0.9.8 knows, decides first there.
			if v.Trusted != nil && *v.Trusted {
				t.Errorf("%s: %s", tt.library, said(v))
			}
			continue
		}
		if said(v) != tt.want || kinds(v) != tt.mend {
			t.Errorf("%s with %v: %s, %s; want %s, %s", tt.library, tt.held, said(v), kinds(v), tt.want, tt.mend)
		}
	}
}

func TestChanges(t *testing.T) {
	old := handset.OpenSSL100
	for _, tt := range []struct {
		name   string
		change func(*Question)
		want   string
		mend   string
	}{
		{"root not held, not at hand", func(q *Question) { q.Sent = chain(t, "server", "inter") },
			"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=root?"},
		{"root not held, given", func(q *Question) { q.Sent, q.Given = chain(t, "server", "inter"), chain(t, "root", "stranger") },
			"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=root"},
		{"root not held, sent", func(q *Question) { q.Sent = chain(t, "server", "inter", "root") },
			"X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN unknown_ca", "add-root CN=root"},
		{"custom root not in force", func(q *Question) { q.Sent, q.Custom = chain(t, "server", "inter"), chain(t, "root") },
			"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "switch-ca custom, switch-ca all"},
		{"intermediate uploaded alone", func(q *Question) {
			q.Sent, q.Custom, q.Settings.CA, q.Given = chain(t, "server"), chain(t, "inter"), "custom", chain(t, "root")
		}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT unknown_ca", "add-root CN=root"},
		{"intermediate not sent", func(q *Question) {
			q.Sent, q.Builtin.Certificates, q.Given = chain(t, "server"), chain(t, "root"), chain(t, "stranger", "inter")
		}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "send-intermediate CN=inter"},
		{"intermediate not sent, root not held", func(q *Question) { q.Sent, q.Given = chain(t, "server"), chain(t, "inter", "root") },
			"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=root"},
		{"clock at its factory date", func(q *Question) {
			q.Sent, q.Builtin.Certificates, q.Clock = chain(t, "server", "inter"), chain(t, "root"), time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "X509_V_ERR_CERT_NOT_YET_VALID bad_certificate", "set-clock 2000-01-01T00:00:00Z"},
		{"server's certificate expired", func(q *Question) { q.Sent, q.Builtin.Certificates = chain(t, "old", "inter"), chain(t, "root") },
			"X509_V_ERR_CERT_HAS_EXPIRED certificate_expired", "renew CN=old"},
		{"nothing helps", func(q *Question) { q.Sent, q.Builtin.Certificates = chain(t, "forged", "inter"), chain(t, "root") },
			"X509_V_ERR_CERT_SIGNATURE_FAILURE decrypt_error", ""},
		{"list not known, root at hand, no younger than the guide", func(q *Question) {
			q.Sent, q.Builtin.Listed, q.GuideYear = chain(t, "server", "inter", "root"), false, 2015
		}, "unknown X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN", "add-root CN=root"},
		{"list not known, root younger than the guide", func(q *Question) {
			q.Sent, q.Builtin.Listed, q.GuideYear = chain(t, "server", "inter", "root"), false, 1999
		}, "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN unknown_ca", "add-root CN=root"},
		{"list not known, root neither", func(q *Question) { q.Sent, q.Builtin.Listed = chain(t, "server", "inter"), false },
			"unknown X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "add-root CN=root?"},
		{"list not known, custom certificates only", func(q *Question) {
			q.Sent, q.Builtin.Listed, q.Settings.CA = chain(t, "server", "inter"), false, "custom"
		}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=root?"},
		{"list not known, custom root", func(q *Question) {
			q.Sent, q.Builtin.Listed, q.Settings.CA, q.Custom = chain(t, "server", "inter"), false, "all", chain(t, "root")
		}, "trusted", ""},
		{"CA setting not known", func(q *Question) { q.Sent, q.Custom, q.Settings.CA = chain(t, "server", "inter"), chain(t, "root"), "" },
			"unknown X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "switch-ca custom, switch-ca all"},
		{"CA setting not known and no matter", func(q *Question) {
			q.Sent, q.Builtin.Certificates, q.Custom, q.Settings.CA = chain(t, "server", "inter"), chain(t, "root"), chain(t, "root"), ""
		}, "trusted", ""},
		{"two roots of one name, wrong one first", func(q *Question) {
			q.Sent, q.Builtin.Certificates = chain(t, "by-a-bare"), chain(t, "twin-b", "twin-a")
		}, "unknown X509_V_ERR_CERT_SIGNATURE_FAILURE", ""},
		{"two roots of one name, told apart by key identifiers", func(q *Question) {
			q.Sent, q.Builtin.Certificates = chain(t, "by-a"), chain(t, "twin-b", "twin-a")
		}, "trusted", ""},
		{"circle of cross-signs", func(q *Question) {
			q.Sent, q.Builtin.Certificates = chain(t, "loop-server", "loop-a2", "loop-b"), chain(t, "root")
		}, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY unknown_ca", "add-root CN=Loop A?"},
		{"circle of cross-signs, root uploaded", func(q *Question) {
			q.Sent, q.Builtin.Certificates = chain(t, "loop-server", "loop-a2", "loop-b"), chain(t, "loop-a")
		}, "trusted", ""},
		{"nothing sent", func(*Question) {}, " ", ""},
	} {
		q := phone(t, old)
		tt.change(&q)
		v := Judge(q)
		if said(v) != tt.want || kinds(v) != tt.mend {
			t.Errorf("%s: %s, %s; want %s, %s", tt.name, said(v), kinds(v), tt.want, tt.mend)
		}
		if v.Reason == "" || strings.HasSuffix(v.Reason, ".") {
			t.Errorf("%s: reason %q", tt.name, v.Reason)
		}
	}
}

// TestSettings: the path is one thing, whether the phone connects another.
func TestSettings(t *testing.T) {
	answer := func(b *bool) string {
		switch {
		case b == nil:
			return "unknown"
		case *b:
			return "yes"
		}
		return "no"
	}
	sound, foreign := chain(t, "nc-server-DNS within", "nc-inter-DNS within"), chain(t, "self-bare")
	for _, tt := range []struct {
		sent              []*certificate.Certificate
		only, names, name string
		want, fit         string
	}{
		{sound, "on", "off", "other.example.com", "yes", "none"},
		{sound, "on", "on", "other.example.com", "no", "none"},
		{sound, "on", "on", "PBX.example.com.", "yes", "exact"},
		{sound, "on", "on", "192.0.2.1", "no", "none"},
		{sound, "on", "on", "", "unknown", "not given"},
		{sound, "on", "", "pbx.example.com", "yes", "exact"},
		{sound, "on", "", "other.example.com", "unknown", "none"},
		{sound, "", "off", "", "yes", "not given"},
		{foreign, "on", "off", "", "no", "not given"},
		{foreign, "", "off", "", "unknown", "not given"},
		{foreign, "off", "off", "", "yes", "not given"},
		{foreign, "off", "on", "other.example.com", "unknown", "none"},
		{foreign, "off", "on", "self-bare", "yes", "exact"},
	} {
		q := phone(t, handset.OpenSSL100, "root")
		q.Sent, q.Name = tt.sent, tt.name
		q.Settings.OnlyTrusted, q.Settings.CNValidation = tt.only, tt.names
		v := Judge(q)
		if got := answer(v.Connects); got != tt.want || v.Name.Fit != tt.fit {
			t.Errorf("only trusted %q, names %q, %q: connects %s (%s), want %s (%s)", tt.only, tt.names, tt.name, got, v.Name.Fit, tt.want, tt.fit)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ pattern, name, want string }{
		{"*.example.com", "pbx.example.com", "wildcard"},
		{"*.example.com", "example.com", "none"},
		{"*.example.com", "a.pbx.example.com", "none"},
		{"p*.example.com", "pbx.example.com", "wildcard"},
		{"p*.example.com", "sip.example.com", "none"},
		{"*", "example", "none"},
		{"pbx.example.com", "pbx.example.com", "exact"},
	} {
		c := chain(t, "self-bare")[0]
		c.DNSNames = []string{tt.pattern}
		if got := fit(c, tt.name); got != tt.want {
			t.Errorf("%s for %s: %s, want %s", tt.pattern, tt.name, got, tt.want)
		}
	}
	c := chain(t, "self-bare")[0]
	c.DNSNames = []string{"other.example.com"}
	if got := fit(c, "self-bare"); got != "common name" {
		t.Errorf("common name beside a subjectAltName: %s", got)
	}
}

// TestContract holds the names of the fields.
func TestContract(t *testing.T) {
	q := phone(t, handset.OpenSSL100, "root")
	q.Sent = chain(t, "server", "inter")
	text, err := json.Marshal(Judge(q))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"trusted":true`, `"code":"X509_V_OK"`, `"error_number":0`, `"alert":""`, `"path":[{"subject":"CN=server"`, `"reason":"`, `"source":"builtin"`, `"changes":[]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}

// TestSecurityLevels: what OpenSSL from 1.1 on refuses at its default level.
func TestSecurityLevels(t *testing.T) {
	for level, want := range map[int]string{0: "X509_V_ERR_CA_MD_TOO_WEAK bad_certificate", 1: "X509_V_ERR_CA_MD_TOO_WEAK bad_certificate", NoSecurityLevel: "trusted", 2: "X509_V_ERR_EE_KEY_TOO_SMALL bad_certificate"} {
		q := phone(t, handset.OpenSSL3, "root")
		q.Sent, q.SecurityLevel = chain(t, "signed-sha1"), level
		if v := Judge(q); said(v) != want {
			t.Errorf("level %d: %s, want %s", level, said(v), want)
		}
	}
}

// TestManyCertificates: a hostile server costs bounded time.
func TestManyCertificates(t *testing.T) {
	const many = 10_000
	limit := time.Minute // hundreds of times what it takes
	for _, ids := range [][]string{{"by-a-bare", "twin-b"}, {"loop-server", "loop-a2", "loop-b"}, {"server", "stranger"}} {
		q := phone(t, handset.OpenSSL3, "stranger")
		q.Sent = chain(t, ids...)
		for len(q.Sent) < many {
			again := *q.Sent[1+len(q.Sent)%(len(ids)-1)]
			q.Sent = append(q.Sent, &again)
		}
		start := time.Now()
		v := Judge(q)
		if spent := time.Since(start); spent > limit {
			t.Errorf("%v: %v for %d certificates", ids, spent, many)
		}
		if v.Trusted != nil && *v.Trusted || len(v.Path) > mostSteps {
			t.Errorf("%v: %s, %d certificates in the path", ids, said(v), len(v.Path))
		}
	}
}
