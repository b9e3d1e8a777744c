package walk

import (
	"iter"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// checkSignatures goes from the root down: signature, then dates, of every
// certificate. The root's own signature is not looked at.
func (w *Walk) checkSignatures() errcode.Code {
	issuer := w.last()
	for i, f := range slices.Backward(w.Path) {
		if i < len(w.Path)-1 {
			switch w.prove(issuer, f) {
			case signature.Refuted:
				return w.fail(i, errcode.SignatureFailure)
			case signature.NoKey:
				return w.fail(i, errcode.UnableToDecodeKey)
			case signature.Uncomputable:
				w.At = i
				return NotComputable
			}
		}
		if code := dates(f, w.clock); code != errcode.OK {
			return w.fail(i, code)
		}
		issuer = f
	}
	return errcode.OK
}

func (w *Walk) prove(issuer, f *extension.Certificate) signature.Proof {
	key := [2]*extension.Certificate{issuer, f}
	p, known := w.proofs[key]
	if !known {
		p = w.release.proves.Verify(issuer.Certificate, f.Certificate, w.certificates())
		w.proofs[key] = p
	}
	return p
}

// certificates are those of the path.
func (w *Walk) certificates() iter.Seq[*certificate.Certificate] {
	return func(yield func(*certificate.Certificate) bool) {
		for _, f := range w.Path {
			if !yield(f.Certificate) {
				return
			}
		}
	}
}
