package suite

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Choice is a suite that a server could enable.
type Choice struct {
	Suite iana.CipherSuite
	// OpenSSL is its name in that library's lists, which servers' settings use.
	OpenSSL string
	// Since is the version in which it came.
	Since iana.ProtocolVersion
}

// String writes the name of the registry and OpenSSL's.
func (c Choice) String() string { return c.Suite.String() + " (" + c.OpenSSL + ")" }

// choices are the suites worth enabling for the sake of phones, the least bad
// first, and at the end those that nobody should use and that are taken only
// where a phone has nothing else.
func choices() []Choice {
	const v10, v12 = iana.TLS10, iana.TLS12
	return []Choice{
		{iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", v12},
		{iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", v12},
		{iana.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", v12},
		{iana.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", v12},
		{iana.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, "DHE-RSA-AES128-GCM-SHA256", v12},
		{iana.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384, "DHE-RSA-AES256-GCM-SHA384", v12},
		{iana.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-SHA", v10},
		{iana.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA", v10},
		{iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA", v10},
		{iana.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA", v10},
		{iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, "DHE-RSA-AES256-SHA", v10},
		{iana.TLS_RSA_WITH_AES_256_CBC_SHA, "AES256-SHA", v10},
		{iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, "DHE-RSA-AES128-SHA", v10},
		{iana.TLS_RSA_WITH_AES_128_CBC_SHA, "AES128-SHA", v10},
		{iana.TLS_RSA_WITH_AES_256_CBC_SHA256, "AES256-SHA256", v12},
		{iana.TLS_RSA_WITH_AES_128_CBC_SHA256, "AES128-SHA256", v12},
		{iana.TLS_DHE_DSS_WITH_AES_256_CBC_SHA, "DHE-DSS-AES256-SHA", v10},
		{iana.TLS_DHE_DSS_WITH_AES_128_CBC_SHA, "DHE-DSS-AES128-SHA", v10},
		{iana.TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA, "EDH-RSA-DES-CBC3-SHA", v10},
		{iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "DES-CBC3-SHA", v10},
		{iana.TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA, "EDH-DSS-DES-CBC3-SHA", v10},
		{iana.TLS_RSA_WITH_IDEA_CBC_SHA, "IDEA-CBC-SHA", v10},
		{iana.TLS_RSA_WITH_RC4_128_SHA, "RC4-SHA", v10},
		{iana.TLS_RSA_WITH_RC4_128_MD5, "RC4-MD5", v10},
		{iana.TLS_DHE_RSA_WITH_DES_CBC_SHA, "EDH-RSA-DES-CBC-SHA", v10},
		{iana.TLS_RSA_WITH_DES_CBC_SHA, "DES-CBC-SHA", v10},
	}
}

// Suggest returns what a server should enable for a client: at most two
// suites, the least bad first, that the client offers, that exist in the
// version on which the two will agree, and that fit the server's key, named as
// in certificates ("" if it is not known). One that nobody should use comes
// alone, and only where the client has nothing else.
func Suggest(offered []iana.CipherSuite, version iana.ProtocolVersion, key string) []Choice {
	var good []Choice
	for _, c := range choices() {
		if !slices.Contains(offered, c.Suite) || c.Since > version || key != "" && !Fits(c.Suite, key) {
			continue
		}
		if Weakness(c.Suite) != "" && len(good) > 0 {
			break
		}
		if good = append(good, c); len(good) == 2 || Weakness(c.Suite) != "" {
			break
		}
	}
	return good
}
