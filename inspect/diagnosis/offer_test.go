package diagnosis

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestOffers(t *testing.T) {
	yes, no := true, false
	p := phoneOf(t, t28p)
	old := []iana.ProtocolVersion{iana.TLS10, iana.TLS11, iana.TLS12}
	aes := []iana.CipherSuite{iana.TLS_RSA_WITH_AES_128_CBC_SHA}
	refused := func(s Survey) Evidence {
		s.Connections = 5
		return refusedWith(t, p, iana.AlertHandshakeFailure, &s)
	}
	for name, c := range map[string]struct {
		e    Evidence
		want expected
	}{
		"refuses everything": {refused(Survey{}), expected{verdict: Unknown, code: "offer.all-refused", sentence: "5 connections"}},
		"wants a name":       {refused(Survey{Versions: old, CipherSuites: aes, WithServerName: &yes}), expected{Unknown, "sni.required", `"pbx.example.com"`, "", "Kamailio"}},
		"wants extensions":   {refused(Survey{Versions: old, CipherSuites: aes, WithServerName: &no, WithExtensions: &yes}), expected{verdict: Unknown, code: "extensions.required"}},
		"wants TLS's format": {refused(Survey{Versions: old, CipherSuites: aes, InTLSFormat: &yes, WithExtensions: &yes}), expected{verdict: Refuses, code: "offer.sslv2-format", sentence: "the format of SSL 2.0"}},
		"no cause":           {refused(Survey{Versions: old, CipherSuites: aes, WithServerName: &no, WithExtensions: &no}), expected{verdict: Unknown, code: "offer.unexplained", sentence: "TLS_RSA_WITH_AES_128_CBC_SHA"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.compare(t, c.e) })
	}
	t.Run("two keys", func(t *testing.T) { // an EC key is shown to others, an RSA key is there, too
		ec := testca.ECRoot(t, "pbx.example.com")
		s := &Survey{Versions: old, Leaf: parsed(t, ec)[0], CipherSuites: []iana.CipherSuite{iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
		d := expected{verdict: Refuses, code: "cipher.none-common"}.compare(t, refusedWith(t, p, iana.AlertHandshakeFailure, s))
		if slices.Contains(codes(d), "suites.key-type") {
			t.Error("the key is not the cause")
		}
	})
	t.Run("nothing but RC4", func(t *testing.T) {
		e := captured(nil, newWire(t).rawHello(&handshake.ClientHello{Version: iana.TLS10, Random: make([]byte, 32), NoExtensions: true,
			CipherSuites: []iana.CipherSuite{iana.TLS_RSA_WITH_RC4_128_SHA}, CompressionMethods: []handshake.CompressionMethod{0}}).server(handshake.ContentAlert, 2, 40), AlertReceived)
		e.Outcome.Alert, e.Survey = iana.AlertHandshakeFailure, &Survey{Versions: old, CipherSuites: aes}
		d := expected{verdict: Refuses, code: "cipher.weak-only", sentence: "1 suite, the server takes 1, common: none"}.compare(t, e)
		if !strings.Contains(d.Findings[len(d.Findings)-1].Message, "RC4 is forbidden") {
			t.Errorf("%+v", d.Findings)
		}
	})
	t.Run("EC key in a capture", func(t *testing.T) {
		ec := testca.ECRoot(t, "pbx.example.com")
		e := captured(nil, newWire(t).hello(p, "").server(handshake.ContentAlert, 2, 40), AlertReceived)
		e.Outcome.Alert = iana.AlertHandshakeFailure
		e.Survey = &Survey{Versions: old, CipherSuites: []iana.CipherSuite{iana.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}, Leaf: parsed(t, ec)[0]}
		expected{Refuses, "key.no-suite", "EC (256 bits)", "no shared cipher", "dehydrated"}.compare(t, e)
	})
	t.Run("the server tells its name", func(t *testing.T) {
		e := refused(Survey{Versions: []iana.ProtocolVersion{iana.TLS12}, CipherSuites: aes})
		e.SIP = &SIP{Server: "kamailio (5.6.3 (x86_64/linux))"}
		d := Diagnose(e)
		if fix := d.Findings[len(d.Findings)-1].Fix; !strings.Contains(fix, "Kamailio, tls.cfg: method = TLSv1+") {
			t.Errorf("%q", fix)
		}
	})
}

// TestGaps: what hangs on a stand-in is not certain, in either direction.
func TestGaps(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, "yealink-t4x-v8x", root)
	hello, list := offer.ClientHello(p.Profile, offer.Options{Random: make([]byte, 32), Host: "pbx.example.com"})
	if !slices.ContainsFunc(list, func(g offer.Gap) bool { return g.Decides }) {
		t.Fatal("this handset has no gap that decides")
	}
	w := newWire(t).rawHello(hello).choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone().done()
	e := judged(t, probed(p, w, Completed), leaf)
	e.Gaps, e.SIP = list, &SIP{Method: "OPTIONS", Status: 200}
	expected{verdict: Unknown, code: "offer.supposed", sentence: "probably agrees"}.compare(t, e)

	e = refusedWith(t, p, iana.AlertHandshakeFailure, &Survey{Versions: []iana.ProtocolVersion{iana.TLS12}, CipherSuites: []iana.CipherSuite{iana.TLS_DHE_DSS_WITH_AES_128_CBC_SHA}})
	e.Gaps = list
	expected{verdict: Unknown, code: "cipher.none-common", sentence: "probably"}.compare(t, e)

	e = refusedWith(t, p, iana.AlertProtocolVersion, &Survey{Versions: []iana.ProtocolVersion{iana.TLS13}, CipherSuites: []iana.CipherSuite{0x1301}})
	e.Gaps = list
	expected{verdict: Refuses, code: "version.none-common", sentence: "TLS 1.3 only"}.compare(t, e)

	p = phoneOf(t, "yealink-t2xp-2010", root) // its suites are assumed
	w = newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone().done()
	e = judged(t, probed(p, w, Completed), leaf)
	e.SIP = &SIP{Method: "OPTIONS", Status: 200}
	expected{verdict: Unknown, code: "offer.assumed", sentence: "probably"}.compare(t, e)
}

func TestChoices(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p, root)
	hello := func() *wire { return newWire(t).hello(p, "") }
	chain := make([]*testca.Certificate, 200)
	for i := range chain {
		chain[i] = leaf
	}
	choose := func(v iana.ProtocolVersion, s iana.CipherSuite, compression byte) *wire {
		return hello().server(handshake.ContentHandshake, serverHello(v, s, compression, 7)...).
			server(handshake.ContentHandshake, certificateMessage(t, leaf)...)
	}
	const dhe, rsa = iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, iana.TLS_RSA_WITH_AES_128_CBC_SHA
	for name, c := range map[string]struct {
		w    *wire
		want expected
	}{
		"later version":   {choose(iana.TLS12, rsa, 0).helloDone(), expected{verdict: Refuses, code: "version.not-offered"}},
		"SSL 3.0":         {choose(iana.SSL30, rsa, 0).helloDone(), expected{verdict: Refuses, code: "version.too-old"}},
		"another suite":   {choose(iana.TLS10, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, 0).helloDone(), expected{verdict: Refuses, code: "cipher.not-offered"}},
		"RC4":             {choose(iana.TLS10, iana.TLS_RSA_WITH_RC4_128_SHA, 0).helloDone(), expected{verdict: Registers, code: "strength.suite"}},
		"DH of 512 bits":  {choose(iana.TLS10, dhe, 0).diffieHellman(64).helloDone(), expected{verdict: Registers, code: "strength.dh"}},
		"compression":     {choose(iana.TLS10, rsa, 1).helloDone(), expected{verdict: Registers, code: "strength.compression"}},
		"renegotiation":   {choose(iana.TLS10, rsa, 0).helloDone().server(handshake.ContentHandshake, message(0, nil)...), expected{verdict: Registers, code: "renegotiation.asked"}},
		"no certificate":  {hello().choose(rsa).helloDone(), expected{verdict: Refuses, code: "certificate.none"}},
		"100 kB of chain": {hello().choose(rsa, chain...).helloDone(), expected{verdict: Refuses, code: "certificate.too-long", sentence: "takes no more than 102400"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := judged(t, probed(p, c.w.done(), Completed), leaf)
			e.SIP = &SIP{Method: "OPTIONS", Status: 200}
			c.want.compare(t, e)
		})
	}
}

func TestProvisioning(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "boot.example.com", testca.TLS, testca.DNS("boot.example.com"))
	p := phoneOf(t, t28p, root)
	for name, c := range map[string]struct {
		http HTTP
		want expected
	}{
		"fetched":      {HTTP{Status: 200, Length: 42, Looks: "phone configuration"}, expected{verdict: Registers, sentence: `fetches "/y000000000000.cfg"`}},
		"a web page":   {HTTP{Status: 200, Looks: "HTML"}, expected{verdict: Registers, code: "http.html"}},
		"empty":        {HTTP{Status: 200, Looks: "empty"}, expected{verdict: Registers, code: "http.empty"}},
		"redirected":   {HTTP{Status: 302, Location: "https://example.com/"}, expected{verdict: Unknown, code: "http.redirected", sentence: "https://example.com/"}},
		"password":     {HTTP{Status: 401}, expected{verdict: Unknown, code: "http.password"}},
		"forbidden":    {HTTP{Status: 403}, expected{verdict: Refuses, code: "http.forbidden"}},
		"not found":    {HTTP{Status: 404}, expected{verdict: Refuses, code: "http.not-found"}},
		"server error": {HTTP{Status: 502}, expected{verdict: Refuses, code: "http.server-error"}},
		"other":        {HTTP{Status: 418, Reason: "I'm a teapot"}, expected{verdict: Refuses, code: "http.other", sentence: "418 I'm a teapot"}},
		"not HTTP":     {HTTP{Error: "not HTTP"}, expected{verdict: Refuses, code: "http.not-http"}},
		"too large":    {HTTP{Error: "too large"}, expected{verdict: Unknown, code: "http.too-large"}},
		"closed":       {HTTP{Error: "closed"}, expected{verdict: Refuses, code: "http.no-answer"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone().done()
			e := judged(t, probed(p, w, Completed), leaf)
			c.http.Path = "/y000000000000.cfg"
			e.Target.Scheme, e.Target.Port, e.HTTP = "https", 443, &c.http
			d := c.want.compare(t, e)
			if slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return strings.HasPrefix(f.Code, "account.") }) {
				t.Error("a file has no account")
			}
		})
	}
}
