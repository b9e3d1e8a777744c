package server

import (
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"math/big"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	premasterLength = 48
	// secretBytes is the size of the secret exponent (RFC 7919, section 5.2: at
	// least 225 bits).
	secretBytes = 32
)

// key is the server's, RSA with both of its uses.
type key interface {
	crypto.Signer
	crypto.Decrypter
}

// agreement is the server's half of a key exchange.
type agreement interface {
	// params are what ServerKeyExchange says and signs; nil where there is none.
	params() []byte
	// premaster makes the shared secret of the client's half.
	premaster(m *handshake.ClientKeyExchange) ([]byte, error)
}

// newAgreement begins what a suite asks for.
func (h *handshaker) newAgreement() (agreement, error) {
	encrypted := encrypted{random: h.config.Random, offered: h.hello.Version}
	switch h.suite.KeyExchange() {
	case "DHE_RSA":
		return newDH(h.config.Random)
	case "RSA_EXPORT":
		k, err := newExportKey(h.config.Random, 512)
		encrypted.export = k
		encrypted.decrypt = k.decrypt
		return encrypted, err
	case "RSA_EXPORT1024":
		k, err := newExportKey(h.config.Random, 1024)
		encrypted.export = k
		encrypted.decrypt = k.decrypt
		return encrypted, err
	}
	encrypted.decrypt = func(b []byte) ([]byte, error) {
		// The library puts random bytes in place of a secret that does not come out.
		//lint:ignore SA1019 RSA key exchange has no other encryption (RFC 5246, section 7.4.7.1)
		return h.key.Decrypt(h.config.Random, b, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: premasterLength})
	}
	return encrypted, nil
}

// encrypted is a secret that the client makes and encrypts.
type encrypted struct {
	random  io.Reader
	offered iana.ProtocolVersion
	export  *exportKey
	decrypt func([]byte) ([]byte, error)
}

func (e encrypted) params() []byte {
	if e.export == nil {
		return nil
	}
	return vectors(e.export.modulus.Bytes(), e.export.exponent.Bytes())
}

// premaster fails for no secret: a client that could tell which ones come out as
// they should would soon know all of them (RFC 5246, section 7.4.7.1). The
// version in it counts from TLS 1.1 on, as that section has it: old clients are
// known to write another there.
func (e encrypted) premaster(m *handshake.ClientKeyExchange) ([]byte, error) {
	random := make([]byte, premasterLength)
	if _, err := io.ReadFull(e.random, random); err != nil {
		return nil, err
	}
	secret, err := e.decrypt(m.EncryptedPreMasterSecret)
	if err != nil || len(secret) != premasterLength { // of a length that is for everybody to see
		return random, nil
	}
	if e.offered > iana.TLS10 {
		good := subtle.ConstantTimeCompare(secret[:2], []byte{byte(e.offered >> 8), byte(e.offered)})
		subtle.ConstantTimeCopy(1-good, secret, random)
	}
	return secret, nil
}

// dh is an exchange of Diffie and Hellman in the group ffdhe2048.
type dh struct{ prime, secret, public *big.Int }

// ffdhe2048 is the prime of RFC 7919, appendix A.1.
const ffdhe2048 = "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695" +
	"a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec4617a" +
	"d3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935" +
	"984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797a" +
	"bc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4" +
	"ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61" +
	"9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005" +
	"c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff"

const generator = 2

func newDH(random io.Reader) (agreement, error) {
	prime, err := hex.DecodeString(ffdhe2048)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, err
	}
	secret[0] |= 0x80 // never 0
	x := dh{prime: new(big.Int).SetBytes(prime), secret: new(big.Int).SetBytes(secret)}
	x.public = new(big.Int).Exp(big.NewInt(generator), x.secret, x.prime)
	return x, nil
}

func (x dh) params() []byte {
	return vectors(x.prime.Bytes(), []byte{generator}, x.public.Bytes())
}

func (x dh) premaster(m *handshake.ClientKeyExchange) ([]byte, error) {
	public, one := new(big.Int).SetBytes(m.Public), big.NewInt(1)
	if public.Cmp(one) <= 0 || public.Cmp(new(big.Int).Sub(x.prime, one)) >= 0 {
		return nil, failure(iana.AlertIllegalParameter, "the client's Diffie-Hellman value is 0, 1, p-1 or more")
	}
	// RFC 5246, section 8.1.2: zeros in front are left out.
	return public.Exp(public, x.secret, x.prime).Bytes(), nil
}

// vectors writes byte strings with their lengths.
func vectors(list ...[]byte) []byte {
	var b cryptobyte.Builder
	for _, v := range list {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(v) })
	}
	return b.BytesOrPanic()
}

var errNotRSA = errors.New("the server's certificate has no RSA key that signs and decrypts")
