package diagnosis

import (
	"slices"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestEndings has a case for every Ending, at every stage where it differs, in
// a probe and in a capture.
func TestEndings(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	p := phoneOf(t, t28p, root)
	hello := func() *wire { return newWire(t).hello(p, "pbx.example.com") }
	flight := func() *wire {
		return hello().choose(iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, leaf).diffieHellman(256).helloDone()
	}
	probe := func(w *wire, ending Ending) Evidence {
		e := judged(t, probed(p, w, ending), leaf)
		if e.Sent = parsed(t, leaf); ending != Completed && len(e.Transcript.Entries) < 3 {
			e.Sent, e.Trust = nil, nil
		}
		return e
	}
	by := func(closer string, e Evidence) Evidence { e.Outcome.Closer = closer; return e }
	alert := func(a iana.AlertDescription, e Evidence) Evidence { e.Outcome.Alert = a; return e }
	detail := func(text string, e Evidence) Evidence { e.Outcome.Detail = text; return e }
	trace := func(w *wire, ending Ending) Evidence { return captured(nil, w, ending) }
	ofPhone := func(w *wire, ending Ending) Evidence { return judged(t, captured(p, w, ending), leaf) }

	seen := map[Ending]bool{}
	for _, c := range []struct {
		name string
		e    Evidence
		want expected
	}{
		{"completed", probe(flight().done(), Completed), expected{verdict: Registers, code: "extent.tls-only"}},
		{"completed in a capture", trace(flight().done().talk(), Completed), expected{verdict: Registers, code: "extent.encrypted", sentence: "the client completes the handshake (TLS 1.0"}},
		{"completed, nothing said", trace(flight().done(), Completed), expected{verdict: Unknown, code: "extent.no-answer"}},
		{"by the phone itself", ofPhone(flight().done().talk(), Completed), expected{verdict: Registers, code: "agreement.same", sentence: "the phone completes"}},

		{"alert at hello", alert(iana.AlertInternalError, probe(hello().server(handshake.ContentAlert, 2, 80), AlertReceived)), expected{verdict: Unknown, code: "alert.internal-error", sentence: "probably"}},
		{"alert after the flight", alert(iana.AlertDecryptError, probe(flight().finish().server(handshake.ContentAlert, 2, 51), AlertReceived)), expected{verdict: Refuses, code: "alert.decrypt-error"}},
		{"unknown alert", alert(0xEE, probe(flight().finish().server(handshake.ContentAlert, 2, 0xEE), AlertReceived)), expected{verdict: Refuses, code: "alert.other"}},

		{"tool's alert", detail("the signature does not verify", alert(iana.AlertDecryptError, probe(flight().client(handshake.ContentAlert, 2, 51), AlertSent))), expected{verdict: Unknown, code: "tool.gave-up"}},
		{"phone's alert", alert(iana.AlertUnknownCA, trace(flight().client(handshake.ContentAlert, 2, 48), AlertSent)), expected{Refuses, "phone-alert.unknown-ca", "the client hangs up after the server's ServerHelloDone with the alert unknown_ca (48)", "tlsv1 alert unknown ca (SSL alert number 48)", ""}},
		{"phone's alert, not expected", alert(iana.AlertUnknownCA, ofPhone(flight().client(handshake.ContentAlert, 2, 48), AlertSent)), expected{verdict: Refuses, code: "agreement.refused"}},
		{"phone's unknown alert", alert(0xEE, trace(flight().client(handshake.ContentAlert, 2, 0xEE), AlertSent)), expected{verdict: Refuses, code: "phone-alert.other"}},

		{"closed at hello", probe(hello(), Closed), expected{verdict: Refuses, code: "ending.closed-at-hello"}},
		{"closed after the flight", probe(flight().finish(), Closed), expected{verdict: Refuses, code: "ending.closed", sentence: "after the client's"}},
		{"closed in the flight", probe(hello().choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf), Closed), expected{verdict: Refuses, code: "ending.closed", sentence: "after the server's Certificate"}},
		{"closed by the client", by("client", trace(flight(), Closed)), expected{Refuses, "ending.client-closed", "the client closes the connection after the server's ServerHelloDone", "unexpected eof", ""}},
		{"closed by the tool", by("client", probe(flight(), Closed)), expected{verdict: Unknown, code: "tool.closed"}},

		{"reset at hello", probe(hello(), Reset), expected{verdict: Refuses, code: "ending.reset-at-hello"}},
		{"reset after the flight", probe(flight().finish(), Reset), expected{verdict: Refuses, code: "ending.reset"}},
		{"reset by the client", by("client", trace(flight(), Reset)), expected{verdict: Refuses, code: "ending.client-reset"}},

		{"silent at hello", probe(hello(), Silent), expected{verdict: Refuses, code: "ending.silent-at-hello"}},
		{"silent after the flight", probe(flight().finish(), Silent), expected{verdict: Refuses, code: "ending.silent"}},

		{"not TLS", detail("an empty line", probe(hello(), NotTLS)), expected{verdict: Refuses, code: "protocol.not-tls"}},
		{"malformed", probe(hello().server(handshake.ContentHandshake, message(2, []byte{3, 1, 0})...), Malformed), expected{verdict: Refuses, code: "ending.malformed", sentence: "ServerHello, byte"}},
		{"too large", detail("a Certificate message of 16777215 bytes", probe(hello(), TooLarge)), expected{verdict: Refuses, code: "ending.too-large", sentence: "16777215"}},
		{"unsupported", detail("IDEA cannot be computed here", probe(hello().choose(iana.TLS_RSA_WITH_IDEA_CBC_SHA, leaf).helloDone(), Unsupported)), expected{verdict: Unknown, code: "tool.unsupported", sentence: "the tool, not the server"}},
		{"unfinished", trace(flight(), Unfinished), expected{verdict: Unknown, code: "capture.unfinished", sentence: "ServerHelloDone"}},
	} {
		seen[c.e.Outcome.Ending] = true
		t.Run(c.name, func(t *testing.T) { c.want.compare(t, c.e) })
	}
	for _, ending := range []Ending{Completed, AlertReceived, AlertSent, Closed, Reset, Silent, NotTLS, Malformed, TooLarge, Unsupported, Unfinished} {
		if !seen[ending] {
			t.Errorf("no case for %q", ending)
		}
	}
}

// TestTrustDecidesWhereTheToolStops: a refusal of the certificates is certain
// although the tool cannot go on.
func TestTrustDecidesWhereTheToolStops(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p)
	w := newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_IDEA_CBC_SHA, leaf, root).helloDone()
	expected{verdict: Refuses, code: "tool.unsupported", log: "unknown ca"}.compare(t, judged(t, probed(p, w, Unsupported), leaf, root))
}

func TestBeforeTLS(t *testing.T) {
	p := phoneOf(t, t28p)
	base := func() Evidence { e := probed(p, nil, ""); e.Outcome.Closer = ""; return e }
	looked := func(outcome LookupOutcome) Evidence {
		e := base()
		e.Dial, e.Lookup = nil, &Lookup{Error: "no address", Records: []Record{{Type: "A", Name: "pbx.example.com", Outcome: outcome}, {Type: "NAPTR", Outcome: NotAsked}}}
		return e
	}
	dialed := func(r DialResult) Evidence {
		e := base()
		e.Dial.Result, e.Dial.Error, e.Dial.Duration = r, "no route to host", 10*time.Second
		return e
	}
	noSRV := base()
	noSRV.Dial.Result, noSRV.Target.Discovery = Refused, BySRV
	for name, c := range map[string]struct {
		e    Evidence
		want expected
	}{
		"no such name":   {looked(NoSuchName), expected{verdict: Refuses, code: "lookup.no-address", sentence: `no address for "pbx.example.com"`}},
		"lookup timeout": {looked(NoAnswer), expected{verdict: Unknown, code: "lookup.failed", sentence: "probably"}},
		"no SRV":         {noSRV, expected{verdict: Refuses, code: "lookup.no-srv"}},
		"refused":        {dialed(Refused), expected{verdict: Refuses, code: "dial.refused", sentence: "192.0.2.10:5061"}},
		"timeout":        {dialed(TimedOut), expected{verdict: Unknown, code: "dial.timeout", sentence: "within 10 s"}},
		"unreachable":    {dialed(Unreachable), expected{verdict: Unknown, code: "dial.unreachable", sentence: "no route to host"}},
		"other":          {dialed("odd"), expected{verdict: Unknown, code: "dial.failed"}},
		"nothing at all": {Evidence{}, expected{verdict: Unknown, code: "extent.too-little"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.compare(t, c.e) })
	}
}

func TestCaptures(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p, root)
	full := func() *wire {
		return newWire(t).hello(p, "").choose(iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, leaf).diffieHellman(256).helloDone().done().talk()
	}
	for _, kind := range []string{"began-mid-stream", "ended-mid-stream", "segment-lost", "snap-length", "one-direction", "too-large"} {
		t.Run(kind, func(t *testing.T) {
			e := captured(nil, full(), Unfinished)
			e.Lost = []Lost{{Kind: kind, Direction: handshake.ServerToClient, Bytes: 1460}}
			expected{verdict: Unknown, code: "capture." + kind}.compare(t, e)
		})
	}
	t.Run("resumed", func(t *testing.T) {
		w := newWire(t).hello(p, "").server(handshake.ContentHandshake, serverHello(iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, 0, 7)...).
			server(handshake.ContentChangeCipherSpec, 1).server(handshake.ContentHandshake, make([]byte, 48)...).
			client(handshake.ContentChangeCipherSpec, 1).client(handshake.ContentHandshake, make([]byte, 48)...).talk()
		e := captured(nil, w, Completed)
		expected{verdict: Registers, code: "capture.resumed"}.compare(t, e)
		e.Phone = p
		expected{verdict: Unknown, code: "trust.not-seen"}.compare(t, e)
	})
	t.Run("another client", func(t *testing.T) {
		e := judged(t, captured(p, full(), Completed), leaf)
		e.Matches = []offer.Match{{Handset: t28p, Likeness: offer.Unknown, Differences: []string{"3 suites more"}}}
		d := expected{verdict: Registers, code: "capture.other-client", sentence: "the client"}.compare(t, e)
		if slices.Contains(codes(d), "capture.other-offer") {
			t.Error("the two agreed on what the phone offers, too")
		}
		e.Transcript = newWire(t).hello(p, "").choose(iana.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, leaf).helloDone().done().talk().transcript()
		expected{verdict: Refuses, code: "cipher.not-offered"}.compare(t, e)
	})
	t.Run("accepted against expectation", func(t *testing.T) {
		e := captured(phoneOf(t, t28p), full(), Completed)
		e.Phone.Settings.OnlyTrusted.Value = "on"
		expected{verdict: Registers, code: "agreement.accepted"}.compare(t, judged(t, e, leaf, root))
	})
	t.Run("another alert", func(t *testing.T) {
		w := newWire(t).hello(p, "").choose(iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, leaf).helloDone().client(handshake.ContentAlert, 2, 42)
		e := captured(phoneOf(t, t28p), w, AlertSent)
		e.Outcome.Alert = iana.AlertBadCertificate
		expected{Refuses, "agreement.other-alert", "bad_certificate (42)", "sslv3 alert bad certificate", ""}.compare(t, judged(t, e, leaf, root))
	})
	for _, c := range []struct{ first, code, log string }{
		{"REGISTER sip:example.com SIP/2.0\r\n", "protocol.client-sip", "wrong version number"},
		{"GET /y000000000000.cfg HTTP/1.1\r\n", "protocol.client-http", "http request"},
		{"SSH-2.0-x\r\n", "protocol.client-other", "wrong version number"},
	} {
		t.Run(c.code, func(t *testing.T) {
			w := newWire(t)
			w.decoder.Feed(handshake.ClientToServer, 0, []byte(c.first))
			expected{verdict: Refuses, code: c.code, log: c.log}.compare(t, captured(nil, w, NotTLS))
		})
	}
}
