package client

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// retry sends the ClientHello that a HelloRetryRequest asks for.
func (h *handshaker) retry(m *handshake.ServerHello, raw []byte) error {
	second := *h.Hello
	second.Extensions = slices.DeleteFunc(slices.Clone(second.Extensions), func(e handshake.Extension) bool { return e.Type == iana.ExtensionEarlyData })
	e, cookie := m.Extensions.Find(iana.ExtensionKeyShare), m.Extensions.Find(iana.ExtensionCookie)
	if e == nil && cookie == nil {
		return malformed(iana.AlertIllegalParameter, "HelloRetryRequest asks for nothing new (RFC 8446, section 4.1.4)")
	}
	if e != nil {
		group := e.Value.([]handshake.KeyShare)[0].Group
		if !h.offersGroup(group) || slices.ContainsFunc(h.shares(), func(s handshake.KeyShare) bool { return s.Group == group }) {
			return notOffered(iana.AlertIllegalParameter, "HelloRetryRequest asks for the group %s, which was not offered or of which there was a share", group)
		}
		key, err := newKey(group, h.Random)
		if err != nil {
			return err
		}
		if key == nil {
			return unsupported("it does not have the group %s", group)
		}
		h.Keys = []*Key{key}
		extension, err := keyShares([]handshake.KeyShare{{Group: group, Public: key.public}})
		if err != nil {
			return err
		}
		second.Extensions = replaced(second.Extensions, extension)
	}
	if cookie != nil {
		second.Extensions = replaced(second.Extensions, *cookie)
	}
	return h.sendSecond(m, raw, &second)
}

// sendSecond sends it. For Finished the first one's hash stands in its place
// (RFC 8446, section 4.4.1).
func (h *handshaker) sendSecond(m *handshake.ServerHello, request []byte, second *handshake.ClientHello) error {
	first := h.messages[:len(h.messages)-len(request)]
	hash := cipherspec.Hash(m.CipherSuite)()
	hash.Write(first)
	sum := hash.Sum(nil)
	h.messages = append(append([]byte{typeMessageHash, 0, 0, byte(len(sum))}, sum...), request...)
	out, err := h.compatible(nil)
	if err != nil {
		return err
	}
	raw, err := second.Marshal()
	if err != nil {
		return fmt.Errorf("second ClientHello: %w", err)
	}
	h.offer, _ = handshake.ParseClientHello(raw)
	h.messages = append(h.messages, raw...)
	return h.flush(handshake.AppendRecords(out, handshake.ContentHandshake, iana.TLS12, raw))
}

// compatible appends the ChangeCipherSpec that says nothing, where the client
// makes the connection look like one of TLS 1.2 (RFC 8446, appendix D.4).
func (h *handshaker) compatible(out []byte) ([]byte, error) {
	if len(h.offer.SessionID) == 0 {
		return out, nil
	}
	return handshake.AppendRecords(out, handshake.ContentChangeCipherSpec, iana.TLS12, []byte{1}), nil
}
