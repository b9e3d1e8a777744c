package diagnosis

import (
	"github.com/phonecert/phonecert/inspect/handshake"
)

// foreignProtocol names what is spoken in the place of TLS.
func foreignProtocol(s *subject) {
	for _, f := range s.foreign() {
		if f.Direction == handshake.ServerToClient {
			s.foreignServer(f)
		} else if !s.Live {
			s.foreignClient(f)
		}
	}
	if s.Outcome.Ending == NotTLS && len(s.foreign()) == 0 {
		s.end("protocol.not-tls", witnessed("RFC 5246, section 6.2.1"), "give the port on which the server speaks TLS",
			"what answers at port %d is not TLS: %s", s.port(), s.detail())
	}
}

func (s *subject) foreignServer(f handshake.Foreign) {
	g := witnessed("RFC 5246, section 6.2.1")
	switch f.Protocol {
	case "SIP":
		s.end("protocol.plain-sip", g, "use the server's port for TLS, usually 5061, or switch TLS on for this one",
			"port %d speaks SIP without TLS: it answers the ClientHello with %q", s.port(), f.FirstLine)
	case "HTTP":
		s.end("protocol.plain-http", g, "use the port for HTTPS, usually 443, or SIP over TLS, usually 5061",
			"port %d speaks HTTP without TLS: it answers the ClientHello with %q", s.port(), f.FirstLine)
	case "unknown":
		s.end("protocol.unknown", g, "give the port on which the server speaks TLS",
			"port %d does not speak TLS, nor any protocol that is known here: it answers %q", s.port(), f.FirstLine)
	default:
		s.end("protocol.other", g, "give the port on which the server speaks TLS",
			"port %d speaks %s and not TLS: it answers %q", s.port(), f.Protocol, f.FirstLine)
	}
}

// foreignClient is a phone, in a capture, that does not begin TLS at all.
func (s *subject) foreignClient(f handshake.Foreign) {
	g := witnessed("RFC 5246, section 6.2.1")
	switch f.Protocol {
	case "HTTP":
		s.log = "http request"
		s.end("protocol.client-http", g, "write https:// into the address on the phone", "the client speaks HTTP without TLS to port %d: it sends %q", s.port(), f.FirstLine)
	case "SIP":
		s.log = "wrong version number"
		s.end("protocol.client-sip", g, "set the account's transport on the phone to TLS", "the client speaks SIP without TLS to port %d: it sends %q", s.port(), f.FirstLine)
	default:
		s.log = "wrong version number"
		s.end("protocol.client-other", g, "see which program makes this connection", "the client does not begin with TLS at port %d: %s, it sends %q", s.port(), f.Protocol, f.FirstLine)
	}
}

// detail is what is told of the ending, in words.
func (s *subject) detail() string {
	if s.Outcome.Detail == "" {
		return "no more is known"
	}
	return s.Outcome.Detail
}
