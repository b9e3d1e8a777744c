package rules

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/armor/openssl"
	"github.com/phonecert/phonecert/inspect/finding"
)

// fileReading reports the damages of the file, each as grave as it is to the
// phone: what its own reader takes all the same is a warning at most.
func fileReading(s *subject) {
	harmless := false
	// A container is refused as such, whatever the reader would say of its text.
	if s.Role != handset.PBX && s.file.PEM && s.file.Format != inspect.FormatPKCS7 {
		harmless = s.phoneReads()
	}
	for _, f := range s.file.Findings {
		if s.refusedFor(f) {
			continue
		}
		if harmless && f.Severity == finding.Error {
			f.Severity = finding.Warning
		}
		f.Fix = s.fill(f.Fix)
		s.findings = append(s.findings, f)
	}
}

// refusedFor reports whether the phone's reader has been reported to refuse the
// file for the very same cause.
func (s *subject) refusedFor(f finding.Finding) bool {
	_, cause, _ := strings.Cut(f.Code, ".")
	return f.Severity != finding.Error && slices.ContainsFunc(s.findings, func(other finding.Finding) bool {
		return other.Code == "reader."+cause
	})
}

// phoneReads asks the PEM reader of the phone's library for what the role
// needs, reports why it refuses, and tells whether it got everything.
func (s *subject) phoneReads() bool {
	whole := s.readerTakes(openssl.Certificate) && len(s.certs) > 0
	if s.Role == handset.Server && len(s.keys) > 0 {
		whole = s.readerTakes(openssl.PrivateKey) && whole
	}
	return whole
}

// readerTakes runs the reader of the phone's generation, or of all generations
// when that is not known: only where they agree is the answer certain.
func (s *subject) readerTakes(want openssl.Want) bool {
	if library := s.Profile.Crypto.Library; library.Known() {
		out := openssl.Read(s.file.Raw, library.Value, want)
		if !out.Taken {
			s.refusal(out.Refusal, ground{out.Refusal.Basis, out.Refusal.Source})
		}
		return out.Taken
	}
	var refused *finding.Finding
	taken := 0
	for _, library := range handset.Libraries() {
		out := openssl.Read(s.file.Raw, library, want)
		if out.Taken {
			taken++
		} else if refused == nil {
			refused = &out.Refusal
		}
	}
	switch {
	case refused == nil:
		return true
	case taken == 0:
		s.refusal(*refused, ground{refused.Basis, refused.Source})
	default:
		s.refusal(*refused, s.library())
	}
	return false
}

// refusal reports why the phone's reader does not take the file. A file that
// holds nothing for it at all has been reported by what it is.
func (s *subject) refusal(f finding.Finding, g ground) {
	if len(s.certs) == 0 && len(s.file.Findings) == 0 && len(s.findings) > 0 {
		return
	}
	f.Basis, f.Source = g.basis, g.source
	f.Fix = s.fill(f.Fix)
	s.findings = append(s.findings, f)
}
