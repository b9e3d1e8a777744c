package diagnosis

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// losses tells in words which parts a capture lacks.
func losses(s *subject) {
	g := witnessed("RFC 9293, section 3.4")
	for _, l := range s.Lost {
		side := "from the client"
		if l.Direction == handshake.ServerToClient {
			side = "from the server"
		}
		amount := "an unknown number of bytes"
		if l.Bytes > 0 {
			amount = count(int(l.Bytes), "byte")
		}
		switch l.Kind {
		case "began-mid-stream":
			s.add("capture.began-mid-stream", finding.Note, g, "start the capture, then reboot the phone or switch the account off and on", "the capture begins in the middle of the connection: what came before %s is missing", side)
		case "ended-mid-stream":
			s.add("capture.ended-mid-stream", finding.Note, g, "let the capture run until the connection ends", "the capture ends in the middle of the connection: what came later %s is missing", side)
		case "segment-lost":
			s.add("capture.segment-lost", finding.Note, g, "capture nearer to the phone or with a larger buffer (tcpdump -B 4096)", "%s %s were not captured", amount, side)
		case "snap-length":
			s.add("capture.snap-length", finding.Note, g, "capture whole packets: tcpdump -s 0", "the capture cut its packets short: %s %s are missing", amount, side)
		case "one-direction":
			s.add("capture.one-direction", finding.Note, g, "capture at a place that both directions pass, on a switch a mirror port for both", "the capture holds one direction only: nothing %s", side)
		case "too-large":
			fix := "cut the capture down to this connection"
			if s.listening() {
				fix = "nothing here: it was answered all the same"
			}
			s.add("capture.too-large", finding.Note, g, fix, "%s %s were left out, for the connection is larger than what is kept", amount, side)
		default:
			s.add("capture.lost", finding.Note, g, "capture again", "%s %s are missing (%s)", amount, side, l.Kind)
		}
	}
	if s.Outcome.Ending == Unfinished {
		s.add("capture.unfinished", finding.Error, guessed("what followed is not in the capture"), "capture from before the connection begins until it ends",
			"how the handshake ends is not in the capture: it breaks off %s", s.stage())
	}
}

// hidden tells why the certificates were not seen, and what hangs on them.
func hidden(s *subject) {
	if s.Outcome.Ending != Completed {
		return
	}
	n := s.negotiated()
	switch {
	case n != nil && n.Resumed:
		s.add("capture.resumed", finding.Warning, witnessed("RFC 5246, section 7.3"), "restart the phone or the server and capture the first connection",
			"the two go on with an earlier session, so no certificate is sent and trust cannot be judged from this connection")
	case n != nil && n.Version >= iana.TLS13 && s.serverChain == nil:
		s.add("capture.certificates-encrypted", finding.Note, witnessed("RFC 8446, section 2"), "capture with a key log (SSLKEYLOGFILE) and give it with --keylog",
			"TLS 1.3 encrypts the certificates, so they cannot be seen without a key log")
	}
	if s.Phone != nil && s.Trust == nil && !s.believesWire() && !s.explained {
		s.add("trust.not-seen", finding.Error, guessed("the server's certificates were not seen"), "try the server with phonecert probe, or check its chain with phonecert check --as pbx",
			"whether the phone trusts the server is not known, for its certificates were not seen")
	}
}

func (s *subject) negotiated() *handshake.Negotiated {
	if s.Transcript == nil {
		return nil
	}
	return s.Transcript.Negotiated
}

// match is how near the client in a capture comes to the phone in question.
func (s *subject) match() *offer.Match {
	if s.Phone == nil || s.Phone.Profile == nil {
		return nil
	}
	for i, m := range s.Matches {
		if m.Handset == s.Phone.Profile.ID {
			return &s.Matches[i]
		}
	}
	return nil
}

// isPhone reports whether the client in a capture is the phone in question.
func (s *subject) isPhone() bool {
	m := s.match()
	return !s.Live && m != nil && (m.Likeness == offer.Exact || m.Likeness == offer.Near)
}

// believesWire reports whether the connection itself tells what the phone makes
// of the server, which weighs more than what the model of it expects.
func (s *subject) believesWire() bool {
	return s.listening() || s.isPhone() && (s.Outcome.Ending == Completed || s.Outcome.Ending == AlertSent)
}

// otherClient tells that a capture does not show the phone in question.
func otherClient(s *subject) {
	if s.Live || s.listening() || s.Phone == nil || s.hello == nil || s.isPhone() {
		return
	}
	differences := ""
	if m := s.match(); m != nil && len(m.Differences) > 0 {
		differences = ": " + strings.Join(m.Differences[:min(3, len(m.Differences))], "; ")
	}
	s.add("capture.other-client", finding.Note, witnessed("RFC 5246, section 7.4.1.2"), "leave --handset out to read the capture for what it is, or capture a phone of this model",
		"the ClientHello in the capture is not that of %s%s", s.handset(), differences)
	if s.Outcome.Ending == Completed && !s.wouldAgree() {
		s.add("capture.other-offer", finding.Error, guessed("another client made this connection"), "try the server with phonecert probe --handset "+s.handset(),
			"whether %s agrees with the server on version and cipher suite is not known, for another client made this connection", s.handset())
	}
}

// wouldAgree reports whether what the two agreed on is in the phone's offer.
func (s *subject) wouldAgree() bool {
	n, t := s.negotiated(), s.Phone.Profile.TLS
	return n != nil && on(t.Versions).basis != finding.Assumed && on(t.CipherSuites).basis != finding.Assumed &&
		slices.Contains(t.Versions.Value, n.Version.String()) && slices.Contains(t.CipherSuites.Value, uint16(n.CipherSuite))
}

// agreement compares what the phone in a capture did with what the model of it
// expects.
func agreement(s *subject) {
	if !s.believesWire() || s.Outcome.Ending != Completed && s.Outcome.Ending != AlertSent || s.Trust == nil || s.Trust.Connects == nil {
		return
	}
	const fix = "look at the phone's trust settings, certificates and clock and give them with --only-trusted, --ca, --cn-validation, --custom and --clock"
	g := guessed("what is set on this phone is not known")
	expects := *s.Trust.Connects
	switch {
	case s.Outcome.Ending == Completed && !expects:
		s.add("agreement.accepted", finding.Warning, g, fix, "the phone goes on although with the settings supposed here it would refuse (%s): settings or certificates on it probably differ", s.Trust.Reason)
	case s.Outcome.Ending == AlertSent && expects && ofTrust(s.Outcome.Alert):
		s.add("agreement.refused", finding.Warning, g, fix, "the phone refuses with %s although with the settings supposed here it would go on: settings, certificates or clock on it probably differ", s.Outcome.Alert)
	case s.Outcome.Ending == AlertSent && !expects && s.Trust.Alert != "" && s.Trust.Alert != s.Outcome.Alert.String():
		s.add("agreement.other-alert", finding.Warning, g, fix, "the phone sends %s, and with the settings supposed here it would send %s: settings, certificates or clock on it probably differ", s.Outcome.Alert, s.Trust.Alert)
	default:
		s.add("agreement.same", finding.Note, witnessed("RFC 5246, section 7.2.2"), "nothing here", "the phone does what is expected of it with the settings supposed here")
	}
}

// ofTrust reports whether an alert speaks of the server's certificates.
func ofTrust(a iana.AlertDescription) bool {
	switch a {
	case iana.AlertBadCertificate, iana.AlertUnsupportedCertificate, iana.AlertCertificateRevoked, iana.AlertCertificateExpired,
		iana.AlertCertificateUnknown, iana.AlertUnknownCA, iana.AlertDecryptError:
		return true
	}
	return false
}
