package forge

// The extensions that OpenSSL looks into.
const (
	oidSubjectKeyID   = "2.5.29.14"
	oidKeyUsage       = "2.5.29.15"
	oidAltName        = "2.5.29.17"
	oidBasic          = "2.5.29.19"
	oidConstraints    = "2.5.29.30"
	oidDistribution   = "2.5.29.31"
	oidPolicies       = "2.5.29.32"
	oidMappings       = "2.5.29.33"
	oidAuthorityKeyID = "2.5.29.35"
	oidPolicyLimits   = "2.5.29.36"
	oidExtKeyUsage    = "2.5.29.37"
	oidInhibitAny     = "2.5.29.54"
	oidNetscapeType   = "2.16.840.1.113730.1.1"
	oidProxy          = "1.3.6.1.5.5.7.1.14"
)
