package client

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"fmt"
	"io"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Key is the private half of a key share.
type Key struct {
	group  iana.NamedGroup
	public []byte
	curve  *ecdh.PrivateKey
	// kem is there beside the curve in the hybrid group X25519MLKEM768.
	kem *mlkem.DecapsulationKey768
}

// newKey makes a key in a group, nil for a group that the client does not have.
func newKey(group iana.NamedGroup, random io.Reader) (*Key, error) {
	k, curve := &Key{group: group}, curveOf(group)
	if group == iana.GroupX25519MLKEM768 {
		curve = ecdh.X25519()
		seed := make([]byte, mlkem.SeedSize)
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, fmt.Errorf("random bytes for a key: %w", err)
		}
		kem, err := mlkem.NewDecapsulationKey768(seed)
		if err != nil {
			return nil, fmt.Errorf("a key for the group %s: %w", group, err)
		}
		k.kem, k.public = kem, kem.EncapsulationKey().Bytes()
	}
	if curve == nil {
		return nil, nil
	}
	var err error
	if k.curve, err = curve.GenerateKey(random); err != nil {
		return nil, fmt.Errorf("random bytes for a key: %w", err)
	}
	k.public = append(k.public, k.curve.PublicKey().Bytes()...)
	return k, nil
}

func (k *Key) matches(share handshake.KeyShare) bool {
	return k.group == share.Group && bytes.Equal(k.public, share.Public)
}

// shared makes the secret of the two sides. In the hybrid group the one of ML-KEM
// goes before that of the curve (draft-ietf-tls-ecdhe-mlkem, section 4).
func (k *Key) shared(public []byte) (secret []byte, err error) {
	if k.kem != nil {
		if len(public) != mlkem.CiphertextSize768+32 {
			return nil, malformed(iana.AlertIllegalParameter, "the server's public value of %d bytes is none of the group %s", len(public), k.group)
		}
		if secret, err = k.kem.Decapsulate(public[:mlkem.CiphertextSize768]); err != nil {
			return nil, malformed(iana.AlertIllegalParameter, "the server's public value leads to no secret in the group %s", k.group)
		}
		public = public[mlkem.CiphertextSize768:]
	}
	theirs, err := k.curve.Curve().NewPublicKey(public)
	if err != nil {
		return nil, malformed(iana.AlertIllegalParameter, "the server's public value of %d bytes is no point of the group %s", len(public), k.group)
	}
	own, err := k.curve.ECDH(theirs)
	if err != nil {
		return nil, malformed(iana.AlertIllegalParameter, "the server's public value leads to no secret in the group %s", k.group)
	}
	return append(secret, own...), nil
}
