package errcode

import (
	"strconv"
	"strings"
	"testing"
)

// TestAlerts holds the table of the fact sheet on handsets.
func TestAlerts(t *testing.T) {
	for alert, codes := range map[string][]Code{
		"":                        {0},
		"unknown_ca":              {18, 19, 2, 20, 22, 24, 25, 79},
		"certificate_expired":     {10},
		"bad_certificate":         {9, 27, 6, 66, 67, 68},
		"decrypt_error":           {7},
		"unsupported_certificate": {26},
		"certificate_unknown":     {1, 32, 34, 40, 47, 48, 49, 51, 52, 53},
	} {
		for _, code := range codes {
			if code.Alert() != alert || !strings.HasPrefix(code.Name(), "X509_V_") || strings.HasSuffix(code.Name(), "_"+strconv.Itoa(int(code))) {
				t.Errorf("%d: %s, %s, want %s", code, code.Name(), code.Alert(), alert)
			}
		}
	}
}
