package trust

import (
	"fmt"
	"time"
)

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// rarerReason words the errors that a faulty CA makes rather than an admin.
func (o outcome) rarerReason() string {
	name := o.failed()
	switch o.code {
	case chainTooLong:
		return fmt.Sprintf("the chain has more than %d certificates", maxDepth)
	case invalidCA, invalidCA3:
		return fmt.Sprintf("%q has issued a certificate but may not: its basic constraints or key usage do not make it a CA", name)
	case pathLengthExceeded:
		return fmt.Sprintf("%q allows fewer certificates below it than there are", name)
	case invalidPurpose:
		return fmt.Sprintf("%q is not for TLS servers: its key usage, extended key usage or Netscape type forbids it", name)
	case unhandledCritical:
		return fmt.Sprintf("%q has a critical extension that the phone's library does not know: %s", name, o.unknownExtension())
	case proxyNotAllowed:
		return fmt.Sprintf("%q is a proxy certificate", name)
	case unableToDecodeKey:
		return fmt.Sprintf("the key of the issuer of %q is of a kind that the phone's library does not know", name)
	case permittedViolation:
		return fmt.Sprintf("a name in %q is outside those that a CA above it may certify", name)
	case excludedViolation:
		return fmt.Sprintf("a name in %q is among those that a CA above it may not certify", name)
	case subtreeMinMax, unsupportedConstraintType, unsupportedNameForm:
		return fmt.Sprintf("the name constraints above %q are of a kind that the phone's library cannot apply", name)
	case eeKeyTooSmall:
		return fmt.Sprintf("the key of %q is too small for security level %d of the phone's library", name, o.walk.level)
	case caKeyTooSmall:
		return fmt.Sprintf("the key of the CA %q is too small for security level %d of the phone's library", name, o.walk.level)
	case caDigestTooWeak:
		return fmt.Sprintf("%q is signed with %s, which is too weak for security level %d of the phone's library", name, o.walk.path[o.walk.at].SignatureAlgorithm().Name, o.walk.level)
	case notComputable:
		return fmt.Sprintf("whether the signature on %q verifies cannot be computed here", name)
	}
	return fmt.Sprintf("the phone's library gives up at %q", name)
}

func (o outcome) unknownExtension() string {
	for _, oid := range o.walk.path[o.walk.at].critical {
		if !o.walk.handles(oid) {
			return oid
		}
	}
	return "not named"
}
