package signature_test

import (
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/signature"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// TestVerify: a signature is the issuer's, if the release knows its algorithm.
func TestVerify(t *testing.T) {
	_, certificates := trusttest.Vectors(t)
	read := trusttest.Parsed(t, certificates)
	path := slices.Values(trusttest.Pick(read, []string{"server", "inter", "root"}))
	sha2 := signature.Rules{SHA2: true}
	for _, tt := range []struct {
		rules           signature.Rules
		issuer, subject string
		want            signature.Proof
	}{
		{sha2, "root", "inter", signature.Proven},
		{sha2, "inter", "server", signature.Proven},
		{sha2, "stranger", "inter", signature.Refuted},
		{signature.Rules{}, "root", "inter", signature.Refuted},
	} {
		if got := tt.rules.Verify(read[tt.issuer], read[tt.subject], path); got != tt.want {
			t.Errorf("%s signed by %s: %d, want %d", tt.subject, tt.issuer, got, tt.want)
		}
	}
	if sha2.Knows(read["server"]) == (signature.Rules{}).Knows(read["server"]) {
		t.Error("SHA-2 is known with and without")
	}
	if bits, known := sha2.KeyStrength(read["root"]); bits != 80 || !known {
		t.Errorf("RSA with 1024 bits: %d bits of security, known %v", bits, known)
	}
	if bits := sha2.DigestStrength(read["server"]); bits != 128 {
		t.Errorf("SHA-256: %d bits of security", bits)
	}
}
