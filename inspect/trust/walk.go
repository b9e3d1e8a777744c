package trust

import (
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// notComputable stands for the outcome where this package cannot compute what
// the library can.
const notComputable Code = -1

// library verifies chains as one release does, and keeps what it has read of
// certificates, for changes are tried one after another.
type library struct {
	*release
	clock      time.Time
	level      int
	looked     map[*certificate.Certificate]*facts
	signatures verified
}

func newLibrary(r *release, clock time.Time, level int) *library {
	return &library{r, clock, level, map[*certificate.Certificate]*facts{}, verified{}}
}

func (l *library) look(list []*certificate.Certificate) []*facts {
	out := make([]*facts, 0, len(list))
	for _, c := range list {
		f, known := l.looked[c]
		if !known {
			f = look(c, l.release)
			l.looked[c] = f
		}
		out = append(out, f)
	}
	return out
}

// verifyChain walks as X509_verify_cert does and stops at the first error, as
// a client that aborts does.
func (l *library) verifyChain(sent, store []*certificate.Certificate) (*walk, Code) {
	w := &walk{release: l.release, clock: l.clock, level: l.level, signatures: &l.signatures, sent: l.look(sent)}
	w.store = map[string][]*facts{}
	for _, f := range l.look(store) {
		if !bytesIn(w.store[f.subjectKey], f) {
			w.store[f.subjectKey] = append(w.store[f.subjectKey], f)
		}
	}
	return w, w.run()
}

func (w *walk) run() Code {
	steps := []func() Code{w.build, w.checkExtensions, w.checkConstraints, w.checkSignatures}
	if w.builder11 {
		steps = []func() Code{w.checkLeafLevel, w.buildStoreFirst, w.checkExtensions, w.checkLevels, w.checkConstraints, w.checkSignatures}
	}
	if w.constraintsLast {
		n := len(steps)
		steps[n-2], steps[n-1] = steps[n-1], steps[n-2]
	}
	for _, step := range steps {
		if code := step(); code != ok {
			return code
		}
	}
	return ok
}
