package diagnosis

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestListenerFix: the advice names the file that was written and the phone that
// called, and nobody is told to mend what was shown to see it refused.
func TestListenerFix(t *testing.T) {
	p := phoneOf(t, t28p)
	leaf := testca.Root(t, "Example Root").Issue(t, "pbx.example.com", testca.TLS)
	for _, test := range []struct {
		alert iana.AlertDescription
		told  Listener
		want  []string
		not   string
	}{
		{iana.AlertUnknownCA, Listener{Chain: chain.Good, Root: "my ca/root.pem", Phone: "192.0.2.55"},
			[]string{"phonecert upload 'my ca/root.pem' --as trusted --phone http://192.0.2.55; and set CA"}, "nothing"},
		{iana.AlertUnknownCA, Listener{Chain: chain.Good}, []string{"listen with --out DIR", "DIR/root.pem", "http://ADDRESS-OF-THE-PHONE"}, "nothing"},
		{iana.AlertUnknownCA, Listener{Phone: "192.0.2.55"}, []string{"the root of the chain in --cert"}, "--out"},
		{iana.AlertUnknownCA, Listener{Chain: chain.UnknownRoot, Root: "ca/root.pem"}, []string{"nothing, if the phone takes --chain good", "nobody has its root", "else upload"}, "ROOT.pem"},
		{iana.AlertCertificateExpired, Listener{Chain: chain.Expired, Root: "ca/root.pem"}, []string{"nothing, if", "expired a week ago", "else look at the phone's clock"}, "upload"},
		{iana.AlertBadCertificate, Listener{Chain: chain.WrongName, Root: "ca/root.pem"}, []string{"nothing, if", "another name"}, "DIR"},
		{iana.AlertDecryptError, Listener{Chain: chain.SHA512}, []string{"nothing, if", "SHA-512", "--sign sha1"}, "--cert"},
		{iana.AlertDecryptError, Listener{}, []string{"the chain in --cert"}, "--sign"},
		{iana.AlertUnsupportedCertificate, Listener{}, []string{"without --cert"}, "--chain"},
		{iana.AlertProtocolVersion, Listener{Chain: chain.Expired}, []string{"--min-tls"}, "nothing"},
	} {
		e := heardBy(t, newWire(t).hello(p, "pbx.example.com").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone(), AlertSent, test.told)
		e.Outcome.Alert = test.alert
		fix := ""
		for _, f := range Diagnose(e).Findings {
			if strings.Contains(f.Message, "it sent "+test.alert.String()) {
				fix = f.Fix
			}
		}
		for _, want := range test.want {
			if !strings.Contains(fix, want) || strings.Contains(fix, test.not) {
				t.Errorf("%s, %+v: %q", test.alert, test.told, fix)
			}
		}
	}
	e := heardBy(t, newWire(t).hello(p, "pbx.example.com").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone(), Closed, Listener{Chain: chain.SelfSigned})
	if d := Diagnose(e); !strings.Contains(listedFixes(d), "nothing, if the phone takes --chain good") {
		t.Errorf("%+v", d.Findings)
	}
}

func listedFixes(d Diagnosis) string {
	var b strings.Builder
	for _, f := range d.Findings {
		b.WriteString(f.Fix + "\n")
	}
	return b.String()
}

// TestListenerChains: every chain but the good one says how it differs.
func TestListenerChains(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range chain.Variants() {
		text := (&Listener{Chain: v}).different()
		if (text == "") != (v == chain.Good) || seen[text] {
			t.Errorf("%s: %q", v, text)
		}
		seen[text] = true
	}
}
