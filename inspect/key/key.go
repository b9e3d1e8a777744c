// Package key reads private keys in every form in which they come: PKCS#1,
// PKCS#8, SEC 1, DSA, encrypted in both ways, OpenSSH. It never writes a key's
// bytes into an error or a text.
package key

// Private is a private key, or an encrypted one that could not be opened.
type Private struct {
	// Form is the encoding: "PKCS#1", "PKCS#8", "SEC 1", "DSA", "OpenSSH".
	Form string
	// Algorithm is "RSA", "EC", "DSA", "Ed25519", …; empty while unknown.
	Algorithm string
	// Bits is the key's size; 0 while unknown.
	Bits int
	// Encrypted says that the file holds it encrypted.
	Encrypted bool
	// Cipher names the encryption, for instance "PBES2 with AES-256-CBC".
	Cipher string
	// Locked says why an encrypted key could not be opened; nil when it was.
	Locked error
	// PublicKeyInfo is the DER SubjectPublicKeyInfo (RFC 5280, section 4.1);
	// nil while the key is locked or of an algorithm that cannot be computed.
	PublicKeyInfo []byte
	// PKCS8 is the unencrypted key as PKCS#8 DER; nil while it is locked.
	PKCS8 []byte
}
