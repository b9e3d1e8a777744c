package rules

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Key sizes that are worth a word, in bits.
const (
	smallRSA = 1024 // below it, today's servers and browsers refuse
	largeRSA = 4096 // above it, a handshake on a phone of 2010 takes seconds
)

// keyAlgorithm looks for public keys that the phone cannot use.
func keyAlgorithm(s *subject) {
	known := s.Profile.Crypto.KeyAlgorithms
	for _, c := range s.certs {
		algorithm := c.KeyAlgorithm()
		switch {
		case s.Role == handset.PBX && c == s.leaf(): // pbxSuites asks about this one
		case known.Known() && slices.Contains(known.Value, algorithm):
		case !known.Known() && algorithm == "RSA":
		case s.Role == handset.PBX && !s.signs(c):
		case !known.Known():
			s.add("algorithm.key-not-known", finding.Error, on(known), "use an RSA key of 2,048 bits",
				"%s has a key for %s; whether %s can use it is not known", s.which(c), algorithm, s.Profile.ID)
		case s.Role != handset.Server:
			// Built-in lists of the time hold EC roots: that a phone stores one
			// does not tell that it can check a signature with it.
			s.add("algorithm.key-trusted", finding.Error, ground{finding.Assumed, known.Source}, "issue the CA anew with an RSA key",
				"%s has a key for %s; the phone probably cannot check signatures made with it, because its library offers only %s",
				s.which(c), algorithm, strings.Join(known.Value, " and "))
		default:
			s.add("algorithm.key", finding.Error, on(known),
				"issue it anew with an RSA key, with certbot: --key-type rsa --rsa-key-size 2048",
				"%s has a key for %s; %s can use only %s",
				s.which(c), algorithm, s.Profile.ID, strings.Join(known.Value, " and "))
		}
	}
}

// keySize looks at RSA keys that are very short or very long.
func keySize(s *subject) {
	limit := s.Profile.Crypto.MaxRSABits
	for _, c := range s.certs {
		bits := c.KeyBits()
		if c.KeyAlgorithm() != "RSA" || bits == 0 {
			continue
		}
		switch {
		case limit.Known() && bits > limit.Value:
			s.add("algorithm.rsa-too-long", finding.Error, on(limit), "use an RSA key of 2,048 bits",
				"%s has an RSA key of %d bits; the phone's library stops at %d", s.which(c), bits, limit.Value)
		case bits < smallRSA:
			s.add("algorithm.rsa-short", finding.Warning, standard("NIST SP 800-131A, section 3"), "use an RSA key of 2,048 bits",
				"%s has an RSA key of %d bits: old phones take it, today's servers and browsers refuse it", s.which(c), bits)
		case bits > largeRSA:
			s.add("algorithm.rsa-long", finding.Warning, ground{finding.Assumed, "no measurement on a phone is published"},
				"use an RSA key of 2,048 bits",
				"%s has an RSA key of %d bits: a phone's processor may need seconds for it", s.which(c), bits)
		}
	}
}

// signatureAlgorithm looks for signatures that the phone cannot check. A
// root's own signature is not checked and does not count.
func signatureAlgorithm(s *subject) {
	hashes, pss := s.Profile.Crypto.Hashes, s.Profile.Crypto.RSAPSS
	const fix = "have it signed with sha256WithRSAEncryption"
	for _, c := range anchored(s.certs) {
		signature := c.SignatureAlgorithm()
		beside := s.beside(c, "X509_V_ERR_CERT_SIGNATURE_FAILURE", "X509_V_ERR_CA_MD_TOO_WEAK").onProfile()
		switch {
		case signature.Name == "RSASSA-PSS" && pss.Known() && pss.Value:
		case signature.Name == "RSASSA-PSS" && pss.Known():
			beside.add("algorithm.rsa-pss", finding.Error, on(pss), fix,
				"%s is signed with RSASSA-PSS, which the phone's library cannot check", s.which(c))
		case signature.Name == "RSASSA-PSS":
			beside.add("algorithm.rsa-pss-not-known", finding.Error, on(pss), fix,
				"%s is signed with RSASSA-PSS; whether %s can check that is not known", s.which(c), s.Profile.ID)
		case signature.Hash == "":
			beside.add("algorithm.signature", finding.Error, on(hashes), fix,
				"%s is signed with %s, which the phone's library does not know", s.which(c), signature.Name)
		case !hashes.Known() && strings.HasPrefix(signature.Hash, "SHA-") && signature.Hash != "SHA-1":
			// Whoever speaks TLS today checks signatures with SHA-2.
		case !hashes.Known():
			beside.add("algorithm.hash-not-known", finding.Error, on(hashes), fix,
				"%s is signed with %s; whether %s still takes that is not known", s.which(c), signature.Name, s.Profile.ID)
		case !slices.Contains(hashes.Value, signature.Hash):
			beside.add("algorithm.hash", finding.Error, on(hashes), fix,
				"%s is signed with %s; %s checks only %s", s.which(c), signature.Name, s.Profile.ID, strings.Join(hashes.Value, ", "))
		case signature.Hash == "MD5" || signature.Hash == "SHA-1" || signature.Hash == "MD2":
			s.add("algorithm.hash-weak", finding.Note, on(hashes), fix,
				"%s is signed with %s: the phone takes it, today's browsers do not", s.which(c), signature.Name)
		}
	}
}
