package handshake

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// extensionReader returns where the form of an extension is defined and what
// reads it; nil for one that is kept as it is.
func extensionReader(t iana.ExtensionType) (section string, read func(*parser, *cryptobyte.String) any) {
	switch t {
	case iana.ExtensionServerName:
		return "RFC 6066, section 3", readServerName
	case iana.ExtensionMaxFragmentLength:
		return "RFC 6066, section 4", readMaxFragmentLength
	case iana.ExtensionStatusRequest:
		return "RFC 6066, section 8", readStatusRequest
	case iana.ExtensionSupportedGroups:
		return "RFC 8422, section 5.1.1", listOf[iana.NamedGroup](2, 2, "named_group_list")
	case iana.ExtensionEcPointFormats:
		return "RFC 8422, section 5.1.2", listOf[ECPointFormat](1, 1, "ec_point_format_list")
	case iana.ExtensionSignatureAlgorithms, iana.ExtensionSignatureAlgorithmsCert:
		return "RFC 8446, section 4.2.3", listOf[iana.SignatureScheme](2, 2, "supported_signature_algorithms")
	case iana.ExtensionHeartbeat:
		return "RFC 6520, section 2", numberOf(1, "mode")
	case iana.ExtensionApplicationLayerProtocolNegotiation:
		return "RFC 7301, section 3.1", readALPN
	case iana.ExtensionNextProtocolNegotiation:
		return "draft-agl-tls-nextprotoneg-04, section 3", readNextProtocol
	case iana.ExtensionEncryptThenMAC:
		return "RFC 7366, section 2", nothing
	case iana.ExtensionExtendedMasterSecret:
		return "RFC 7627, section 5.1", nothing
	case iana.ExtensionPostHandshakeAuth:
		return "RFC 8446, section 4.2.6", nothing
	case iana.ExtensionCompressCertificate:
		return "RFC 8879, section 3", listOf[CompressionAlgorithm](1, 2, "algorithms")
	case iana.ExtensionRecordSizeLimit:
		return "RFC 8449, section 4", numberOf(2, "RecordSizeLimit")
	case iana.ExtensionPreSharedKey:
		return "RFC 8446, section 4.2.11", readPreSharedKey
	case iana.ExtensionEarlyData:
		return "RFC 8446, section 4.2.10", readEarlyData
	case iana.ExtensionSupportedVersions:
		return "RFC 8446, section 4.2.1", readSupportedVersions
	case iana.ExtensionCookie:
		return "RFC 8446, section 4.2.2", vectorOf(2, "cookie")
	case iana.ExtensionPSKKeyExchangeModes:
		return "RFC 8446, section 4.2.9", listOf[PSKMode](1, 1, "ke_modes")
	case iana.ExtensionCertificateAuthorities:
		return "RFC 8446, section 4.2.4", func(p *parser, s *cryptobyte.String) any {
			return p.names(p.vector(s, 2, "authorities"))
		}
	case iana.ExtensionKeyShare:
		return "RFC 8446, section 4.2.8", readKeyShare
	case iana.ExtensionRenegotiationInfo:
		return "RFC 5746, section 3.2", vectorOf(1, "renegotiated_connection")
	}
	return "", nil
}

// listOf reads a vector whose length has lengthSize bytes and whose elements
// have size bytes.
func listOf[T ~uint8 | ~uint16](lengthSize, size int, field string) func(*parser, *cryptobyte.String) any {
	return func(p *parser, s *cryptobyte.String) any {
		return numbers[T](p, p.vector(s, lengthSize, field), size, field)
	}
}

func numberOf(size int, field string) func(*parser, *cryptobyte.String) any {
	return func(p *parser, s *cryptobyte.String) any { return p.number(s, size, field) }
}

func vectorOf(lengthSize int, field string) func(*parser, *cryptobyte.String) any {
	return func(p *parser, s *cryptobyte.String) any { return view(p.vector(s, lengthSize, field)) }
}

// nothing is for extensions that say all by being there.
func nothing(*parser, *cryptobyte.String) any { return nil }

// readServerName: a server's answer is empty.
func readServerName(p *parser, s *cryptobyte.String) any {
	if len(*s) == 0 && !p.fromClient() {
		return nil
	}
	var names []string
	for list := p.vector(s, 2, "server_name_list"); len(list) > 0 && !p.cut; {
		kind := p.number(&list, 1, "name_type")
		name := p.vector(&list, 2, "HostName")
		if kind == 0 && !p.cut {
			names = append(names, string(name))
		}
	}
	return names
}

func readMaxFragmentLength(p *parser, s *cryptobyte.String) any {
	code := p.number(s, 1, "max_fragment_length")
	if code < 1 || code > 4 {
		if !p.cut {
			p.fail(*s, "max_fragment_length %d is none of 1 to 4", code)
		}
		return nil
	}
	return 256 << code
}

// readStatusRequest: a request in ClientHello, a response beside a certificate
// (RFC 8446, section 4.4.2.1), else empty.
func readStatusRequest(p *parser, s *cryptobyte.String) any {
	var r StatusRequest
	switch {
	case p.name == "Certificate":
		r.Type = uint8(p.number(s, 1, "status_type"))
		r.Response = view(p.vector(s, 3, "response"))
	case len(*s) == 0 && !p.fromClient():
		return nil
	default:
		r.Type = uint8(p.number(s, 1, "status_type"))
		for list := p.vector(s, 2, "responder_id_list"); len(list) > 0 && !p.cut; r.Responders++ {
			p.vector(&list, 2, "ResponderID")
		}
		p.vector(s, 2, "request_extensions")
	}
	return r
}

func readALPN(p *parser, s *cryptobyte.String) any {
	return p.protocols(p.vector(s, 2, "protocol_name_list"))
}

func readNextProtocol(p *parser, s *cryptobyte.String) any {
	if len(*s) == 0 {
		return nil
	}
	return p.protocols(p.bytes(s, len(*s), "protocols"))
}

func (p *parser) protocols(list cryptobyte.String) []string {
	var names []string
	for len(list) > 0 && !p.cut {
		if name := p.vector(&list, 1, "ProtocolName"); !p.cut {
			names = append(names, string(name))
		}
	}
	return names
}

// readSupportedVersions: a list from the client, one version from the server.
func readSupportedVersions(p *parser, s *cryptobyte.String) any {
	if p.fromClient() {
		return numbers[iana.ProtocolVersion](p, p.vector(s, 1, "versions"), 2, "versions")
	}
	return numbers[iana.ProtocolVersion](p, p.bytes(s, 2, "selected_version"), 2, "selected_version")
}

func readKeyShare(p *parser, s *cryptobyte.String) any {
	if p.name == "HelloRetryRequest" {
		return []KeyShare{{Group: iana.NamedGroup(p.number(s, 2, "selected_group"))}}
	}
	list := *s
	if p.fromClient() {
		list = p.vector(s, 2, "client_shares")
	} else {
		*s = (*s)[len(*s):]
	}
	var shares []KeyShare
	for len(list) > 0 && !p.cut {
		group := iana.NamedGroup(p.number(&list, 2, "group"))
		public := view(p.vector(&list, 2, "key_exchange"))
		if !p.cut {
			shares = append(shares, KeyShare{group, public})
		}
	}
	return shares
}

func readPreSharedKey(p *parser, s *cryptobyte.String) any {
	var k PreSharedKey
	if !p.fromClient() {
		k.Selected = p.number(s, 2, "selected_identity")
		return k
	}
	for list := p.vector(s, 2, "identities"); len(list) > 0 && !p.cut; {
		identity := p.vector(&list, 2, "identity")
		p.number(&list, 4, "obfuscated_ticket_age")
		k.IdentityLengths = append(k.IdentityLengths, len(identity))
	}
	p.vector(s, 2, "binders")
	return k
}

// readEarlyData: a size in NewSessionTicket, else empty.
func readEarlyData(p *parser, s *cryptobyte.String) any {
	if p.name == "NewSessionTicket" {
		return p.number(s, 4, "max_early_data_size")
	}
	return nil
}
