package client

import (
	"bytes"
	"compress/zlib"
	"io"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Raw names the extensions of a ClientHello that the client sends and could not act
// on if a server took them up. GREASE (RFC 8701) is none of them: no server may.
func Raw(hello *handshake.ClientHello) []iana.ExtensionType {
	var list []iana.ExtensionType
	for _, e := range hello.Extensions {
		if isRaw(e) {
			list = append(list, e.Type)
		}
	}
	return list
}

// isRaw reports whether a server that takes an extension up changes what follows in
// a way that the client does not know.
func isRaw(e handshake.Extension) bool {
	switch e.Type {
	case iana.ExtensionServerName, iana.ExtensionMaxFragmentLength, iana.ExtensionStatusRequest, iana.ExtensionSupportedGroups,
		iana.ExtensionEcPointFormats, iana.ExtensionSignatureAlgorithms, iana.ExtensionHeartbeat,
		iana.ExtensionApplicationLayerProtocolNegotiation, iana.ExtensionSignedCertificateTimestamp, iana.ExtensionPadding,
		iana.ExtensionEncryptThenMAC, iana.ExtensionExtendedMasterSecret, iana.ExtensionRecordSizeLimit, iana.ExtensionSessionTicket,
		iana.ExtensionSupportedVersions, iana.ExtensionCookie, iana.ExtensionPSKKeyExchangeModes, iana.ExtensionCertificateAuthorities,
		iana.ExtensionPostHandshakeAuth, iana.ExtensionSignatureAlgorithmsCert, iana.ExtensionKeyShare, iana.ExtensionRenegotiationInfo,
		iana.ExtensionNextProtocolNegotiation:
		return false
	case iana.ExtensionCompressCertificate:
		algorithms, _ := e.Value.([]handshake.CompressionAlgorithm)
		return slices.ContainsFunc(algorithms, func(a handshake.CompressionAlgorithm) bool { return a != zlibCompression })
	}
	return !iana.GREASE(e.Type)
}

// takeUp acts on what the server makes of the offer's extensions.
func (h *handshaker) takeUp(list handshake.Extensions) error {
	for _, e := range list {
		offered := h.offer.Extensions.Find(e.Type)
		if offered == nil {
			continue
		}
		limit, _ := e.Value.(int)
		switch {
		case e.Type == iana.ExtensionMaxFragmentLength && h.atMost == 0:
			h.atMost = limit
		case e.Type == iana.ExtensionRecordSizeLimit:
			// RFC 8449, section 4: TLS 1.3 counts the type of the content, too.
			if h.version >= iana.TLS13 {
				limit--
			}
			if limit < 63 {
				return malformed(iana.AlertIllegalParameter, "the server takes records of %d bytes only, fewer than 64 (RFC 8449, section 4)", limit)
			}
			h.atMost = min(limit, 1<<14)
		case e.Type == iana.ExtensionNextProtocolNegotiation && h.version < iana.TLS13:
			h.nextProtocols, _ = e.Value.([]string)
			h.nextAsked = true
		case e.Type == iana.ExtensionHeartbeat:
			h.heartbeat = true
		case e.Type != iana.ExtensionCompressCertificate && isRaw(*offered):
			h.raw = append(h.raw, e.Type)
		}
	}
	return nil
}

// nextProtocol is the body of NextProtocol: HTTP 1.1 where the server has it, else
// its first, in a multiple of 32 bytes (draft-agl-tls-nextprotoneg-04, section 3).
func (h *handshaker) nextProtocol() []byte {
	chosen := "http/1.1"
	if len(h.nextProtocols) > 0 && !slices.Contains(h.nextProtocols, chosen) {
		chosen = h.nextProtocols[0]
	}
	h.mutex.Lock()
	h.state.ApplicationProtocol = chosen
	h.mutex.Unlock()
	body := append([]byte{byte(len(chosen))}, chosen...)
	padding := make([]byte, 32-(len(chosen)+2)%32)
	return append(append(body, byte(len(padding))), padding...)
}

// zlibCompression is the one way to compress certificates that the client has.
const zlibCompression handshake.CompressionAlgorithm = 1

// decompressed is the Certificate in a CompressedCertificate (RFC 8879, section 4).
func (h *handshaker) decompressed(raw []byte) ([]byte, error) {
	m, err := decode[*handshake.CompressedCertificate](h, "Certificate", raw)
	if err != nil {
		return nil, err
	}
	algorithm := handshake.CompressionAlgorithm(m.Algorithm)
	offered, ok := []handshake.CompressionAlgorithm(nil), false
	if e := h.offer.Extensions.Find(iana.ExtensionCompressCertificate); e != nil {
		offered, ok = e.Value.([]handshake.CompressionAlgorithm)
	}
	switch {
	case !ok || !slices.Contains(offered, algorithm):
		return nil, notOffered(iana.AlertIllegalParameter, "the server compressed its Certificate with %s, which was not offered", algorithm)
	case algorithm != zlibCompression:
		return nil, unsupported("it does not have the compression %s of certificates", algorithm)
	case m.UncompressedLength > h.MaxHandshakeBytes:
		return nil, tooLarge("the Certificate has %d bytes when decompressed, more than the %d that the handshake may have", m.UncompressedLength, h.MaxHandshakeBytes)
	}
	size := m.UncompressedLength
	out := []byte{typeCertificate, byte(size >> 16), byte(size >> 8), byte(size)}
	reader, err := zlib.NewReader(bytes.NewReader(m.Compressed))
	if err == nil {
		var body []byte
		body, err = io.ReadAll(io.LimitReader(reader, int64(size)+1))
		out = append(out, body...)
	}
	if err != nil || len(out) != handshakeHeader+size {
		return nil, malformed(iana.AlertBadCertificate, "CompressedCertificate does not hold the %d bytes that it tells of", size)
	}
	return out, nil
}

func series(list []iana.ExtensionType) string {
	var words []string
	for _, t := range list {
		words = append(words, t.String())
	}
	return strings.Join(words, ", ")
}
