package iana

import (
	"crypto/tls"
	"testing"
)

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		TLS_DHE_RSA_WITH_AES_256_CBC_SHA.String(): "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", CipherSuite(0x0A0A).String(): "0x0A0A",
		CipherSuite(0x0062).String(): "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", GroupX25519MLKEM768.String(): "X25519MLKEM768", NamedGroup(0xFE00).String(): "0xFE00",
		AlertUnknownCA.String(): "unknown_ca", AlertNoApplicationProtocol.String(): "no_application_protocol", AlertDescription(200).String(): "0x00C8",
		ExtensionServerName.String(): "server_name", ExtensionType(65281).String(): "renegotiation_info", SchemeRSAPKCS1SHA256.String(): "rsa_pkcs1_sha256",
		SignatureScheme(0x0202).String(): "dsa_sha1", TLS10.String(): "TLS 1.0", ProtocolVersion(0x7F1C).String(): "0x7F1C", SSL20.String(): "SSL 2.0",
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

// TestAgainstGo: every name that crypto/tls knows is the same here.
func TestAgainstGo(t *testing.T) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if got := CipherSuite(suite.ID).String(); got != suite.Name {
			t.Errorf("0x%04X is %s, not %s", suite.ID, got, suite.Name)
		}
	}
	for curve, want := range map[tls.CurveID]NamedGroup{tls.CurveP256: GroupSecp256r1, tls.CurveP384: GroupSecp384r1, tls.CurveP521: GroupSecp521r1, tls.X25519: GroupX25519, tls.X25519MLKEM768: GroupX25519MLKEM768} {
		if NamedGroup(curve) != want {
			t.Errorf("%s is 0x%04X", want, uint16(curve))
		}
	}
}

// TestRegistries: no table is short, each is in order and without a name
// twice.
func TestRegistries(t *testing.T) {
	checkRegistry(t, CipherSuites(), 340)
	checkRegistry(t, NamedGroups(), 50)
	checkRegistry(t, SignatureSchemes(), 35)
	checkRegistry(t, AlertDescriptions(), 34)
	checkRegistry(t, ExtensionTypes(), 60)
}

func checkRegistry[T interface {
	~uint8 | ~uint16
	String() string
}](t *testing.T, list []T, atLeast int) {
	t.Helper()
	names := map[string]bool{}
	for i, v := range list {
		if i > 0 && v <= list[i-1] {
			t.Errorf("%s is out of order", v)
		}
		if names[v.String()] {
			t.Errorf("%s stands twice", v)
		}
		names[v.String()] = true
	}
	if len(list) < atLeast {
		t.Errorf("%d code points, fewer than %d", len(list), atLeast)
	}
}

func TestParts(t *testing.T) {
	for suite, want := range map[CipherSuite][2]string{
		TLS_DHE_RSA_WITH_AES_256_CBC_SHA: {"DHE_RSA", "AES_256_CBC_SHA"}, TLS_RSA_EXPORT_WITH_RC4_40_MD5: {"RSA_EXPORT", "RC4_40_MD5"},
		TLS_AES_128_GCM_SHA256: {"", "AES_128_GCM_SHA256"}, 0x0A0A: {"", ""},
	} {
		if suite.KeyExchange() != want[0] || suite.Protection() != want[1] {
			t.Errorf("%s: %q %q", suite, suite.KeyExchange(), suite.Protection())
		}
	}
	for group, want := range map[NamedGroup]int{GroupSecp256r1: 256, GroupFfdhe2048: 2048, GroupX25519: 255, GroupBrainpoolP384r1: 384, 0xFFFF: 0, GroupSecp521r1: 521} {
		if group.Bits() != want {
			t.Errorf("%s has %d bits", group, group.Bits())
		}
	}
	if !GREASE(CipherSuite(0xFAFA)) || GREASE(ExtensionServerName) || GREASE(NamedGroup(0x0A1A)) {
		t.Error("GREASE")
	}
}
