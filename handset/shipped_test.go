package handset

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
)

func TestShipped(t *testing.T) {
	want := "matrix-vp710 yealink-t20p yealink-t22p yealink-t26p yealink-t28p yealink-t2xp-2010 " +
		"yealink-t2xp-v6x yealink-t4x-v8x yealink-t4xu-v86 yealink-t5x-v86 yealink-vp-t49g"
	if got := strings.Join(Shipped(), " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for i, p := range shipped(t) {
		if p.ID != Shipped()[i] {
			t.Errorf("the file %s.yaml holds %q", Shipped()[i], p.ID)
		}
	}
}

// Every fact of every shipped profile is stated, by the profile or its base,
// and says how it is known, where it stands and, where it must, why.
func TestShippedFactsAreGrounded(t *testing.T) {
	for _, p := range shipped(t) {
		for _, l := range Facts(p) {
			argued := l.Basis == finding.Derived || l.Basis == finding.Assumed
			switch {
			case l.Basis == "" || l.Source == "" || argued && l.Because == "":
				t.Errorf("%s: %s: %+v", p.ID, l.Path, l)
			case measured(l.Path): // no text says it
			case strings.HasSuffix(l.Source, ".yaml"):
				t.Errorf("%s: %s is stated nowhere", p.ID, l.Path)
			}
		}
	}
}

// measured reports whether only a profile that was learned from a phone has a fact.
func measured(path string) bool {
	return path == "tls.client_hello" || strings.HasSuffix(path, ".in_force")
}

// row is a fact as one of the source texts gives it. An empty value stands for
// "not known".
type row struct {
	path, value string
	basis       finding.Basis
	text        string // a part of the source
}

// The source texts, by a part of their names.
const (
	v7Text    = "000_a13a1a7e1c010c96.txt"
	v6Text    = "001_9f8dbcc55f133666.txt"
	vp710Text = "002_4fb2bd315d7427fd.txt"
	text2010  = "004_e50d2497305f3046.txt"
	sheet     = "fact sheet"
)

// guide are the sentences that the V7x guide and that of the VP710 have in
// common.
func guide(text string) []row {
	return []row{
		{"trusted_files.endings", ".pem, .cer, .crt, .der", "documented", text},
		{"trusted_files.encodings", "PEM, DER", "derived", text},
		{"trusted_files.max_bytes", "5 MB (5242880 bytes)", "derived", text},
		{"trusted_files.max_files", "10", "documented", text},
		{"trusted_files.replaces", "no", "derived", text},
		{"trusted_files.certificates_per_file", "", "assumed", sheet},
		{"trusted_files.private_key", "no", "derived", sheet},
		{"server_files.endings", ".pem, .cer", "documented", text},
		{"server_files.encodings", "PEM", "derived", sheet},
		{"server_files.max_bytes", "5 MB (5242880 bytes)", "derived", text},
		{"server_files.max_files", "1", "documented", text},
		{"server_files.replaces", "yes", "documented", text},
		{"server_files.private_key", "yes", "derived", sheet},
		{"settings.ca.factory", "", "assumed", sheet},
		{"builtin.root_count", "30", "documented", text},
		{"builtin.root_list", "t2xp-v7x", "assumed", text},
		{"builtin.device_certificates", "unique, generic", "documented", text},
		{"tls.encrypts", "SIP", "documented", text},
	}
}

func TestShippedAgainstSources(t *testing.T) {
	v7 := slices.Clip(append(guide(v7Text),
		row{"brand", "Yealink", "documented", v7Text},
		row{"guide_year", "2015", "derived", sheet},
		row{"settings.only_trusted.factory", "on", "documented", sheet},
		row{"settings.cn_validation.factory", "off", "documented", sheet},
		row{"settings.device_cert.factory", "default", "documented", sheet},
		row{"settings.need_reboot", "yes", "observed", sheet},
		row{"tls.versions", "TLS 1.0", "derived", text2010},
		row{"tls.lock_icon", "LCD screen", "documented", v7Text},
		row{"tls.sni", "no", "assumed", sheet},
		row{"crypto.library", "openssl-1.0.0", "derived", sheet},
		row{"crypto.key_algorithms", "RSA, DSA", "derived", sheet},
		row{"crypto.rsa_pss", "no", "derived", sheet},
		row{"crypto.max_rsa_bits", "", "assumed", sheet},
		row{"web.dialects", "basic, plain, session", "observed", sheet},
		row{"provisioning.certificates", "yes", "documented", sheet},
	))
	tests := map[string][]row{
		"yealink-t20p": append(v7, row{"models", "SIP-T20P", "derived", v7Text}, row{"provisioning.common_file", "y000000000007.cfg", "assumed", sheet}),
		"yealink-t22p": append(v7, row{"models", "SIP-T22P", "derived", v7Text}, row{"provisioning.common_file", "y000000000005.cfg", "assumed", sheet}),
		"yealink-t26p": append(v7, row{"models", "SIP-T26P", "derived", v7Text}, row{"provisioning.common_file", "y000000000004.cfg", "assumed", sheet}),
		"yealink-t28p": append(v7, row{"models", "SIP-T28P", "derived", v7Text}, row{"provisioning.common_file", "y000000000000.cfg", "assumed", sheet}),
		"matrix-vp710": append(guide(vp710Text),
			row{"brand", "Matrix", "documented", vp710Text},
			row{"models", "SPARSH VP710", "documented", vp710Text},
			row{"guide_year", "", "assumed", vp710Text},
			row{"settings.ca.values", "default, custom, all", "documented", vp710Text},
			row{"settings.cn_validation.label", "Common Name Validation", "documented", vp710Text},
			row{"settings.only_trusted.factory", "on", "assumed", sheet},
			row{"tls.lock_icon", "touch screen", "documented", vp710Text},
			row{"tls.versions", "TLS 1.0", "derived", sheet},
			row{"crypto.library", "openssl-1.0.0", "derived", sheet},
			row{"provisioning.certificates", "", "assumed", vp710Text},
		),
		"yealink-t2xp-2010": {
			{"models", "SIP-T20P, SIP-T22P, SIP-T26P, SIP-T28P", "derived", text2010},
			{"firmware", "before V70", "derived", text2010},
			{"guide_year", "2010", "documented", text2010},
			{"trusted_files.endings", ".pem, .cer", "documented", text2010},
			{"trusted_files.encodings", "PEM", "assumed", text2010}, // DER is not known
			{"trusted_files.max_bytes", "", "assumed", text2010},
			{"trusted_files.max_files", "", "assumed", text2010},
			{"server_files.endings", ".pem, .cer", "documented", text2010},
			{"server_files.max_bytes", "", "assumed", text2010},
			{"server_files.replaces", "yes", "documented", text2010},
			{"settings.only_trusted.label", "Only Accept Trusted Certificates", "documented", text2010},
			{"settings.only_trusted.values", "off, on", "documented", text2010},
			{"settings.only_trusted.factory", "", "assumed", text2010},
			{"settings.ca.values", "", "assumed", text2010},
			{"settings.cn_validation.values", "", "assumed", text2010},
			{"builtin.root_count", "0", "documented", text2010},
			{"builtin.root_list", "none", "documented", text2010},
			{"builtin.device_certificates", "none", "documented", text2010},
			{"tls.versions", "TLS 1.0", "documented", text2010},
			{"tls.client_certificate", "uploaded", "documented", text2010},
			{"tls.lock_icon", "", "assumed", text2010},
			{"web.dialects", "basic", "observed", sheet},
			{"provisioning.certificates", "no", "documented", text2010},
			{"provisioning.keys", "none", "derived", text2010},
		},
		"yealink-t2xp-v6x": {
			{"trusted_files.endings", ".pem, .cer", "derived", text2010},
			{"trusted_files.max_bytes", "", "assumed", v6Text},
			{"server_files.replaces", "yes", "derived", text2010},
			{"builtin.root_count", "", "assumed", v6Text},
			{"builtin.root_list", "", "assumed", v6Text},
			{"tls.versions", "TLS 1.0", "derived", text2010},
			{"tls.client_certificate", "uploaded", "derived", text2010},
			{"tls.encrypts", "SIP, RTP", "documented", v6Text},
			{"tls.lock_icon", "", "assumed", v6Text},
			{"provisioning.certificates", "no", "derived", text2010},
		},
		"yealink-vp-t49g": {
			{"trusted_files.endings", "", "assumed", sheet},
			{"builtin.root_count", "30", "documented", sheet},
			{"builtin.root_list", "", "assumed", sheet},
			{"tls.versions", "", "assumed", sheet},
			{"crypto.library", "", "assumed", sheet},
			{"provisioning.common_file", "y000000000051.cfg", "assumed", sheet},
		},
		"yealink-t4x-v8x": {
			{"trusted_files.endings", "", "assumed", sheet},
			{"server_files.private_key", "yes", "observed", "T46S"},
			{"builtin.root_count", "", "assumed", sheet},
			{"settings.ca.factory", "", "assumed", sheet},
			{"tls.versions", "TLS 1.0, TLS 1.1, TLS 1.2", "derived", sheet},
			{"tls.cipher_suites", "", "assumed", sheet},
			{"web.dialects", "session, listener", "observed", sheet},
		},
		"yealink-t4xu-v86": {
			{"server_files.private_key", "yes", "derived", sheet},
			{"builtin.root_count", "", "assumed", sheet},
			{"web.dialects", "api", "observed", sheet},
		},
		"yealink-t5x-v86": {
			{"server_files.private_key", "yes", "observed", "T54W"},
			{"builtin.root_count", "", "assumed", sheet},
			{"web.dialects", "api", "observed", sheet},
		},
	}
	for _, p := range shipped(t) {
		if len(tests[p.ID]) == 0 {
			t.Errorf("%s is compared with nothing", p.ID)
		}
		lines := map[string]FactLine{}
		for _, l := range Facts(p) {
			lines[l.Path] = l
		}
		for _, want := range tests[p.ID] {
			got := lines[want.path]
			value := got.Value
			if !got.Known {
				value = ""
			}
			if value != want.value || got.Basis != want.basis || !strings.Contains(got.Source, want.text) {
				t.Errorf("%s: %s: got %q, %s, %s\nwant %+v", p.ID, want.path, got.Value, got.Basis, got.Source, want)
			}
		}
	}
}

// The guides' list of cipher suites, in its order.
func TestT2xPCipherSuites(t *testing.T) {
	const names = "DHE-RSA-AES256-SHA DHE-DSS-AES256-SHA AES256-SHA EDH-RSA-DES-CBC3-SHA EDH-DSS-DES-CBC3-SHA DES-CBC3-SHA " +
		"DHE-RSA-AES128-SHA DHE-DSS-AES128-SHA AES128-SHA IDEA-CBC-SHA DHE-DSS-RC4-SHA RC4-SHA RC4-MD5 " +
		"EXP1024-DHE-DSS-DES-CBC-SHA EXP1024-DES-CBC-SHA EDH-RSA-DES-CBC-SHA EDH-DSS-DES-CBC-SHA DES-CBC-SHA " +
		"EXP1024-DHE-DSS-RC4-SHA EXP1024-RC4-SHA EXP1024-RC4-MD5 EXP-EDH-RSA-DES-CBC-SHA EXP-EDH-DSS-DES-CBC-SHA " +
		"EXP-DES-CBC-SHA EXP-RC4-MD5"
	for _, p := range shipped(t) {
		if !p.TLS.CipherSuites.Known() {
			continue
		}
		var got []string
		for _, id := range p.TLS.CipherSuites.Value {
			got = append(got, CipherSuiteByID(id).OpenSSL)
		}
		if strings.Join(got, " ") != names {
			t.Errorf("%s: %v", p.ID, got)
		}
	}
}
