package extension

// Rules are the ways in which releases read a certificate differently.
type Rules struct {
	// TypedNames: names of most string types are the same only when their types
	// and every letter are.
	TypedNames bool
	// Strict: an extension that cannot be read spoils a certificate.
	Strict bool
	// ChecksForm: bit strings and object identifiers must be well formed;
	// ChecksIntegers: numbers too.
	ChecksForm, ChecksIntegers bool
	// WrittenZero: what DER forbids and does no harm is let pass, a written
	// default and a path length without a CA.
	WrittenZero bool
	// NeedsContent: a key usage must allow something, a distribution point name
	// something.
	NeedsContent bool
	// Constraints: name constraints are understood. Addresses: addresses in them
	// too, and the common name of the server's certificate. DottedBase: one may
	// begin with a dot.
	Constraints, Addresses, DottedBase bool
	// Distribution: critical distribution points are known.
	Distribution bool
	// KeyAgreement: a server's key usage may be keyAgreement alone.
	KeyAgreement bool
	// RootByName: a root's own key usage does not keep it from being one.
	// LikelyIssuer: an issuer's key usage is no matter for what it has issued.
	RootByName, LikelyIssuer bool
	// MatchesKey: an issuer is none when its key is not of the kind with which
	// the certificate is signed.
	MatchesKey bool
}
