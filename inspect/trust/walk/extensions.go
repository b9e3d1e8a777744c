package walk

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// checkExtensions goes from the server's certificate up to the root; before
// 1.1.0 only as far as the certificates come from the server.
func (w *Walk) checkExtensions() errcode.Code {
	above := 0 // certificates below that count for a path length
	mustBeCA := false
	checked := w.Path
	if !w.release.builder11 {
		checked = w.Path[:w.Untrusted]
	}
	for i, f := range checked {
		if len(f.Unhandled) > 0 {
			return w.fail(i, errcode.UnhandledCritical)
		}
		if f.Proxy {
			return w.fail(i, errcode.ProxyNotAllowed)
		}
		strict := w.release.builder11 && i < len(w.Path)-1 // an intermediate must say CA
		if mustBeCA && !f.ActsAsCA(strict) {
			return w.fail(i, errcode.InvalidCA)
		}
		if !f.ServesTLS(mustBeCA) {
			return w.fail(i, errcode.InvalidPurpose)
		}
		if w.pathLengthExceeds(i, above, f) {
			return w.fail(i, errcode.PathLengthExceeded)
		}
		if i > 0 && (w.release.countsSelfIssued || !f.NamesItself()) {
			above++
		}
		mustBeCA = true
	}
	return errcode.OK
}

// pathLengthExceeds: RFC 5280, section 4.2.1.9. Self-issued certificates do not
// count, except to OpenSSL 0.9.8, and from 1.0.0 to 1.1.0 their own limits do
// not either.
func (w *Walk) pathLengthExceeds(i, below int, f *extension.Certificate) bool {
	if i < 2 || f.PathLength < 0 || f.NamesItself() && !w.release.checksSelfIssued {
		return false
	}
	return below > f.PathLength
}

// maxComparisons bounds the comparisons of names with constraints in one path;
// OpenSSL has the same limit from 1.1.1 on.
const maxComparisons = 1 << 20

// checkConstraints holds every name of the path against the constraints above.
func (w *Walk) checkConstraints() errcode.Code {
	if !w.release.reads.Constraints {
		return errcode.OK
	}
	left := maxComparisons
	for i, f := range slices.Backward(w.Path) {
		if i > 0 && f.NamesItself() {
			continue
		}
		for j := len(w.Path) - 1; j > i; j-- {
			if code := w.Path[j].Permits(f, i == 0, &left); code != errcode.OK {
				return w.fail(i, code)
			}
		}
	}
	return errcode.OK
}
