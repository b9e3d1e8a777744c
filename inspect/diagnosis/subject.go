package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/diagnosis/remedy"
	"github.com/phonecert/phonecert/inspect/finding"
)

// subject is one connection, and what the rules found so far.
type subject struct {
	Evidence
	flow
	findings []finding.Finding
	// explained says that a rule has named the cause for which the handshake
	// ended, so that the ending needs no words of its own.
	explained bool
	// log is what the server's log shows, need what its configuration lacks.
	log  string
	need remedy.Need
}

func newSubject(e Evidence) *subject {
	return &subject{Evidence: e, flow: flowOf(e.Transcript), findings: []finding.Finding{}}
}

// ground is the knowledge on which a finding rests.
type ground struct {
	basis  finding.Basis
	source string
}

// standard is the ground of what a published standard demands.
func standard(source string) ground { return ground{finding.Documented, source} }

// witnessed is the ground of what the connection itself shows; source is the
// text that gives it its meaning.
func witnessed(source string) ground {
	return ground{finding.Derived, "seen in this connection; " + source}
}

// guessed is the ground of what is likely and no more.
func guessed(source string) ground { return ground{finding.Assumed, source} }

// on is the ground that a fact of the profile gives. A fact that is not known
// gives the weakest.
func on[T any](f handset.Fact[T]) ground {
	if !f.Known() {
		return ground{finding.Assumed, f.NotKnown}
	}
	return ground{f.Basis, f.Source}
}

// weakest is the ground of an argument that needs all of them: it is no firmer
// than the weakest, and no firmer than derived.
func weakest(first ground, others ...ground) ground {
	for _, g := range append([]ground{first}, others...) {
		if g.basis == finding.Assumed {
			return g
		}
	}
	sources := strings.Split(first.source, "; ")
	for _, g := range others {
		for _, source := range strings.Split(g.source, "; ") {
			if !slices.Contains(sources, source) {
				sources = append(sources, source)
			}
		}
	}
	return ground{finding.Derived, strings.Join(sources, "; ")}
}

// add reports a finding.
func (s *subject) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	s.findings = append(s.findings, finding.Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Fix: fix, Basis: g.basis, Source: g.source,
	})
}

// end reports the cause for which the handshake ended.
func (s *subject) end(code string, g ground, fix, format string, args ...any) {
	s.explained = true
	s.add(code, finding.Error, g, fix, format, args...)
}

// errors reports whether a finding stands in the way.
func (s *subject) errors() bool {
	return slices.ContainsFunc(s.findings, func(f finding.Finding) bool { return f.Severity == finding.Error })
}

// client is what the client is called.
func (s *subject) client() string {
	if s.Live || s.listening() || s.isPhone() {
		return "the phone"
	}
	return "the client"
}

// handset is the phone's name for commands.
func (s *subject) handset() string {
	if s.Phone == nil {
		return "the phone"
	}
	return s.Phone.Name
}

// https reports whether the target is a provisioning server.
func (s *subject) https() bool { return s.Target.Scheme == "https" }

// endedByServer reports whether the server ended the connection, or nobody is known
// to have done so.
func (s *subject) endedByServer() bool { return s.Outcome.Closer != "client" }

// failedAtHello reports whether the server ended the connection in place of a
// ServerHello.
func (s *subject) failedAtHello() bool {
	if s.hello == nil || s.serverHello != nil || len(s.foreign()) > 0 {
		return false
	}
	switch s.Outcome.Ending {
	case AlertReceived:
		return true
	case Closed, Reset:
		return s.endedByServer()
	case Silent: // some servers say nothing to an offer that they do not take
		return s.Survey != nil && len(s.Survey.Versions) > 0
	}
	return false
}
