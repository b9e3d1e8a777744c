package walk

import (
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/extension"
	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// Library verifies chains as one release does, and keeps what it has read of
// certificates and proved of signatures, for changes are tried one after another.
type Library struct {
	release *Release
	level   int
	looked  map[*certificate.Certificate]*extension.Certificate
	proofs  proofs
}

// proofs remembers by the issuer and the certificate.
type proofs map[[2]*extension.Certificate]signature.Proof

// NewLibrary is a release at a security level; 0 if it has none.
func NewLibrary(r *Release, level int) *Library {
	return &Library{r, level, map[*certificate.Certificate]*extension.Certificate{}, proofs{}}
}

func (l *Library) look(list []*certificate.Certificate) []*extension.Certificate {
	out := make([]*extension.Certificate, 0, len(list))
	for _, c := range list {
		f, known := l.looked[c]
		if !known {
			f = l.release.reads.Read(c)
			l.looked[c] = f
		}
		out = append(out, f)
	}
	return out
}

// Verify walks as X509_verify_cert does at the time of the clock, and stops at
// the first error, as a client that aborts does. Sent are the certificates in
// their order, at least the server's own; store are those that the phone trusts.
func (l *Library) Verify(sent, store []*certificate.Certificate, clock time.Time) *Walk {
	w := &Walk{release: l.release, clock: clock, level: l.level, proofs: l.proofs, sent: l.look(sent)}
	w.store = map[string][]*extension.Certificate{}
	for _, f := range l.look(store) {
		if !bytesIn(w.store[f.SubjectKey], f) {
			w.store[f.SubjectKey] = append(w.store[f.SubjectKey], f)
		}
	}
	w.Code = w.run()
	return w
}
