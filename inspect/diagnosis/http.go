package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
)

// fetched explains the answer of a provisioning server.
func fetched(s *subject) {
	h := s.HTTP
	if h == nil || s.Outcome.Ending != Completed {
		return
	}
	g := witnessed("RFC 9110, section 15")
	path := fmt.Sprintf("%q", h.Path)
	switch {
	case h.Error == "not HTTP":
		s.add("http.not-http", finding.Error, g, "give the port for HTTPS, usually 443", "TLS is fine, but what answers at port %d is not HTTP", s.port())
	case h.Error == "too large":
		s.add("http.too-large", finding.Error, guessed("how much the phone takes is not documented"), "serve a smaller file", "the answer for %s is larger than what is read here; whether the phone takes it is not known", path)
	case h.Error != "":
		s.add("http.no-answer", finding.Error, g, "look at the server's log", "TLS is fine, but the server does not answer the request for %s: %s", path, h.Error)
	case h.Status >= 200 && h.Status < 300:
		s.file(g, path)
	case h.Status >= 300 && h.Status < 400:
		s.add("http.redirected", finding.Error, guessed("whether the phone follows is not documented"), "enter the final address on the phone", "the server sends the phone elsewhere for %s (%d%s); whether it follows is not known", path, h.Status, to(h.Location))
	case h.Status == 400 && s.asked():
		s.add("http.certificate", finding.Error, guessed("the phone has a certificate that was not shown"), "show the phone's certificate with --client-cert", "the server answers 400, as servers do that want a client certificate; whether it takes the phone's is not known")
	case h.Status == 401, h.Status == 407:
		s.add("http.password", finding.Error, guessed("the phone may have a user name and password"), "enter user name and password for provisioning on the phone", "the server wants a password for %s (%d); whether the phone has it is not known", path, h.Status)
	case h.Status == 403:
		s.add("http.forbidden", finding.Error, g, "look at the server's access lists", "the server forbids %s (403)", path)
	case h.Status == 404, h.Status == 410:
		s.add("http.not-found", finding.Error, g, "put the file there, or correct the address; the name of a phone's own file is its MAC in twelve lower-case hexadecimal digits", "the server has no %s (%d)", path, h.Status)
	case h.Status >= 500:
		s.add("http.server-error", finding.Error, g, "look at the server's log", "the server has trouble of its own with %s (%d)", path, h.Status)
	default:
		s.add("http.other", finding.Error, g, "look at the server's log", "the server answers the request for %s with %d %s", path, h.Status, h.Reason)
	}
}

func to(location string) string {
	if location == "" {
		return ""
	}
	return " to " + location
}

// file looks at what was fetched.
func (s *subject) file(g ground, path string) {
	switch h := s.HTTP; h.Looks {
	case "HTML":
		s.add("http.html", finding.Warning, g, "see that the server delivers the file itself", "what comes for %s looks like a web page and not like a phone's file", path)
	case "empty":
		s.add("http.empty", finding.Warning, g, "fill the file", "%s is empty", path)
	}
}
