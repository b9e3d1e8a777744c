package diagnosis

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/finding"
)

// own tells which certificate the phone shows of itself.
func (s *subject) own() {
	c := s.Listener.Client
	g := ground{finding.Observed, "this connection; the fact sheet on handsets, certificate roles"}
	const upload = "to give the phone one of your own: phonecert upload FILE --as server --phone URL"
	switch {
	case c == nil:
		if s.asked() && s.Outcome.Ending == Completed {
			s.add("listener.no-certificate", finding.Note, g, upload, "the phone shows no certificate although it is asked for one")
		}
		return
	case c.Kind == "unique":
		s.add("listener.unique-certificate", finding.Note, g, upload, "the phone shows a certificate of its own with its MAC address %s, issued by %q%s", c.MAC, c.Issuer, c.proof())
	case c.Kind == "generic":
		s.add("listener.generic-certificate", finding.Note, g, upload, "the phone shows its maker's certificate %q, issued by %q, without a MAC address: probably the generic one, which many phones share%s", c.Subject, c.Issuer, c.proof())
	case c.Kind == "uploaded":
		s.add("listener.uploaded-certificate", finding.Note, g, "nothing here", "the phone shows the certificate %q, issued by %q, which is not its maker: it was uploaded%s", c.Subject, c.Issuer, c.proof())
	default:
		s.add("listener.own-certificate", finding.Note, g, upload, "the phone shows the certificate %q, issued by %q%s", c.Subject, c.Issuer, c.proof())
	}
	switch {
	case c.Trusted == nil:
	case *c.Trusted:
		s.add("listener.certificate-trusted", finding.Note, g, "nothing here", "the CAs that were given trust the phone's certificate")
	default:
		s.add("listener.certificate-untrusted", finding.Warning, g, "add the CA that issued it to the server's list of client CAs", "the CAs that were given do not trust the phone's certificate: %s; a server that verifies it hangs up here", c.Reason)
	}
}

// proof says so where the phone did not prove to have the key.
func (c *ListenerClient) proof() string {
	if c.Proved {
		return ""
	}
	return "; it did not prove to have the key"
}

// answeredHere tells what was said inside TLS.
func (s *subject) answeredHere() {
	if s.Outcome.Ending != Completed {
		return
	}
	g := witnessed("RFC 3261, section 10.3")
	last := s.lastRegister()
	switch {
	case s.https():
		s.filesAsked()
	case len(s.Listener.Requests) == 0:
	case last == nil:
	case last.Status == 401 || last.Status == 407:
		s.add("listener.password", finding.Error, g, "compare user name and password on the phone with those given to the listener", "the phone accepts this listener and registers, but does not answer the question for a password, or wrongly (%d)", last.Status)
	case last.Status >= 300:
		s.add("listener.register-refused", finding.Error, g, "nothing, if the listener was told so", "the phone accepts this listener and registers, and is answered %d, as the listener was told or by its rules", last.Status)
	}
	if len(s.Listener.Requests) == 0 && !s.errors() {
		s.add("listener.nothing-asked", finding.Error, guessed("a phone that refuses a certificate after the handshake does so, too"), "look at the phone's log",
			"the phone completes the handshake and then asks for nothing%s", s.gone())
	}
}

// gone tells who ended a silence.
func (s *subject) gone() string {
	if s.endedByServer() {
		return ""
	}
	return ": it hangs up"
}

func (s *subject) lastRegister() *ListenerRequest {
	for i := len(s.Listener.Requests) - 1; i >= 0; i-- {
		if r := &s.Listener.Requests[i]; r.Method == "REGISTER" {
			return r
		}
	}
	return nil
}

// filesAsked tells which files a phone asks for.
func (s *subject) filesAsked() {
	g := witnessed("RFC 9110, section 9.3.1")
	told := map[ListenerRequest]bool{}
	for _, r := range s.Listener.Requests {
		if told[r] {
			continue
		}
		told[r] = true
		if r.Status >= 200 && r.Status < 300 {
			s.add("listener.file", finding.Note, g, "nothing here", "the phone asks for %q and gets it", r.About)
		} else {
			s.add("listener.file-missing", finding.Note, g, "put the file into the folder of --serve", "the phone asks for %q and is answered %d", r.About, r.Status)
		}
	}
}

// listenerSuccess is the answer in one sentence.
func (s *subject) listenerSuccess(agreed string) string {
	var asked []string
	for _, r := range s.Listener.Requests {
		word := fmt.Sprintf("%s (%d)", r.Method, r.Status)
		if s.https() {
			word = fmt.Sprintf("%s %q (%d)", r.Method, r.About, r.Status)
		}
		if !slices.Contains(asked, word) {
			asked = append(asked, word)
		}
	}
	if r := s.lastRegister(); r != nil && r.Status < 300 {
		return fmt.Sprintf("the phone accepts this listener and registers over %s", agreed)
	}
	const most = 4
	if len(asked) > most {
		asked = append(asked[:most], "more")
	}
	return fmt.Sprintf("the phone accepts this listener and connects over %s: %s", agreed, enumerate(asked))
}
