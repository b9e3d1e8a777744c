package key

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/pbe"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Password gives the password, in UTF-8; ok is false when there is none. It is
// called only when something encrypted is met that could be opened.
type Password func() (password []byte, ok bool)

// Parse reads one private key; it is Opener.Parse for a file with one key.
func Parse(label string, headers map[string]string, der []byte, password Password) (*Private, error) {
	opener := Opener{Password: password}
	return opener.Parse(label, headers, der)
}

// Opener reads the private keys of one file: it asks for the password once at
// most, and bounds the work of all keys together (pbe.MaxWork).
type Opener struct {
	// Password is asked when an encrypted key is met; nil when there is none.
	Password Password

	work   pbe.Work
	asked  bool
	answer []byte
	given  bool
}

// Parse reads one private key. The label and the headers are those of PEM,
// empty and nil for bare DER, whose form its structure tells. A key that could
// not be opened is no error: see Private.Locked. The error wraps ErrNotKey,
// ErrTrailing, or ErrDamaged.
func (o *Opener) Parse(label string, headers map[string]string, der []byte) (*Private, error) {
	p, err := o.parse(label, headers, der)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (o *Opener) parse(label string, headers map[string]string, der []byte) (*Private, error) {
	switch {
	case headers["DEK-Info"] != "" || strings.Contains(headers["Proc-Type"], "ENCRYPTED"):
		return o.parseTraditional(label, headers["DEK-Info"], der)
	case bytes.HasPrefix(der, []byte(opensshMagic)):
		return o.parseOpenSSH(der)
	}
	der, err := whole(der)
	if err != nil {
		return nil, err
	}
	if algorithm, ciphertext, ok := readEncrypted(label, der); ok {
		p := &Private{Form: PKCS8, Encrypted: true}
		scheme, err := pbe.ReadScheme(algorithm)
		return o.open(p, scheme, err, ciphertext)
	}
	return parsePlain(der)
}

// password asks for the password the first time that it is needed.
func (o *Opener) password() ([]byte, bool) {
	if !o.asked && o.Password != nil {
		o.answer, o.given = o.Password()
	}
	o.asked = true
	return o.answer, o.given
}

// parseTraditional reads a key that is encrypted within PEM (RFC 1421, section
// 4.6.1.3), as OpenSSL did before it wrote PKCS#8.
func (o *Opener) parseTraditional(label, dekInfo string, body []byte) (*Private, error) {
	p := &Private{Encrypted: true}
	switch label {
	case "RSA PRIVATE KEY":
		p.Form, p.Algorithm = PKCS1, "RSA"
	case "EC PRIVATE KEY":
		p.Form, p.Algorithm = SEC1, "EC"
	case "DSA PRIVATE KEY":
		p.Form, p.Algorithm = DSA, "DSA"
	}
	name, parameter, _ := strings.Cut(dekInfo, ",")
	iv, err := hex.DecodeString(strings.TrimSpace(parameter))
	if dekInfo == "" || err != nil {
		return nil, fmt.Errorf("%w: its DEK-Info header cannot be read", ErrDamaged)
	}
	scheme, err := pbe.PEMScheme(strings.TrimSpace(name), iv)
	return o.open(p, scheme, err, body)
}

// readEncrypted recognizes an EncryptedPrivateKeyInfo (RFC 5958, section 3).
// Other things have the same structure, so without the label the algorithm
// must be one of password-based encryption.
func readEncrypted(label string, der cryptobyte.String) (scheme, ciphertext []byte, ok bool) {
	var sequence, octets cryptobyte.String
	if !der.ReadASN1(&sequence, asn1.SEQUENCE) {
		return nil, nil, false
	}
	id, ok := readAlgorithm(&sequence)
	ok = ok && sequence.ReadASN1(&octets, asn1.OCTET_STRING) && sequence.Empty() &&
		(label == "ENCRYPTED PRIVATE KEY" ||
			strings.HasPrefix(id.oid, "1.2.840.113549.1.5.") || strings.HasPrefix(id.oid, "1.2.840.113549.1.12.1."))
	return id.whole, octets, ok
}

// open decrypts a key and reads it. schemeErr is what reading the scheme gave.
func (o *Opener) open(p *Private, scheme *pbe.Scheme, schemeErr error, ciphertext []byte) (*Private, error) {
	p.Cipher = scheme.Name()
	if schemeErr != nil {
		return o.lock(p, schemeErr)
	}
	password, given := o.password()
	if !given {
		return o.lock(p, needed(p.Cipher))
	}
	plain, err := scheme.Decrypt(ciphertext, password, &o.work)
	if err != nil && !errors.Is(err, pbe.ErrPadding) {
		return o.lock(p, err)
	}
	if !Begins(plain) {
		return o.lock(p, wrong(p.Cipher))
	}
	return opened(p, plain, err)
}

func needed(cipher string) error {
	return fmt.Errorf("%w: the key is encrypted with %s; give the password with "+
		"--password-file FILE, in PHONECERT_PASSWORD or at the prompt", ErrPasswordNeeded, cipher)
}

func wrong(cipher string) error {
	return fmt.Errorf("%w: it does not open the key, which is encrypted with %s", ErrWrongPassword, cipher)
}

// lock keeps what is known of a key that cannot be opened, unless that is
// because the key is damaged.
func (o *Opener) lock(p *Private, reason error) (*Private, error) {
	if errors.Is(reason, pbe.ErrDamaged) {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, reason)
	}
	p.Locked = reason
	return p, nil
}

// opened reads what the right password has brought to light.
func opened(p *Private, plain []byte, paddingErr error) (*Private, error) {
	var inner *Private
	der, err := whole(plain)
	if err == nil && paddingErr == nil {
		inner, err = parsePlain(der)
	}
	switch {
	case paddingErr != nil:
		return nil, fmt.Errorf("%w: the password is right, but the encrypted bytes are damaged or cut off", ErrDamaged)
	case err != nil && !errors.Is(err, ErrDamaged):
		return nil, fmt.Errorf("%w: the password is right, but what it opens is %v", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	inner.Encrypted, inner.Cipher = true, p.Cipher
	return inner, nil
}

// Begins reports whether the bytes begin as an unencrypted key does. It tells a
// decrypted key from the noise that a wrong password makes, even when the rest
// is damaged: every form begins with a SEQUENCE and a version of 0 or 1, which
// noise does once in 2^31 times.
func Begins(plain []byte) bool {
	if len(plain) < 2 || plain[0] != byte(asn1.SEQUENCE) {
		return false
	}
	header := 2
	if plain[1] > 0x80 {
		header += int(plain[1] & 0x7f)
	}
	return len(plain) >= header+3 && plain[header] == byte(asn1.INTEGER) &&
		plain[header+1] == 1 && plain[header+2] <= 1
}
