package key

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/ssh"
)

// opensshMagic begins every key that ssh-keygen writes (OpenSSH's PROTOCOL.key).
const opensshMagic = "openssh-key-v1\x00"

// bcryptWeight is what one round of bcrypt was measured to cost, in the unit of
// pbe.MaxWork.
const bcryptWeight = 40_000

// opensshHeader is what stands unencrypted before an OpenSSH key.
type opensshHeader struct {
	cipher, derivation string
	rounds             uint32
	public             []byte
}

func readOpenSSHHeader(der []byte) (opensshHeader, bool) {
	in := cryptobyte.String(der[len(opensshMagic):])
	var cipher, derivation, options, salt, public cryptobyte.String
	var h opensshHeader
	var count uint32
	ok := readText(&in, &cipher) && readText(&in, &derivation) && readText(&in, &options) &&
		in.ReadUint32(&count) && readText(&in, &public)
	if string(derivation) == "bcrypt" {
		ok = ok && readText(&options, &salt) && options.ReadUint32(&h.rounds)
	}
	h.cipher, h.derivation, h.public = string(cipher), string(derivation), public
	return h, ok
}

// readText reads a string of RFC 4251, section 5.
func readText(in, out *cryptobyte.String) bool {
	var length uint32
	return in.ReadUint32(&length) && in.ReadBytes((*[]byte)(out), int(length))
}

// parseOpenSSH reads a key of OpenSSH and turns it into PKCS#8.
func (o *Opener) parseOpenSSH(der []byte) (*Private, error) {
	h, ok := readOpenSSHHeader(der)
	if !ok {
		return nil, fmt.Errorf("%w: its OpenSSH header cannot be read", ErrDamaged)
	}
	p := &Private{Form: OpenSSH, Encrypted: h.cipher != "none"}
	p.fillPublic(h.public)
	text := pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: der})
	if !p.Encrypted {
		key, err := ssh.ParseRawPrivateKey(text)
		return p.convert(key, err)
	}
	p.Cipher = fmt.Sprintf("%.40s with %.40s", h.derivation, h.cipher)
	if h.derivation != "bcrypt" || h.cipher != "aes256-ctr" && h.cipher != "aes256-cbc" {
		return o.lock(p, fmt.Errorf("%w: %q with %q of OpenSSH", ErrUnsupported, h.derivation, h.cipher))
	}
	if err := o.work.Spend("bcrypt", int64(h.rounds), bcryptWeight); err != nil {
		return o.lock(p, err)
	}
	password, given := o.password()
	if !given {
		return o.lock(p, needed(p.Cipher))
	}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase(text, password)
	if errors.Is(err, x509.IncorrectPasswordError) {
		return o.lock(p, wrong(p.Cipher))
	}
	return p.convert(key, err)
}

// fillPublic tells what the public half says, which is never encrypted.
func (p *Private) fillPublic(wire []byte) {
	public, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return
	}
	p.Algorithm = public.Type()
	crypto, ok := public.(ssh.CryptoPublicKey)
	if !ok || strings.HasPrefix(p.Algorithm, "sk-") { // whose private half is on a token
		return
	}
	switch key := crypto.CryptoPublicKey().(type) {
	case *rsa.PublicKey:
		p.Algorithm, p.Bits = "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		p.Algorithm, p.Curve, p.Bits = "EC", key.Params().Name, key.Params().BitSize
	case ed25519.PublicKey:
		p.Algorithm, p.Bits = "Ed25519", 8*ed25519.PublicKeySize
	default:
		return
	}
	p.PublicKeyInfo, _ = x509.MarshalPKIXPublicKey(crypto.CryptoPublicKey())
}

// convert turns the library's key into PKCS#8. A key that is kept elsewhere or
// of an algorithm that the library does not know has a name only.
func (p *Private) convert(key any, err error) (*Private, error) {
	if p.Algorithm != "" && p.PublicKeyInfo == nil {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: its OpenSSH numbers cannot be read", ErrDamaged)
	}
	if pointer, ok := key.(*ed25519.PrivateKey); ok {
		key = *pointer
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("%w: its OpenSSH numbers cannot be used", ErrDamaged)
	}
	whole, err := parsePKCS8(der)
	if err != nil {
		return nil, err
	}
	whole.Form, whole.Encrypted, whole.Cipher = p.Form, p.Encrypted, p.Cipher
	return whole, nil
}
