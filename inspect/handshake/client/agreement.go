package client

import (
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	// maxPrimeBits bounds what a Diffie-Hellman exchange may cost.
	maxPrimeBits = 16384
	// secretBits is the size of the client's secret exponent: twice the
	// strength of any group that it may be used in.
	secretBits = 512
)

// agree makes the premaster secret and the body of ClientKeyExchange.
func (h *handshaker) agree(x exchange, key publicKey, f *flight) (premaster, body []byte, err error) {
	switch x.method {
	case "DHE":
		return h.agreeDH(f.exchange)
	case "ECDHE":
		return h.agreeECDH(f.exchange)
	}
	return h.encryptSecret(key, f.exchange)
}

// encryptSecret sends a secret of the client's under the server's RSA key, or
// under the shorter one that export suites bring.
func (h *handshaker) encryptSecret(key publicKey, export *handshake.ServerKeyExchange) (premaster, body []byte, err error) {
	modulus, exponent := key.modulus, key.exponent
	if export != nil {
		modulus, exponent = new(big.Int).SetBytes(export.Modulus), new(big.Int).SetBytes(export.Exponent)
		if err := checkRSA(modulus, exponent); err != nil {
			return nil, nil, malformed(iana.AlertIllegalParameter, "the export key in ServerKeyExchange: %v", err)
		}
	}
	premaster = make([]byte, 48)
	if _, err := io.ReadFull(h.Random, premaster); err != nil {
		return nil, nil, fmt.Errorf("random bytes for the premaster secret: %w", err)
	}
	// RFC 5246, section 7.4.7.1: the version that was offered, not the one in
	// use.
	premaster[0], premaster[1] = byte(h.offer.Version>>8), byte(h.offer.Version)
	encrypted, err := encryptPKCS1(h.Random, modulus, exponent, premaster)
	if err != nil {
		return nil, nil, err
	}
	if h.state.Version == iana.SSL30 { // without a length, as all implementations do
		return premaster, encrypted, nil
	}
	return premaster, append([]byte{byte(len(encrypted) >> 8), byte(len(encrypted))}, encrypted...), nil
}

func (h *handshaker) agreeDH(m *handshake.ServerKeyExchange) (premaster, body []byte, err error) {
	p, g, public := new(big.Int).SetBytes(m.Prime), new(big.Int).SetBytes(m.Generator), new(big.Int).SetBytes(m.Public)
	if p.BitLen() > maxPrimeBits {
		return nil, nil, tooLarge("the Diffie-Hellman prime has %d bits, more than %d", p.BitLen(), maxPrimeBits)
	}
	one := big.NewInt(1)
	last := new(big.Int).Sub(p, one)
	within := func(v *big.Int) bool { return v.Cmp(one) > 0 && v.Cmp(last) < 0 }
	if p.Bit(0) == 0 || !within(g) || !within(public) {
		return nil, nil, malformed(iana.AlertIllegalParameter, "the Diffie-Hellman values are no exchange: an even prime of %d bits, or a generator or public value that is 0, 1, p-1 or more", p.BitLen())
	}
	bytes := make([]byte, secretBits/8)
	if _, err := io.ReadFull(h.Random, bytes); err != nil {
		return nil, nil, fmt.Errorf("random bytes for Diffie-Hellman: %w", err)
	}
	x := new(big.Int).SetBytes(bytes)
	if p.BitLen() <= secretBits {
		x.Mod(x, new(big.Int).Sub(last, one)) // into 1 to p-2
		x.Add(x, one)
	}
	// RFC 5246, section 8.1.2: zeros in front are left out.
	premaster = new(big.Int).Exp(public, x, p).Bytes()
	own := new(big.Int).Exp(g, x, p).Bytes()
	return premaster, append([]byte{byte(len(own) >> 8), byte(len(own))}, own...), nil
}

func (h *handshaker) agreeECDH(m *handshake.ServerKeyExchange) (premaster, body []byte, err error) {
	if e := h.offer.Extensions.Find(iana.ExtensionSupportedGroups); e != nil {
		if groups, ok := e.Value.([]iana.NamedGroup); ok && !slices.Contains(groups, m.Group) {
			return nil, nil, notOffered(iana.AlertIllegalParameter, "the server chose the group %s, which was not offered", m.Group)
		}
	}
	if curveOf(m.Group) == nil {
		return nil, nil, unsupported("it does not have the group %s", m.Group)
	}
	key, err := newKey(m.Group, h.Random)
	if err != nil {
		return nil, nil, err
	}
	if premaster, err = key.shared(m.Public); err != nil {
		return nil, nil, err
	}
	return premaster, append([]byte{byte(len(key.public))}, key.public...), nil
}
