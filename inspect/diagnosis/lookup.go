package diagnosis

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/finding"
)

// What a server said is certain; what the network between swallowed is not, for
// the phone stands elsewhere in it.

// lookedUp tells why a name has no address.
func lookedUp(s *subject) {
	l := s.Lookup
	if l == nil || l.Error == "" {
		return
	}
	asked, open := false, false
	for _, r := range l.Records {
		asked = asked || r.Outcome != NotAsked
		// What came and leads nowhere is as good as what does not exist.
		open = open || r.Outcome == NoAnswer || r.Outcome == LookupRefused || r.Outcome == LookupFailed
	}
	if asked && !open {
		s.end("lookup.no-address", witnessed("RFC 3263, section 4.2"), "correct the server's name on the phone, or enter the name into the DNS that the phone asks",
			"the DNS has no address for %q: %s", s.Target.Host, l.Error)
		return
	}
	s.end("lookup.failed", guessed("the phone may ask another DNS server"), "look at the DNS server, or give the server's address instead of its name",
		"the phone probably finds no address for %q, because the lookup failed here: %s", s.Target.Host, l.Error)
}

// discovered tells of a SIP domain without the records that lead to its server.
func discovered(s *subject) {
	l := s.Lookup
	if l == nil || l.Error != "" || s.Target.Discovery == ByAddress {
		return
	}
	if s.Target.ServerName() == "" {
		return
	}
	if !slices.ContainsFunc(l.Records, func(r Record) bool { return r.Type == "SRV" && r.Outcome == "" }) {
		s.add("lookup.no-srv", finding.Note, standard("RFC 3263, section 4.2"),
			"add _sips._tcp."+s.Target.Host+". SRV 0 0 5061 and the server's name to the zone, or enter the server's own name on the phone",
			"no SRV record leads from %q to a server for SIP over TLS, so its address and port %d are taken", s.Target.Host, s.port())
	}
}

// dialed tells why there is no TCP connection.
func dialed(s *subject) {
	d := s.Dial
	if d == nil || d.Result == Connected {
		return
	}
	const elsewhere = "this computer and the phone may stand in different networks"
	switch d.Result {
	case Refused:
		s.end("dial.refused", witnessed("RFC 9293, section 3.5.2"), "switch TLS on at the server, or correct the port: SIP over TLS is usually at 5061, HTTPS at 443",
			"nothing listens at %s: the connection is refused%s", s.server(), within(d.Duration))
	case TimedOut:
		s.end("dial.timeout", guessed(elsewhere), "let the firewall pass TCP to this port, and see that the server runs",
			"the phone probably does not reach the server, because %s does not answer%s", s.server(), within(d.Duration))
	case Unreachable:
		s.end("dial.unreachable", guessed(elsewhere), "look at the route to this address, and try from the phone's network",
			"the phone probably does not reach the server, because the network knows no way to %s: %s", s.server(), d.Error)
	default:
		s.end("dial.failed", guessed(elsewhere), "try again from the phone's network",
			"the phone probably does not reach the server, because connecting to %s failed: %s", s.server(), d.Error)
	}
}
