package handset

// Library is a generation of the TLS library inside a handset. Releases in one
// generation read PEM files and build certificate paths in the same way.
type Library string

// The generations that differ in what they accept.
const (
	OpenSSL098 Library = "openssl-0.9.8"
	OpenSSL100 Library = "openssl-1.0.0"
	OpenSSL101 Library = "openssl-1.0.1"
	OpenSSL102 Library = "openssl-1.0.2"
	OpenSSL11  Library = "openssl-1.1"
	OpenSSL3   Library = "openssl-3"
)

// Libraries lists the generations from the oldest to the newest.
func Libraries() []Library {
	return []Library{OpenSSL098, OpenSSL100, OpenSSL101, OpenSSL102, OpenSSL11, OpenSSL3}
}
