// Package errcode names the errors with which OpenSSL ends a verification, and
// the alerts that it sends for them.
package errcode

import "fmt"

// Code is the number of a verification error, X509_V_ERR_…, as OpenSSL's own
// header gives it. Zero is X509_V_OK.
type Code int

// The codes that a walk can end with, by the names in OpenSSL's header.
// X509_V_ERR_INVALID_CA is InvalidCA until OpenSSL 1.1 and InvalidCA3 from 3.0 on.
const (
	OK                        Code = 0
	Unspecified               Code = 1
	UnableToGetIssuer         Code = 2
	UnableToDecodeKey         Code = 6
	SignatureFailure          Code = 7
	NotYetValid               Code = 9
	HasExpired                Code = 10
	DepthZeroSelfSigned       Code = 18
	SelfSignedInChain         Code = 19
	UnableToGetIssuerLocally  Code = 20
	ChainTooLong              Code = 22
	InvalidCA                 Code = 24
	PathLengthExceeded        Code = 25
	InvalidPurpose            Code = 26
	CertUntrusted             Code = 27
	KeyUsageNoCertSign        Code = 32
	UnhandledCritical         Code = 34
	ProxyNotAllowed           Code = 40
	PermittedViolation        Code = 47
	ExcludedViolation         Code = 48
	SubtreeMinMax             Code = 49
	UnsupportedConstraintType Code = 51
	UnsupportedConstraintForm Code = 52
	UnsupportedNameForm       Code = 53
	EEKeyTooSmall             Code = 66
	CAKeyTooSmall             Code = 67
	CADigestTooWeak           Code = 68
	InvalidCA3                Code = 79
)

// Name is the code's name in OpenSSL's header, for instance
// "X509_V_ERR_CERT_HAS_EXPIRED".
func (c Code) Name() string {
	switch c {
	case OK:
		return "X509_V_OK"
	case Unspecified:
		return "X509_V_ERR_UNSPECIFIED"
	case UnableToGetIssuer:
		return "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"
	case UnableToDecodeKey:
		return "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"
	case SignatureFailure:
		return "X509_V_ERR_CERT_SIGNATURE_FAILURE"
	case NotYetValid:
		return "X509_V_ERR_CERT_NOT_YET_VALID"
	case HasExpired:
		return "X509_V_ERR_CERT_HAS_EXPIRED"
	case DepthZeroSelfSigned:
		return "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"
	case SelfSignedInChain:
		return "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"
	case UnableToGetIssuerLocally:
		return "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
	case ChainTooLong:
		return "X509_V_ERR_CERT_CHAIN_TOO_LONG"
	case InvalidCA, InvalidCA3:
		return "X509_V_ERR_INVALID_CA"
	case PathLengthExceeded:
		return "X509_V_ERR_PATH_LENGTH_EXCEEDED"
	case InvalidPurpose:
		return "X509_V_ERR_INVALID_PURPOSE"
	case CertUntrusted:
		return "X509_V_ERR_CERT_UNTRUSTED"
	case KeyUsageNoCertSign:
		return "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"
	case UnhandledCritical:
		return "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION"
	case ProxyNotAllowed:
		return "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED"
	}
	return c.newerName()
}

// newerName names the codes that came with OpenSSL 1.0.0 and later.
func (c Code) newerName() string {
	switch c {
	case PermittedViolation:
		return "X509_V_ERR_PERMITTED_VIOLATION"
	case ExcludedViolation:
		return "X509_V_ERR_EXCLUDED_VIOLATION"
	case SubtreeMinMax:
		return "X509_V_ERR_SUBTREE_MINMAX"
	case UnsupportedConstraintType:
		return "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE"
	case UnsupportedConstraintForm:
		return "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX"
	case UnsupportedNameForm:
		return "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX"
	case EEKeyTooSmall:
		return "X509_V_ERR_EE_KEY_TOO_SMALL"
	case CAKeyTooSmall:
		return "X509_V_ERR_CA_KEY_TOO_SMALL"
	case CADigestTooWeak:
		return "X509_V_ERR_CA_MD_TOO_WEAK"
	}
	return fmt.Sprintf("X509_V_ERR_%d", int(c))
}

// Alert is the TLS alert that OpenSSL sends for the code (RFC 5246, section
// 7.2.2; the fact sheet on handsets, "How such a client builds the chain");
// empty for X509_V_OK.
func (c Code) Alert() string {
	switch c {
	case OK:
		return ""
	case UnableToGetIssuer, DepthZeroSelfSigned, SelfSignedInChain, UnableToGetIssuerLocally,
		ChainTooLong, InvalidCA, InvalidCA3, PathLengthExceeded:
		return "unknown_ca"
	case HasExpired:
		return "certificate_expired"
	case NotYetValid, CertUntrusted, UnableToDecodeKey, EEKeyTooSmall, CAKeyTooSmall, CADigestTooWeak:
		return "bad_certificate"
	case SignatureFailure:
		return "decrypt_error"
	case InvalidPurpose:
		return "unsupported_certificate"
	}
	return "certificate_unknown"
}
