package diagnosis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

// expected is what a diagnosis must say.
type expected struct {
	verdict Verdict
	// code is of a finding that must be there, sentence a part of the answer.
	code, sentence string
	log            string
	// program is one for which there must be lines.
	program string
}

func (want expected) compare(t *testing.T, e Evidence) Diagnosis {
	t.Helper()
	d := Diagnose(e)
	wellFormed(t, d)
	if d.Verdict != want.verdict {
		t.Errorf("verdict %s, want %s: %s", d.Verdict, want.verdict, d.Sentence)
	}
	if want.code != "" && !slices.Contains(codes(d), want.code) {
		t.Errorf("no %s among %v", want.code, codes(d))
	}
	if !strings.Contains(d.Sentence, want.sentence) {
		t.Errorf("sentence %q, want %q", d.Sentence, want.sentence)
	}
	if want.log != "" && !strings.Contains(d.ServerLog, want.log) {
		t.Errorf("log %q, want %q", d.ServerLog, want.log)
	}
	if want.program != "" && !slices.ContainsFunc(d.Remedies, func(r Remedy) bool { return r.Program == want.program }) {
		t.Errorf("no remedy for %s: %v", want.program, d.Remedies)
	}
	return d
}

func codes(d Diagnosis) []string {
	var list []string
	for _, f := range d.Findings {
		list = append(list, f.Code)
	}
	return list
}

// wellFormed holds what every diagnosis keeps.
func wellFormed(t *testing.T, d Diagnosis) {
	t.Helper()
	if d.Sentence == "" || strings.HasSuffix(d.Sentence, ".") || d.Findings == nil || d.Remedies == nil {
		t.Errorf("sentence %q, findings %v, remedies %v", d.Sentence, d.Findings, d.Remedies)
	}
	for _, f := range d.Findings {
		upper := f.Message != "" && f.Message[0] >= 'A' && f.Message[0] <= 'Z'
		named := slices.ContainsFunc([]string{"TLS", "OPTIONS", "REGISTER", "Only Accept", "CA Cert", "Common Name"}, func(n string) bool { return strings.HasPrefix(f.Message, n) })
		if f.Code == "" || f.Message == "" || f.Fix == "" || f.Basis == "" || f.Source == "" || strings.HasSuffix(f.Message, ".") || upper && !named || strings.Contains(f.Message, "%!") || strings.Contains(f.Fix, "%!") {
			t.Errorf("%+v", f)
		}
	}
}

// modern is a server of today: TLS 1.2 and 1.3, ECDHE and GCM.
func modern(leaf *testca.Certificate, t *testing.T) *Survey {
	return &Survey{Versions: []iana.ProtocolVersion{iana.TLS12, iana.TLS13}, Complete: true, Connections: 9,
		CipherSuites: []iana.CipherSuite{0x1301, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, iana.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
		Leaf:         parsed(t, leaf)[0]}
}

const t28p = "yealink-t28p"

// TestRows has a case for every row of the fact sheet on field failures that
// names probe or trace.
func TestRows(t *testing.T) {
	root := testca.Root(t, "Example Root")
	middle := root.Issue(t, "Example Intermediate", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	wild := root.Issue(t, "*.example.com", testca.TLS, testca.DNS("*.example.com"))
	suite := iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA
	// connects is a handshake that completes, with the phone's verdict.
	connects := func(p []*testca.Certificate, sent ...*testca.Certificate) Evidence {
		handset := phoneOf(t, t28p, p...)
		w := newWire(t).hello(handset, "pbx.example.com").choose(suite, sent...).diffieHellman(256).helloDone().done()
		e := judged(t, probed(handset, w, Completed), sent...)
		e.SIP = &SIP{Method: "OPTIONS", Status: 200, Reason: "OK"}
		return e
	}
	list := func(c ...*testca.Certificate) []*testca.Certificate { return c }
	rows := map[int][]struct {
		name string
		e    Evidence
		want expected
	}{}
	add := func(row int, name string, e Evidence, want expected) {
		rows[row] = append(rows[row], struct {
			name string
			e    Evidence
			want expected
		}{name, e, want})
	}

	// 1: a cross-sign to an expired root, although the new root is on the phone.
	oldRoot := testca.Root(t, "Old Root", testca.Between(testca.Clock().AddDate(-20, 0, 0), testca.Clock().AddDate(-1, 0, 0)))
	newRoot := testca.Root(t, "New Root")
	cross := oldRoot.IssueKey(t, "New Root", newRoot.Key, testca.CA)
	issued := newRoot.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	e := connects(list(newRoot, oldRoot), issued, cross)
	add(1, "probe", e, expected{Refuses, "", "expired", "alert certificate expired", "certbot"})
	e.Live = false
	w := newWire(t).hello(e.Phone, "pbx.example.com").choose(suite, issued, cross).diffieHellman(256).helloDone().client(handshake.ContentAlert, 2, byte(iana.AlertCertificateExpired))
	e = judged(t, captured(e.Phone, w, AlertSent), issued, cross)
	e.Outcome.Alert, e.Outcome.Closer = iana.AlertCertificateExpired, "client"
	add(1, "trace", e, expected{Refuses, "phone-alert.certificate-expired", `certificate_expired (45): "Old Root" expired on 2023-06-01`, "alert certificate expired", "certbot"})

	// 2 and 6: a root that the phone does not have.
	add(2, "root younger than the list", connects(nil, leaf, middle), expected{Refuses, "", "", "tlsv1 alert unknown ca", ""})
	add(6, "private CA", connects(nil, leaf, middle, root), expected{Refuses, "", "", "tlsv1 alert unknown ca", ""})
	add(6, "with its root uploaded", connects(list(root), leaf, middle), expected{Registers, "account.lock-icon", "TLS 1.0 with TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "", ""})

	// 3: ECDHE and GCM only.
	narrow := modern(leaf, t)
	narrow.Versions = []iana.ProtocolVersion{iana.TLS10, iana.TLS11, iana.TLS12}
	add(3, "suites", refusedWith(t, phoneOf(t, t28p), iana.AlertHandshakeFailure, narrow),
		expected{Refuses, "cipher.none-common", "the phone offers 25 suites, the server takes 3 (ECDHE and GCM only), common: none; enabling TLS_DHE_RSA_WITH_AES_256_CBC_SHA (DHE-RSA-AES256-SHA) on the server mends it", "no shared cipher", "Kamailio"})
	e = captured(phoneOf(t, t28p), newWire(t).hello(phoneOf(t, t28p), "").server(handshake.ContentAlert, 2, 40), AlertReceived)
	e.Outcome.Alert = iana.AlertHandshakeFailure
	add(3, "trace", e, expected{Refuses, "alert.handshake-failure", "handshake_failure (40)", "no shared cipher", ""})
	e.Survey = modern(leaf, t)
	add(3, "trace with a survey", e, expected{Refuses, "version.and-suites", "TLS 1.2 and TLS 1.3 with ECDHE and GCM suites only; the phone, which speaks TLS 1.0 with 25 suites, has neither", "", "nginx"})

	// 4: an EC key.
	ec := testca.ECRoot(t, "pbx.example.com")
	only := &Survey{Versions: []iana.ProtocolVersion{iana.TLS10, iana.TLS12}, CipherSuites: []iana.CipherSuite{iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, Leaf: parsed(t, ec)[0]}
	add(4, "EC key", refusedWith(t, phoneOf(t, t28p), iana.AlertHandshakeFailure, only), expected{Refuses, "suites.key-type", "EC", "no shared cipher", "acme.sh"})

	// 5: the server's minimum is later than what the phone speaks.
	add(5, "alert protocol_version", refusedWith(t, phoneOf(t, t28p), iana.AlertProtocolVersion, modern(leaf, t)),
		expected{Refuses, "version.and-suites", "has neither", "unsupported protocol", "FreeSWITCH"})
	later := modern(leaf, t)
	later.CipherSuites = []iana.CipherSuite{iana.TLS_RSA_WITH_AES_128_CBC_SHA}
	add(5, "version alone", refusedWith(t, phoneOf(t, t28p), iana.AlertHandshakeFailure, later),
		expected{Refuses, "version.none-common", "the server accepts TLS 1.2 and TLS 1.3 only, and the phone speaks TLS 1.0", "unsupported protocol", "Asterisk"})
	add(5, "without a survey", refusedWith(t, phoneOf(t, t28p), iana.AlertProtocolVersion, nil), expected{Refuses, "alert.protocol-version", "protocol_version (70)", "unsupported protocol", ""})

	// 7: only the intermediate is on the phone.
	add(7, "intermediate", connects(list(middle), leaf, middle), expected{Refuses, "", "", "tlsv1 alert unknown ca", ""})
	// 8: the intermediate is not sent.
	e = connects(list(root), leaf)
	v := e.Phone.Judge(phoneServer(e, parsed(t, middle)...))
	e.Trust = &v
	add(8, "no intermediate", e, expected{Refuses, "", "", "tlsv1 alert unknown ca", "nginx"})
	// 9 and 10: names.
	strict := func(host string, sent ...*testca.Certificate) Evidence {
		e := connects(list(root), sent...)
		e.Phone.Settings.CNValidation.Value, e.Target.Host = "on", host
		return judged(t, e, sent...)
	}
	add(9, "another name", strict("192.0.2.10", leaf, middle), expected{verdict: Refuses, sentence: "192.0.2.10"})
	add(10, "wildcard", strict("pbx.example.com", wild), expected{verdict: Unknown, sentence: "wildcard"})
	// 11: the clock before NTP.
	e = connects(list(root), leaf, middle)
	e.Phone.Clock = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	add(11, "clock", judged(t, e, leaf, middle), expected{Refuses, "", "2000-01-01", "", ""})

	// 14: a client certificate.
	asks := func(id string, ending Ending, alert iana.AlertDescription, names ...string) Evidence {
		handset := phoneOf(t, id, root)
		w := newWire(t).hello(handset, "pbx.example.com").choose(suite, leaf, middle).diffieHellman(256).ask(names...).helloDone().show().finish()
		if ending == AlertReceived {
			w.server(handshake.ContentAlert, 2, byte(alert))
		}
		e := judged(t, probed(handset, w, ending), leaf, middle)
		e.Outcome.Alert = alert
		return e
	}
	add(14, "maker's CA not named", asks(t28p, AlertReceived, iana.AlertHandshakeFailure, "Example Root"),
		expected{Refuses, "client-certificate.vendor-unknown", "names CN=Example Root", "certificate verify failed", "Kamailio"})
	add(14, "maker's CA named", asks(t28p, AlertReceived, iana.AlertHandshakeFailure, "Yealink Equipment Issuing CA"), expected{verdict: Unknown, code: "client-certificate.vendor-named"})
	add(14, "no CA named", asks(t28p, AlertReceived, iana.AlertCertificateRequired), expected{verdict: Unknown, code: "client-certificate.not-known"})
	add(14, "nothing on the phone", asks("yealink-t2xp-2010", AlertReceived, iana.AlertHandshakeFailure, "Example Root"), expected{verdict: Unknown, code: "client-certificate.uploaded"})
	e = asks(t28p, Completed, 0, "Example Root")
	e.SIP = &SIP{Method: "OPTIONS", Status: 200}
	add(14, "asked and went on", e, expected{verdict: Unknown, code: "client-certificate.may-refuse", sentence: "probably"})
	add(14, "closed without a word", asks(t28p, Closed, 0, "Example Root"), expected{Refuses, "client-certificate.vendor-unknown", "", "", ""})
	handset := phoneOf(t, t28p, root)
	own := testca.Root(t, "Phone Maker CA").Issue(t, "0015651234ab", testca.TLS)
	w = newWire(t).hello(handset, "").choose(suite, leaf, middle).diffieHellman(256).ask("Example Root").helloDone().show(own).finish().server(handshake.ContentAlert, 2, 48)
	e = judged(t, captured(handset, w, AlertReceived), leaf, middle)
	e.Outcome.Alert = iana.AlertUnknownCA
	add(14, "seen in a capture", e, expected{Refuses, "client-certificate.refused", `"0015651234ab", issued by "Phone Maker CA", with the alert unknown_ca`, "certificate verify failed", "nginx"})

	// 20: SIP.
	said := func(sip SIP) Evidence {
		e := connects(list(root), leaf, middle)
		e.SIP = &sip
		return e
	}
	add(20, "401 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 401, Reason: "Unauthorized", Challenged: true}), expected{verdict: Registers, code: "options.challenge", sentence: "401 Unauthorized"})
	add(20, "403 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 403}), expected{verdict: Registers, code: "options.forbidden"})
	add(20, "404 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 404}), expected{verdict: Registers, code: "options.not-found"})
	add(20, "500 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 500}), expected{verdict: Registers, code: "options.server-error"})
	add(20, "408 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 408}), expected{verdict: Registers, code: "options.request-timeout"})
	add(20, "480 to OPTIONS", said(SIP{Method: "OPTIONS", Status: 480}), expected{verdict: Registers, code: "options.unavailable"})
	add(20, "no answer", said(SIP{Method: "OPTIONS", Error: "timeout", Duration: 10 * time.Second}), expected{verdict: Unknown, code: "sip.timeout", sentence: "OPTIONS is not answered within 10 s"})
	add(20, "closed after TLS", said(SIP{Method: "OPTIONS", Error: "closed"}), expected{verdict: Unknown, code: "sip.closed"})
	add(20, "wrong password", said(SIP{Method: "REGISTER", Status: 401, Challenged: true, Realm: "example.com"}), expected{verdict: Refuses, code: "register.password"})
	add(20, "forbidden", said(SIP{Method: "REGISTER", Status: 403, Reason: "Forbidden"}), expected{verdict: Refuses, code: "register.forbidden", sentence: "403 Forbidden"})
	add(20, "no such account", said(SIP{Method: "REGISTER", Status: 404}), expected{verdict: Refuses, code: "register.not-found"})
	add(20, "registered", said(SIP{Method: "REGISTER", Status: 200, Registered: true, Removed: true, Expires: 60}), expected{verdict: Registers, sentence: "for 60 s"})
	// 21: SRTP.
	add(21, "voice", said(SIP{Method: "OPTIONS", Status: 200}), expected{verdict: Registers, code: "account.srtp"})
	// 22: another protocol.
	plain := newWire(t).hello(phoneOf(t, t28p), "")
	plain.decoder.Feed(handshake.ServerToClient, 0, []byte("SIP/2.0 400 Bad Request\r\n\r\n"))
	add(22, "plain SIP", probed(phoneOf(t, t28p), plain, NotTLS), expected{verdict: Refuses, code: "protocol.plain-sip", sentence: "SIP/2.0 400 Bad Request"})
	plain = newWire(t).hello(phoneOf(t, t28p), "")
	plain.decoder.Feed(handshake.ServerToClient, 0, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	add(22, "plain HTTP", probed(phoneOf(t, t28p), plain, NotTLS), expected{verdict: Refuses, code: "protocol.plain-http"})
	add(22, "HTTPS", said(SIP{Method: "OPTIONS", Error: "not SIP"}), expected{verdict: Refuses, code: "sip.not-sip"})
	add(22, "plain SIP waits", probed(phoneOf(t, t28p), newWire(t).hello(phoneOf(t, t28p), ""), Silent), expected{verdict: Refuses, code: "ending.silent-at-hello", sentence: "plain SIP"})

	// Every row that names probe or trace.
	for _, row := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 20, 21, 22} {
		if len(rows[row]) == 0 {
			t.Errorf("row %d has no case", row)
		}
		for _, c := range rows[row] {
			t.Run(c.name, func(t *testing.T) {
				d := c.want.compare(t, c.e)
				if d.Verdict == Refuses && !slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Severity == finding.Error && f.Fix != "" }) {
					t.Error("nothing is said to mend it")
				}
			})
		}
	}
}

func phoneServer(e Evidence, given ...*certificate.Certificate) (s phone.Server) {
	s.Sent, s.Given, s.Name = e.Sent, given, e.Target.Host
	return s
}
