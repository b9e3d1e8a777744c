package diagnosis

import (
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// stage says in words how far the handshake had come.
func (s *subject) stage() string {
	server, client := s.last[handshake.ServerToClient], s.last[handshake.ClientToServer]
	switch {
	case s.hello == nil:
		return "before the ClientHello"
	case s.serverHello == nil:
		return "right after the ClientHello"
	case s.clientFinished():
		return "after the client's " + client
	case server == "" || server == "Alert":
		return "after the ServerHello"
	}
	return "after the server's " + server
}

// endedWithoutAlert tells of a connection that ends, or stalls, in the middle.
func endedWithoutAlert(s *subject) {
	if s.explained || s.listening() {
		return
	}
	g := witnessed("RFC 5246, section 7.2.1")
	switch s.Outcome.Ending {
	case Closed:
		s.closed(g)
	case Reset:
		s.reset(g)
	case Silent:
		s.silent(g)
	}
}

func (s *subject) closed(g ground) {
	switch {
	case !s.endedByServer() && s.Live:
		s.add("tool.closed", finding.Error, guessed("the tool ended the connection"), "try again with a longer --timeout", "the tool closed the connection %s: %s", s.stage(), s.detail())
	case !s.endedByServer():
		s.log = "unexpected eof while reading"
		s.end("ending.client-closed", g, "look at the phone's trust settings, its list of certificates and its log: so do phones that refuse a certificate without a word",
			"%s closes the connection %s without an alert", s.client(), s.stage())
	case s.failedAtHello():
		s.end("ending.closed-at-hello", g, "see that this port speaks TLS, and look at the server's log",
			"the server closes the connection right after the ClientHello without an alert: it does not speak TLS there, or does not serve this client")
	default:
		s.end("ending.closed", g, "look at the server's log", "the server closes the connection %s without an alert", s.stage())
	}
}

func (s *subject) reset(g ground) {
	switch {
	case !s.endedByServer():
		s.end("ending.client-reset", g, "look at the phone's log", "%s resets the connection %s", s.client(), s.stage())
	case s.failedAtHello():
		s.end("ending.reset-at-hello", g, "look for a firewall or an address filter (fail2ban) between the two, and at the server's log",
			"the connection is reset right after the ClientHello: a firewall breaks it, or the server's process fell")
	default:
		s.end("ending.reset", g, "look at the server's log, and for a firewall between the two", "the connection is reset %s", s.stage())
	}
}

func (s *subject) silent(g ground) {
	if s.serverHello == nil {
		s.end("ending.silent-at-hello", g, "give the port on which the server speaks TLS: usually 5061 for SIP, 443 for HTTPS",
			"the server takes the connection and does not answer the ClientHello: a server that speaks plain SIP waits so for a request")
		return
	}
	s.end("ending.silent", g, "see that large packets get through (path MTU), and look at the server's log", "the server says nothing more %s", s.stage())
}

// broken tells of what no TLS implementation can read.
func broken(s *subject) {
	g := witnessed("RFC 5246, section 7.4")
	switch s.Outcome.Ending {
	case Malformed:
		s.end("ending.malformed", g, "see that no middlebox changes the traffic, and bring the server up to date",
			"what the server sends %s breaks the protocol: %s", s.stage(), s.problem())
	case TooLarge:
		s.end("ending.too-large", g, "send no more than the server's certificate and its intermediates",
			"what the server sends %s is larger than any phone takes: %s", s.stage(), s.detail())
	}
}

// problem is the first thing that does not hold to the format.
func (s *subject) problem() string {
	if s.Transcript != nil {
		for _, e := range s.Transcript.Entries {
			if e.Direction == handshake.ServerToClient && len(e.Problems) > 0 {
				return e.Problems[0].Error()
			}
		}
		if len(s.Transcript.Problems) > 0 {
			return s.Transcript.Problems[0].Error()
		}
	}
	return s.detail()
}
