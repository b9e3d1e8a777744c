package chain_test

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestGenerations: what a phone that holds the root makes of each variant, by the
// generation of its library. An empty alert is that of a phone that goes on, "?"
// says that releases of the generation differ.
func TestGenerations(t *testing.T) {
	all := func(alert string) map[handset.Library]string {
		m := map[handset.Library]string{}
		for _, l := range handset.Libraries() {
			m[l] = alert
		}
		return m
	}
	but := func(alert string, others map[handset.Library]string) map[handset.Library]string {
		m := all(alert)
		for l, alert := range others {
			m[l] = alert
		}
		return m
	}
	want := map[chain.Variant]map[handset.Library]string{
		// Not every build of 0.9.8 knows SHA-256.
		chain.Good:           but("", map[handset.Library]string{handset.OpenSSL098: "?"}),
		chain.SelfSigned:     all("unknown_ca"),
		chain.Expired:        but("certificate_expired", map[handset.Library]string{handset.OpenSSL098: "decrypt_error"}),
		chain.NotYetValid:    but("bad_certificate", map[handset.Library]string{handset.OpenSSL098: "decrypt_error"}),
		chain.WrongName:      but("name", map[handset.Library]string{handset.OpenSSL098: "?"}),
		chain.NoIntermediate: all("unknown_ca"),
		chain.UnknownRoot:    all("unknown_ca"),
		chain.ECKey:          but("", map[handset.Library]string{handset.OpenSSL098: "?"}),
		chain.SHA512:         but("", map[handset.Library]string{handset.OpenSSL098: "?"}),
		chain.CrossSignedExpired: but("", map[handset.Library]string{
			handset.OpenSSL098: "unknown_ca", handset.OpenSSL100: "unknown_ca", handset.OpenSSL101: "?", handset.OpenSSL102: "?"}),
	}
	a := standard(t, false)
	for _, v := range chain.Variants() {
		for _, l := range handset.Libraries() {
			if got := verdict(t, a, v, l); got != want[v][l] {
				t.Errorf("%s, %s: %q, want %q", v, l, got, want[v][l])
			}
		}
	}
	// With SHA-1 every build of the oldest takes it.
	old := standard(t, true)
	for _, v := range []chain.Variant{chain.Good, chain.ECKey} {
		if got := verdict(t, old, v, handset.OpenSSL098); got != "" {
			t.Errorf("SHA-1, %s, 0.9.8: %q", v, got)
		}
	}
}

// verdict is the alert, "" where the phone goes on, "name" where the name alone is
// wrong, "?" where it hangs on the release.
func verdict(t *testing.T, a *chain.Authority, v chain.Variant, l handset.Library) string {
	t.Helper()
	q := trust.Question{Clock: testca.Clock(), Name: "pbx.example.com", Library: l, Builtin: trust.Anchors{Listed: true},
		Settings: trust.Settings{OnlyTrusted: "on", CA: "all", CNValidation: "on"}}
	root, err := certificate.Parse(a.Root().Raw)
	if err != nil {
		t.Fatal(err)
	}
	q.Custom = []*certificate.Certificate{root}
	for _, der := range made(t, a, v).DER {
		c, err := certificate.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		q.Sent = append(q.Sent, c)
	}
	got := trust.Judge(q)
	switch {
	case got.Trusted == nil:
		return "?"
	case !*got.Trusted:
		return got.Alert
	case got.Connects != nil && *got.Connects:
		return ""
	}
	return "name"
}
