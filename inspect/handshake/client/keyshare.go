package client

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// AddKeyShares makes a key for each group and puts the public values into
// hello's extension key_share, in the place of those that are there or else at
// the end. The keys belong into Config.Keys. It is an error when a group is
// none of x25519, secp256r1, secp384r1, secp521r1, or when there is no
// randomness.
func AddKeyShares(hello *handshake.ClientHello, groups ...iana.NamedGroup) ([]*ecdh.PrivateKey, error) {
	var keys []*ecdh.PrivateKey
	for _, group := range groups {
		curve := curveOf(group)
		if curve == nil {
			return nil, fmt.Errorf("there are no keys for the group %s", group)
		}
		key, err := curve.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("a key for the group %s: %w", group, err)
		}
		keys = append(keys, key)
	}
	extension, err := keyShares(groups, keys)
	if err != nil {
		return nil, err
	}
	hello.Extensions = replaced(hello.Extensions, extension)
	return keys, nil
}

// keyShares makes the extension.
func keyShares(groups []iana.NamedGroup, keys []*ecdh.PrivateKey) (handshake.Extension, error) {
	var b cryptobyte.Builder
	var shares []handshake.KeyShare
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for i, key := range keys {
			public := key.PublicKey().Bytes()
			shares = append(shares, handshake.KeyShare{Group: groups[i], Public: public})
			b.AddUint16(uint16(groups[i]))
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(public) })
		}
	})
	data, err := b.Bytes()
	return handshake.Extension{Type: iana.ExtensionKeyShare, Data: data, Value: shares}, err
}

// replaced returns a list with an extension in the place of the one of its
// type, or else before pre_shared_key, which is the last of all (RFC 8446,
// section 4.2.11).
func replaced(list handshake.Extensions, e handshake.Extension) handshake.Extensions {
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(old handshake.Extension) bool { return old.Type == e.Type })
	if at >= 0 {
		list[at] = e
		return list
	}
	at = slices.IndexFunc(list, func(old handshake.Extension) bool { return old.Type == iana.ExtensionPreSharedKey })
	if at < 0 {
		at = len(list)
	}
	return slices.Insert(list, at, e)
}

// keyFor returns the private key of the share that was offered for a group.
func (h *handshaker) keyFor(group iana.NamedGroup) *ecdh.PrivateKey {
	for _, share := range h.shares() {
		if share.Group != group {
			continue
		}
		for _, key := range h.Keys {
			if bytes.Equal(key.PublicKey().Bytes(), share.Public) {
				return key
			}
		}
	}
	return nil
}

// shares are those of the offer.
func (h *handshaker) shares() []handshake.KeyShare {
	if e := h.offer.Extensions.Find(iana.ExtensionKeyShare); e != nil {
		shares, _ := e.Value.([]handshake.KeyShare)
		return shares
	}
	return nil
}

// offersGroup reports whether a group is in supported_groups.
func (h *handshaker) offersGroup(group iana.NamedGroup) bool {
	if e := h.offer.Extensions.Find(iana.ExtensionSupportedGroups); e != nil {
		groups, _ := e.Value.([]iana.NamedGroup)
		return slices.Contains(groups, group)
	}
	return false
}
