package phone

import (
	"crypto/x509/pkix"
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// private reports whether a server's certificate is certainly none of a public
// CA, and so ends at no root of a vendor's list (the fact sheet on handsets,
// "Systems"): since July 2012 a public CA writes a policy into every
// certificate that it issues to a server (CA/Browser Forum Baseline
// Requirements, section 7.1.2, certificatePolicies).
func private(sent []*certificate.Certificate) bool {
	if len(sent) == 0 {
		return false
	}
	leaf := sent[0]
	effective := time.Date(2012, time.July, 1, 0, 0, 0, 0, time.UTC)
	return !leaf.NotBefore.Before(effective) &&
		!slices.ContainsFunc(leaf.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "2.5.29.32" })
}
