package client

import (
	"bytes"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// serverHello reads the server's choice and holds it against the offer.
func (h *handshaker) serverHello() (*handshake.ServerHello, []byte, error) {
	m, raw, err := expect[*handshake.ServerHello](h, "ServerHello")
	if err != nil {
		return nil, nil, err
	}
	h.note(m)
	h.parameters = cipherspec.Parameters{Version: m.Selected(), Suite: m.CipherSuite, ClientRandom: h.offer.Random, ServerRandom: m.Random}
	if err := h.offered(m); err != nil {
		return nil, nil, err
	}
	h.version = m.Selected()
	if err := h.extensions(m); err != nil {
		return nil, nil, err
	}
	return m, raw, nil
}

func (h *handshaker) note(m *handshake.ServerHello) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.state.Version, h.state.CipherSuite = m.Selected(), m.CipherSuite
	h.noteProtocol(m.Extensions)
}

// noteProtocol is called with the mutex held.
func (h *handshaker) noteProtocol(list handshake.Extensions) {
	if e := list.Find(iana.ExtensionApplicationLayerProtocolNegotiation); e != nil {
		if names, _ := e.Value.([]string); len(names) == 1 {
			h.state.ApplicationProtocol = names[0]
		}
	}
}

// offered holds version, suite and compression against the offer.
func (h *handshaker) offered(m *handshake.ServerHello) error {
	version, suite := m.Selected(), m.CipherSuite
	if !h.offersVersion(version) {
		return notOffered(iana.AlertProtocolVersion, "the server chose %s, which was not offered", version)
	}
	scsv := suite == iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV || suite == iana.TLS_FALLBACK_SCSV
	if scsv || !slices.Contains(h.offer.CipherSuites, suite) {
		return notOffered(iana.AlertIllegalParameter, "the server chose %s, which was not offered", suite)
	}
	if !fits(suite, version) {
		return malformed(iana.AlertIllegalParameter, "the server chose %s, which %s does not have", suite, version)
	}
	if m.CompressionMethod != 0 && (version >= iana.TLS13 || !slices.Contains(h.offer.CompressionMethods, m.CompressionMethod)) {
		return notOffered(iana.AlertIllegalParameter, "the server chose compression %s, which was not offered", m.CompressionMethod)
	}
	if version >= iana.TLS13 && !bytes.Equal(m.SessionID, h.offer.SessionID) {
		return malformed(iana.AlertIllegalParameter, "the session_id of ServerHello is not that of ClientHello (RFC 8446, section 4.1.3)")
	}
	return nil
}

func (h *handshaker) offersVersion(version iana.ProtocolVersion) bool {
	if h.offer.Extensions.Find(iana.ExtensionSupportedVersions) != nil {
		return slices.Contains(h.offer.Versions(), version)
	}
	return version <= min(h.offer.Version, iana.TLS12) && version >= h.MinVersion
}

// fits reports whether a version has a suite: TLS 1.3 has its own, and those
// with an AEAD or SHA-2 begin with TLS 1.2 (RFC 5246, appendix A.5).
func fits(suite iana.CipherSuite, version iana.ProtocolVersion) bool {
	if new := suite>>8 == 0x13; new || version >= iana.TLS13 {
		return new && version >= iana.TLS13
	}
	name := suite.Protection()
	late := strings.HasSuffix(name, "_SHA256") || strings.HasSuffix(name, "_SHA384") || strings.Contains(name, "_CCM")
	return !late || version >= iana.TLS12
}

// extensions takes up what both sides want. What was not asked for is let pass,
// as old libraries do, except where it changes keys.
func (h *handshaker) extensions(m *handshake.ServerHello) error {
	for _, t := range []iana.ExtensionType{iana.ExtensionExtendedMasterSecret, iana.ExtensionEncryptThenMAC} {
		if m.Extensions.Find(t) == nil {
			continue
		}
		if h.offer.Extensions.Find(t) == nil {
			return notOffered(iana.AlertUnsupportedExtension, "the server answers to %s, which was not offered", t)
		}
		if t == iana.ExtensionExtendedMasterSecret {
			h.extended = m.Selected() > iana.SSL30
		} else {
			h.parameters.EncryptThenMAC = true
		}
	}
	return h.takeUp(m.Extensions)
}
