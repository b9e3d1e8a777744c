package trust

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
)

// Code is the number of a verification error, X509_V_ERR_…, as OpenSSL's own
// header gives it. Zero is X509_V_OK.
type Code int

// The codes that the walk can end with. NoIssuerPublicKey and InvalidCA share
// a story: until OpenSSL 1.1 the latter is 24, from 3.0 on it is 79.
const (
	ok                        Code = 0
	unspecified               Code = 1
	unableToGetIssuer         Code = 2
	unableToDecodeKey         Code = 6
	signatureFailure          Code = 7
	notYetValid               Code = 9
	hasExpired                Code = 10
	depthZeroSelfSigned       Code = 18
	selfSignedInChain         Code = 19
	unableToGetIssuerLocally  Code = 20
	chainTooLong              Code = 22
	invalidCA                 Code = 24
	pathLengthExceeded        Code = 25
	invalidPurpose            Code = 26
	certUntrusted             Code = 27
	keyUsageNoCertSign        Code = 32
	unhandledCritical         Code = 34
	proxyNotAllowed           Code = 40
	permittedViolation        Code = 47
	excludedViolation         Code = 48
	subtreeMinMax             Code = 49
	unsupportedConstraintType Code = 51
	unsupportedConstraintForm Code = 52
	unsupportedNameForm       Code = 53
	eeKeyTooSmall             Code = 66
	caKeyTooSmall             Code = 67
	caDigestTooWeak           Code = 68
	invalidCA3                Code = 79
)

// Name is the code's name in OpenSSL's header, for instance
// "X509_V_ERR_CERT_HAS_EXPIRED".
func (c Code) Name() string {
	switch c {
	case ok:
		return "X509_V_OK"
	case unspecified:
		return "X509_V_ERR_UNSPECIFIED"
	case unableToGetIssuer:
		return "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"
	case unableToDecodeKey:
		return "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"
	case signatureFailure:
		return "X509_V_ERR_CERT_SIGNATURE_FAILURE"
	case notYetValid:
		return "X509_V_ERR_CERT_NOT_YET_VALID"
	case hasExpired:
		return "X509_V_ERR_CERT_HAS_EXPIRED"
	case depthZeroSelfSigned:
		return "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"
	case selfSignedInChain:
		return "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"
	case unableToGetIssuerLocally:
		return "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
	case chainTooLong:
		return "X509_V_ERR_CERT_CHAIN_TOO_LONG"
	case invalidCA, invalidCA3:
		return "X509_V_ERR_INVALID_CA"
	case pathLengthExceeded:
		return "X509_V_ERR_PATH_LENGTH_EXCEEDED"
	case invalidPurpose:
		return "X509_V_ERR_INVALID_PURPOSE"
	case certUntrusted:
		return "X509_V_ERR_CERT_UNTRUSTED"
	case keyUsageNoCertSign:
		return "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"
	case unhandledCritical:
		return "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION"
	case proxyNotAllowed:
		return "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED"
	}
	return c.newerName()
}

// newerName names the codes that came with OpenSSL 1.0.0 and later.
func (c Code) newerName() string {
	switch c {
	case permittedViolation:
		return "X509_V_ERR_PERMITTED_VIOLATION"
	case excludedViolation:
		return "X509_V_ERR_EXCLUDED_VIOLATION"
	case subtreeMinMax:
		return "X509_V_ERR_SUBTREE_MINMAX"
	case unsupportedConstraintType:
		return "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE"
	case unsupportedConstraintForm:
		return "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX"
	case unsupportedNameForm:
		return "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX"
	case eeKeyTooSmall:
		return "X509_V_ERR_EE_KEY_TOO_SMALL"
	case caKeyTooSmall:
		return "X509_V_ERR_CA_KEY_TOO_SMALL"
	case caDigestTooWeak:
		return "X509_V_ERR_CA_MD_TOO_WEAK"
	}
	return fmt.Sprintf("X509_V_ERR_%d", int(c))
}

// Alert is the TLS alert that OpenSSL sends for the code (RFC 5246, section
// 7.2.2; the fact sheet on handsets, "How such a client builds the chain");
// empty for X509_V_OK.
func (c Code) Alert() string {
	switch c {
	case ok:
		return ""
	case unableToGetIssuer, depthZeroSelfSigned, selfSignedInChain, unableToGetIssuerLocally,
		chainTooLong, invalidCA, invalidCA3, pathLengthExceeded:
		return "unknown_ca"
	case hasExpired:
		return "certificate_expired"
	case notYetValid, certUntrusted, unableToDecodeKey, eeKeyTooSmall, caKeyTooSmall, caDigestTooWeak:
		return "bad_certificate"
	case signatureFailure:
		return "decrypt_error"
	case invalidPurpose:
		return "unsupported_certificate"
	}
	return "certificate_unknown"
}

// forLibrary gives the number under which a release knows a code.
func (c Code) forLibrary(library handset.Library) Code {
	if c == invalidCA && library == handset.OpenSSL3 {
		return invalidCA3
	}
	return c
}
