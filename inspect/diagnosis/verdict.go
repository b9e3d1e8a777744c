package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// verdict draws the answer from the findings so far.
func (s *subject) verdict() Verdict {
	switch finding.Decide(s.findings, false) {
	case finding.Rejected:
		return Refuses
	case finding.Accepted:
		if s.succeeded() {
			return Registers
		}
	}
	return Unknown
}

// succeeded reports whether the evidence reaches as far as the answer.
func (s *subject) succeeded() bool {
	if s.listening() {
		return s.Outcome.Ending == Completed && len(s.Listener.Requests) > 0
	}
	return s.Outcome.Ending == Completed && (s.Live || s.SIP != nil || s.HTTP != nil || s.talked())
}

// talked reports whether both sides said something after the handshake.
func (s *subject) talked() bool {
	return s.applicationData[handshake.ClientToServer] > 0 && s.applicationData[handshake.ServerToClient] > 0
}

// extent says what the answer leaves out.
func extent(s *subject) {
	g := witnessed("RFC 3261, section 26.2.1")
	switch {
	case s.listening() && s.Outcome.Ending == Completed: // told with the requests
	case s.Outcome.Ending == Completed && s.SIP == nil && s.HTTP == nil:
		switch {
		case s.Live:
			s.add("extent.tls-only", finding.Note, g, "ask for SIP, too", "nothing was asked after the handshake: the answer speaks of TLS alone")
		case s.talked():
			s.add("extent.encrypted", finding.Note, g, "capture with a key log (SSLKEYLOGFILE) and give it with --keylog", "what the two say after the handshake is encrypted: whether the registration succeeds was not seen")
		case !s.errors():
			s.add("extent.no-answer", finding.Error, guessed("the capture shows no answer"), "let the capture run longer, or look at the server's log",
				"the handshake is complete, but the capture does not show that both sides spoke after it")
		}
	case !s.errors() && !s.succeeded():
		s.add("extent.too-little", finding.Error, guessed("the evidence ends before the answer"), "try the server with phonecert probe",
			"what was seen does not reach as far as an answer: %s", s.detail())
	}
}

// sentence is the answer in one sentence: for a failure that of the first
// finding that decides.
func (s *subject) sentence() string {
	verdict := s.verdict()
	if verdict == Registers {
		return s.success()
	}
	for _, f := range s.findings {
		if f.Severity == finding.Error && (verdict == Refuses) == !f.Open() {
			return f.Message
		}
	}
	return "what was seen does not reach as far as an answer"
}

func (s *subject) success() string {
	agreed := "TLS"
	if n := s.negotiated(); n != nil {
		agreed = fmt.Sprintf("%s with %s", n.Version, n.CipherSuite)
	}
	switch {
	case s.listening():
		return s.listenerSuccess(agreed)
	case s.HTTP != nil:
		return fmt.Sprintf("%s fetches %q over %s: %s", s.client(), s.HTTP.Path, agreed, count(int(s.HTTP.Length), "byte"))
	case s.SIP != nil && s.SIP.Method == "REGISTER":
		if s.SIP.Expires == 0 {
			return fmt.Sprintf("%s registers over %s", s.client(), agreed)
		}
		return fmt.Sprintf("%s registers over %s, for %d s", s.client(), agreed, s.SIP.Expires)
	case s.SIP != nil:
		return fmt.Sprintf("%s registers as far as can be seen without its password: %s, and the server answers %s with %s", s.client(), agreed, s.SIP.Method, s.answer())
	case s.Live:
		return fmt.Sprintf("%s connects over %s", s.client(), agreed)
	}
	return fmt.Sprintf("%s completes the handshake (%s), and both sides go on to talk", s.client(), agreed)
}
