package diagnosis

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/finding"
)

// account says what a person at the phone sees of success, and what of the
// account is encrypted by it (row 21 of the fact sheet on field failures).
func account(s *subject) {
	if s.verdict() != Registers || s.https() || s.Phone == nil {
		return
	}
	t := s.Phone.Profile.TLS
	if t.LockIcon.Known() {
		s.add("account.lock-icon", finding.Note, on(t.LockIcon), "look at the phone", "the phone shows a lock on its %s", t.LockIcon.Value)
	}
	if t.Encrypts.Known() && slices.Contains(t.Encrypts.Value, "RTP") {
		s.add("account.encrypts-all", finding.Note, on(t.Encrypts), "if calls have no sound, compare the SRTP setting of the account with the server's", "TLS encrypts %s of the account", enumerate(t.Encrypts.Value))
		return
	}
	g := standard("RFC 3711: the protection of voice is negotiated apart from that of SIP")
	if t.Encrypts.Known() {
		g = on(t.Encrypts)
	}
	s.add("account.srtp", finding.Note, g, "set the account's SRTP on the phone and at the server alike: one side alone gives calls without sound",
		"TLS encrypts SIP; voice is encrypted only by SRTP, which is a setting of its own")
}
