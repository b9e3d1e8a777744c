// Package walk verifies a chain as a release of OpenSSL does in
// X509_verify_cert: it builds a path, checks it step by step, and ends at the
// first error.
package walk

import (
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// Walk is one verification, and how it ended.
type Walk struct {
	// Path is what was followed, the server's certificate first.
	Path []*extension.Certificate
	// Untrusted is how many of the path come from the server.
	Untrusted int
	// Code is the first error, or errcode.OK, or NotComputable.
	Code errcode.Code
	// At is the place in the path at which the walk failed.
	At int

	release *Release
	clock   time.Time
	level   int
	// sent are the certificates as sent, the leaf first; store those trusted,
	// by subject.
	sent  []*extension.Certificate
	store map[string][]*extension.Certificate
	// proofs remembers what was verified, for changes are tried one by one.
	proofs proofs
}

// NotComputable stands for the outcome where signatures cannot be computed here
// that the library can.
const NotComputable errcode.Code = -1

// Trusted reports whether the path verifies.
func (w *Walk) Trusted() bool { return w.Code == errcode.OK }

func (w *Walk) run() errcode.Code {
	steps := []func() errcode.Code{w.build, w.checkExtensions, w.checkConstraints, w.checkSignatures}
	if w.release.builder11 {
		steps = []func() errcode.Code{w.checkLeafLevel, w.buildStoreFirst, w.checkExtensions, w.checkLevels, w.checkConstraints, w.checkSignatures}
	}
	if w.release.constraintsLast {
		n := len(steps)
		steps[n-2], steps[n-1] = steps[n-1], steps[n-2]
	}
	for _, step := range steps {
		if code := step(); code != errcode.OK {
			return code
		}
	}
	return errcode.OK
}

func (w *Walk) last() *extension.Certificate { return w.Path[len(w.Path)-1] }

// fail ends the walk, with the number under which the release knows the code.
func (w *Walk) fail(at int, code errcode.Code) errcode.Code {
	w.At = at
	if code == errcode.InvalidCA && w.release.generation == handset.OpenSSL3 {
		return errcode.InvalidCA3
	}
	return code
}
