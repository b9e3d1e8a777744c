package diagnosis

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// replayed names what of the phone's own ClientHello the tool sends and could not
// act on, and how far the handshake went with it.
func replayed(s *subject) {
	if len(s.Raw) == 0 {
		return
	}
	went := "the handshake is completed all the same"
	if s.Outcome.Ending != Completed {
		went = "the handshake ends " + s.stage()
	}
	const fix = "where the handshake fails because the server took one of them up, try the server with the phone itself"
	s.add("offer.raw-extension", finding.Note, witnessed("the profile's tls.client_hello"), fix,
		"parts of the phone's ClientHello are sent as the phone sends them, and this tool does not act on them: %s; %s", enumerate(s.Raw), went)
	switch s.Outcome.Ending {
	case AlertReceived, Closed, Reset, Malformed:
		if taken := s.takenUp(); len(taken) > 0 {
			s.end("offer.raw-taken-up", guessed("the tool does not do what the server then expects"), "try the server with the phone itself, or switch that off at the server",
				"the tool, not the phone, probably fails with the server, because that took up %s, which the tool sends as the phone does and does not act on: %s", enumerate(taken), went)
		}
	}
}

// takenUp are the parts that are only sent and that the server answered to.
func (s *subject) takenUp() []string {
	if s.Transcript == nil {
		return nil
	}
	var list []string
	for _, e := range s.Transcript.Entries {
		var extensions handshake.Extensions
		switch m := e.Fields.(type) {
		case *handshake.ServerHello:
			extensions = m.Extensions
		case *handshake.EncryptedExtensions:
			extensions = m.Extensions
		}
		for _, x := range extensions {
			if part := RawExtension(x.Type); slices.Contains(s.Raw, part) {
				list = append(list, part)
			}
		}
	}
	return list
}

// RawExtension is how Evidence.Raw names an extension.
func RawExtension(t fmt.Stringer) string { return "the extension " + t.String() }

// bestTaken reports whether what was agreed on does not hang on which of the older
// versions the phone takes: its ClientHello lists all, or the server chose the best,
// or chose nothing.
func (s *subject) bestTaken() bool {
	best := slices.Max(append(offer.Versions(s.Phone.Profile), 0))
	unsure := slices.ContainsFunc(s.Gaps, func(g offer.Gap) bool { return g.Fact == "tls.versions" })
	return !unsure || s.serverHello == nil || s.serverHello.Selected() >= best
}
