package client

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// AddKeyShares makes a key for each group and puts the public values into
// hello's extension key_share, in the place of those that are there or else at
// the end. The keys belong into Config.Keys. It is an error when a group is
// none of x25519, secp256r1, secp384r1, secp521r1, X25519MLKEM768, or when there is
// no randomness.
func AddKeyShares(hello *handshake.ClientHello, groups ...iana.NamedGroup) ([]*Key, error) {
	var keys []*Key
	var shares []handshake.KeyShare
	for _, group := range groups {
		key, err := newKey(group, rand.Reader)
		if err != nil {
			return nil, err
		}
		if key == nil {
			return nil, fmt.Errorf("there are no keys for the group %s", group)
		}
		keys, shares = append(keys, key), append(shares, handshake.KeyShare{Group: group, Public: key.public})
	}
	extension, err := keyShares(shares)
	if err != nil {
		return nil, err
	}
	hello.Extensions = replaced(hello.Extensions, extension)
	return keys, nil
}

// FillKeyShares makes the public values of hello's extension key_share afresh, each
// in its group and of its length. The keys belong into Config.Keys. raw are the
// groups that the client cannot compute in, or whose length is not the group's:
// their values are random bytes, and GREASE (RFC 8701) is none of them. The error
// says that there is no randomness, or that key_share cannot be read.
func FillKeyShares(hello *handshake.ClientHello, random io.Reader) (keys []*Key, raw []iana.NamedGroup, err error) {
	e := hello.Extensions.Find(iana.ExtensionKeyShare)
	if e == nil {
		return nil, nil, nil
	}
	old, read := e.Value.([]handshake.KeyShare)
	if !read {
		return nil, nil, errors.New("the extension key_share of the ClientHello is not decoded")
	}
	var shares []handshake.KeyShare
	for _, share := range old {
		key, err := newKey(share.Group, random)
		if err != nil {
			return nil, nil, err
		}
		if key != nil && len(key.public) == len(share.Public) {
			keys, shares = append(keys, key), append(shares, handshake.KeyShare{Group: share.Group, Public: key.public})
			continue
		}
		public := make([]byte, len(share.Public))
		if _, err := io.ReadFull(random, public); err != nil {
			return nil, nil, fmt.Errorf("random bytes for a key share: %w", err)
		}
		shares = append(shares, handshake.KeyShare{Group: share.Group, Public: public})
		if !iana.GREASE(share.Group) {
			raw = append(raw, share.Group)
		}
	}
	extension, err := keyShares(shares)
	if err != nil {
		return nil, nil, err
	}
	hello.Extensions = replaced(hello.Extensions, extension)
	return keys, raw, nil
}

// keyShares makes the extension.
func keyShares(shares []handshake.KeyShare) (handshake.Extension, error) {
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, s := range shares {
			b.AddUint16(uint16(s.Group))
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(s.Public) })
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
func (h *handshaker) keyFor(group iana.NamedGroup) *Key {
	for _, share := range h.shares() {
		if share.Group != group {
			continue
		}
		for _, key := range h.Keys {
			if key.matches(share) {
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

func curveOf(group iana.NamedGroup) ecdh.Curve {
	switch group {
	case iana.GroupX25519:
		return ecdh.X25519()
	case iana.GroupSecp256r1:
		return ecdh.P256()
	case iana.GroupSecp384r1:
		return ecdh.P384()
	case iana.GroupSecp521r1:
		return ecdh.P521()
	}
	return nil
}
