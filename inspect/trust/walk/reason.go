package walk

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
)

// Day is a moment as reasons write it, in UTC.
func Day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// Reason says in one sentence how the walk ended.
func (w *Walk) Reason() string {
	if w.Trusted() {
		return fmt.Sprintf("the chain ends at %q, which the phone holds", certificate.ShortName(w.last().Subject))
	}
	f := w.Path[w.At]
	issuer := certificate.ShortName(f.Issuer)
	switch w.Code {
	case errcode.UnableToGetIssuerLocally:
		if w.Circles() {
			return fmt.Sprintf("what the server sends runs in a circle and to no root that the phone holds: the issuer of %q, %q, is in the path already", w.Failed(), issuer)
		}
		return fmt.Sprintf("the issuer of %q, %q, is neither sent nor held by the phone", w.Failed(), issuer)
	case errcode.UnableToGetIssuer:
		return fmt.Sprintf("the phone holds %q, which is no root, and not its issuer %q", w.Failed(), issuer)
	case errcode.SelfSignedInChain:
		return fmt.Sprintf("the chain ends at the root %q, which the phone does not hold", w.Failed())
	case errcode.DepthZeroSelfSigned:
		return fmt.Sprintf("the server's certificate %q is self-signed, and the phone does not hold it", w.Failed())
	case errcode.HasExpired:
		return fmt.Sprintf("%q expired on %s, and the phone's clock shows %s", w.Failed(), Day(f.NotAfter), Day(w.clock))
	case errcode.NotYetValid:
		return fmt.Sprintf("%q is valid from %s on, and the phone's clock shows %s", w.Failed(), Day(f.NotBefore), Day(w.clock))
	case errcode.SignatureFailure:
		if w.UnknownSignature() {
			return fmt.Sprintf("%q is signed with %s, which the phone's library does not know", w.Failed(), f.SignatureAlgorithm().Name)
		}
		return fmt.Sprintf("the signature on %q is not that of %q", w.Failed(), issuer)
	}
	return w.rarerReason()
}

// UnknownSignature reports whether the walk ended at a signature of a kind that
// the release does not know, which it takes for a false one.
func (w *Walk) UnknownSignature() bool {
	return w.Code == errcode.SignatureFailure && !w.release.proves.Knows(w.Path[w.At].Certificate)
}

// rarerReason words the errors that a faulty CA makes rather than an admin.
func (w *Walk) rarerReason() string {
	name := w.Failed()
	switch w.Code {
	case errcode.ChainTooLong:
		return fmt.Sprintf("the chain has more than %d certificates", maxDepth)
	case errcode.InvalidCA, errcode.InvalidCA3:
		return fmt.Sprintf("%q has issued a certificate but may not: its basic constraints or key usage do not make it a CA", name)
	case errcode.PathLengthExceeded:
		return fmt.Sprintf("%q allows fewer certificates below it than there are", name)
	case errcode.InvalidPurpose:
		return fmt.Sprintf("%q is not for TLS servers: its key usage, extended key usage or Netscape type forbids it", name)
	case errcode.UnhandledCritical:
		return fmt.Sprintf("%q has a critical extension that the phone's library does not know: %s", name, w.Path[w.At].Unhandled[0])
	case errcode.ProxyNotAllowed:
		return fmt.Sprintf("%q is a proxy certificate", name)
	case errcode.UnableToDecodeKey:
		return fmt.Sprintf("the key of the issuer of %q is of a kind that the phone's library does not know", name)
	case errcode.PermittedViolation:
		return fmt.Sprintf("a name in %q is outside those that a CA above it may certify", name)
	case errcode.ExcludedViolation:
		return fmt.Sprintf("a name in %q is among those that a CA above it may not certify", name)
	case errcode.SubtreeMinMax, errcode.UnsupportedConstraintType, errcode.UnsupportedNameForm:
		return fmt.Sprintf("the name constraints above %q are of a kind that the phone's library cannot apply", name)
	case errcode.EEKeyTooSmall:
		return fmt.Sprintf("the key of %q is too small for security level %d of the phone's library", name, w.level)
	case errcode.CAKeyTooSmall:
		return fmt.Sprintf("the key of the CA %q is too small for security level %d of the phone's library", name, w.level)
	case errcode.CADigestTooWeak:
		return fmt.Sprintf("%q is signed with %s, which is too weak for security level %d of the phone's library", name, w.Path[w.At].SignatureAlgorithm().Name, w.level)
	case NotComputable:
		return fmt.Sprintf("whether the signature on %q verifies cannot be computed here", name)
	}
	return fmt.Sprintf("the phone's library gives up at %q", name)
}

// Failed names the certificate at which the walk ended.
func (w *Walk) Failed() string { return certificate.ShortName(w.Path[w.At].Subject) }
