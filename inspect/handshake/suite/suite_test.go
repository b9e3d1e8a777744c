package suite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestNames compares the names with those of the installed OpenSSL, and with
// those that the profiles have, which know suites that are no longer built.
func TestNames(t *testing.T) {
	out := string(realparts.Run(t, nil, "openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"))
	for _, c := range choices() {
		number := fmt.Sprintf("0x%02X,0x%02X - ", uint16(c.Suite)>>8, uint16(c.Suite)&0xFF)
		known := handset.CipherSuiteByID(uint16(c.Suite)).OpenSSL
		i := strings.Index(out, number)
		switch {
		case i >= 0:
			if got := strings.Fields(out[i+len(number):])[0]; got != c.OpenSSL {
				t.Errorf("%s: %s, OpenSSL says %s", c.Suite, c.OpenSSL, got)
			}
		case known != c.OpenSSL:
			t.Errorf("%s: nobody knows it as %s", c.Suite, c.OpenSSL)
		}
		if strings.Contains(c.Suite.Protection(), "SHA256") && c.Since != iana.TLS12 {
			t.Errorf("%s: it came with TLS 1.2", c)
		}
	}
}

func TestSuggest(t *testing.T) {
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	var phone []iana.CipherSuite
	for _, id := range profile.TLS.CipherSuites.Value {
		phone = append(phone, iana.CipherSuite(id))
	}
	const rc4, export = iana.TLS_RSA_WITH_RC4_128_SHA, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5
	for name, c := range map[string]struct {
		offered []iana.CipherSuite
		version iana.ProtocolVersion
		key     string
		want    string
	}{
		"phone, RSA":      {phone, iana.TLS10, "RSA", "DHE-RSA-AES256-SHA AES256-SHA"},
		"phone, DSA":      {phone, iana.TLS10, "DSA", "DHE-DSS-AES256-SHA DHE-DSS-AES128-SHA"},
		"phone, EC":       {phone, iana.TLS10, "EC", ""},
		"phone, any":      {phone, iana.TLS10, "", "DHE-RSA-AES256-SHA AES256-SHA"},
		"later, TLS 1.2":  {append([]iana.CipherSuite{iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, phone...), iana.TLS12, "RSA", "ECDHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES256-SHA"},
		"later, TLS 1.0":  {append([]iana.CipherSuite{iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, phone...), iana.TLS10, "RSA", "DHE-RSA-AES256-SHA AES256-SHA"},
		"3DES before RC4": {[]iana.CipherSuite{rc4, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA}, iana.TLS10, "RSA", "DES-CBC3-SHA"},
		"RC4 alone":       {[]iana.CipherSuite{rc4, iana.TLS_RSA_WITH_DES_CBC_SHA}, iana.TLS10, "RSA", "RC4-SHA"},
		"export":          {[]iana.CipherSuite{export}, iana.TLS10, "RSA", ""},
	} {
		var got []string
		for _, choice := range Suggest(c.offered, c.version, c.key) {
			got = append(got, choice.OpenSSL)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		suite iana.CipherSuite
		key   string
		want  bool
	}{
		{iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, "RSA", true}, {iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, "EC", false},
		{iana.TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA, "RSA", true}, {iana.TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA, "DSA", true},
		{iana.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "EC", true}, {iana.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "Ed25519", true},
		{iana.TLS_RSA_WITH_AES_128_CBC_SHA, "RSASSA-PSS", false}, {iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, "RSASSA-PSS", true},
		{0x1301, "Ed448", true}, {iana.TLS_DH_anon_WITH_RC4_128_MD5, "RSA", false}, {0x0A0A, "RSA", false},
	} {
		if got := Fits(c.suite, c.key); got != c.want {
			t.Errorf("%s with %s: %v", c.suite, c.key, got)
		}
	}
}

func TestFamily(t *testing.T) {
	for want, list := range map[string][]iana.CipherSuite{
		"ECDHE and GCM": {0x1301, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		"ECDHE":         {iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
		"GCM":           {iana.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256},
		"":              {0x1301, iana.TLS_RSA_WITH_AES_128_CBC_SHA},
	} {
		if got := Family(list); got != want {
			t.Errorf("%v: %q, want %q", list, got, want)
		}
	}
	if Family([]iana.CipherSuite{0x1301}) != "" {
		t.Error("TLS 1.3 alone is no family")
	}
}
