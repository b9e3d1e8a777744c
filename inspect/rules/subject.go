package rules

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/trust"
)

// subject is one file under one question, and what the rules found so far.
type subject struct {
	Question
	file  *inspect.File
	certs []*certificate.Certificate
	keys  []*key.Private
	files handset.FileRules
	// verdict is what the phone makes of the server that presents the file;
	// nil in the other roles, and where there is nothing to judge.
	verdict *trust.Verdict

	findings []finding.Finding
}

func newSubject(file *inspect.File, q Question) *subject {
	s := &subject{
		Question: q,
		file:     file,
		certs:    file.Certificates(),
		keys:     file.Keys(),
		files:    q.Profile.FilesFor(q.Role),
	}
	s.judge()
	return s
}

// ground is the knowledge on which a finding rests.
type ground struct {
	basis  finding.Basis
	source string
}

// standard is the ground of what a published format demands.
func standard(source string) ground { return ground{finding.Documented, source} }

// on is the ground that a fact of the profile gives. A fact that is not known
// gives the weakest.
func on[T any](f handset.Fact[T]) ground {
	if !f.Known() {
		return ground{finding.Assumed, f.NotKnown}
	}
	return ground{f.Basis, f.Source}
}

// weakest is the ground of an argument that needs both: it is no firmer than
// the weaker of them, and no firmer than derived.
func weakest(a, b ground) ground {
	if a.basis == finding.Assumed {
		return a
	}
	if b.basis == finding.Assumed {
		return b
	}
	return ground{finding.Derived, a.source + "; " + b.source}
}

// add reports a finding. In fix, {file} stands for the file, {out} for a free
// output name with an ending that the handset takes, {for} for the flags
// --for and --as.
func (s *subject) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	s.findings = append(s.findings, finding.Finding{
		Code:     code,
		Severity: severity,
		Message:  fmt.Sprintf(format, args...),
		Fix:      s.fill(fix),
		Basis:    g.basis,
		Source:   g.source,
	})
}

// library is the ground of what the phone's TLS library does.
func (s *subject) library() ground { return on(s.Profile.Crypto.Library) }

// leaf is the certificate that the file is about: the first one, except where
// a key in the file says which.
func (s *subject) leaf() *certificate.Certificate {
	for _, c := range s.certs {
		for _, k := range s.keys {
			if k.Matches(c.RawSubjectPublicKeyInfo) {
				return c
			}
		}
	}
	if len(s.certs) == 0 {
		return nil
	}
	return s.certs[0]
}

// which names a certificate in a sentence: nothing when it is the only one.
func (s *subject) which(c *certificate.Certificate) string {
	if len(s.certs) == 1 {
		return "the certificate"
	}
	return fmt.Sprintf("certificate %q", certificate.ShortName(c.Subject))
}
