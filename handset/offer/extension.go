package offer

import (
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// extensions are those that the profile names. Where it does not know them,
// none are sent, except to offers with elliptic curves, which mean nothing
// without supported_groups (RFC 8422, section 4).
func (b *builder) extensions(versions []iana.ProtocolVersion) handshake.Extensions {
	fact := b.profile.TLS.Extensions
	names := fact.Value
	switch {
	case fact.Known():
	case b.profile.TLS.CipherSuites.Known():
		b.gap("tls.extensions", "no extension", fact.NotKnown, false)
	default:
		names = []string{"supported_groups", "ec_point_formats", "signature_algorithms", "renegotiation_info"}
		b.gap("tls.extensions", strings.Join(names, ", "), fact.NotKnown, false)
	}
	var list handshake.Extensions
	for _, name := range names {
		if e, ok := b.extension(name, versions); ok {
			list = append(list, e)
			continue
		}
		b.gap("tls.extensions", "no "+name, "what the phone puts into it is not known", false)
	}
	return list
}

// extension fills one that is known by its name with what clients of OpenSSL
// usually put into it.
func (b *builder) extension(name string, versions []iana.ProtocolVersion) (handshake.Extension, bool) {
	switch name {
	case iana.ExtensionSupportedGroups.String():
		return groups(), true
	case iana.ExtensionEcPointFormats.String():
		return handshake.Extension{Type: iana.ExtensionEcPointFormats, Data: []byte{1, 0}}, true
	case iana.ExtensionSignatureAlgorithms.String():
		return signatureAlgorithms(), true
	case iana.ExtensionSessionTicket.String():
		return handshake.Extension{Type: iana.ExtensionSessionTicket}, true
	case iana.ExtensionExtendedMasterSecret.String():
		return handshake.Extension{Type: iana.ExtensionExtendedMasterSecret}, true
	case iana.ExtensionEncryptThenMAC.String():
		return handshake.Extension{Type: iana.ExtensionEncryptThenMAC}, true
	case iana.ExtensionRenegotiationInfo.String():
		return handshake.Extension{Type: iana.ExtensionRenegotiationInfo, Data: []byte{0}}, true
	case iana.ExtensionHeartbeat.String():
		return handshake.Extension{Type: iana.ExtensionHeartbeat, Data: []byte{1}}, true
	case iana.ExtensionStatusRequest.String():
		return handshake.Extension{Type: iana.ExtensionStatusRequest, Data: []byte{1, 0, 0, 0, 0}}, true
	case iana.ExtensionSupportedVersions.String():
		return SupportedVersions(versions...), true
	}
	return handshake.Extension{}, false
}

// ServerName is the extension server_name (RFC 6066, section 3).
func ServerName(host string) handshake.Extension {
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8(0) // host_name
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(host)) })
	})
	return handshake.Extension{Type: iana.ExtensionServerName, Data: b.BytesOrPanic(), Value: []string{host}}
}

// Modern are the extensions that today's clients send and the oldest phones
// do not.
func Modern() handshake.Extensions {
	return handshake.Extensions{
		{Type: iana.ExtensionRenegotiationInfo, Data: []byte{0}},
		{Type: iana.ExtensionExtendedMasterSecret},
		groups(),
		{Type: iana.ExtensionEcPointFormats, Data: []byte{1, 0}},
		signatureAlgorithms(),
	}
}

func groups() handshake.Extension {
	return list16(iana.ExtensionSupportedGroups, iana.GroupX25519, iana.GroupSecp256r1, iana.GroupSecp384r1, iana.GroupSecp521r1)
}

func signatureAlgorithms() handshake.Extension {
	return list16(iana.ExtensionSignatureAlgorithms,
		iana.SchemeECDSASecp256r1SHA256, iana.SchemeECDSASecp384r1SHA384, iana.SchemeECDSASecp521r1SHA512,
		iana.SchemeRSAPSSRsaeSHA256, iana.SchemeRSAPSSRsaeSHA384, iana.SchemeRSAPSSRsaeSHA512,
		iana.SchemeRSAPKCS1SHA256, iana.SchemeRSAPKCS1SHA384, iana.SchemeRSAPKCS1SHA512, iana.SchemeDSASHA256,
		iana.SchemeECDSASHA1, iana.SchemeRSAPKCS1SHA1, iana.SchemeDSASHA1)
}

// SupportedVersions is the extension supported_versions. It lists the best first (RFC 8446, section 4.2.1).
func SupportedVersions(versions ...iana.ProtocolVersion) handshake.Extension {
	best := slices.Clone(versions)
	slices.Reverse(best)
	var b cryptobyte.Builder
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, v := range best {
			b.AddUint16(uint16(v))
		}
	})
	return handshake.Extension{Type: iana.ExtensionSupportedVersions, Data: b.BytesOrPanic(), Value: best}
}

// list16 is an extension that holds one list of numbers.
func list16[T ~uint16](t iana.ExtensionType, values ...T) handshake.Extension {
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, v := range values {
			b.AddUint16(uint16(v))
		}
	})
	return handshake.Extension{Type: t, Data: b.BytesOrPanic(), Value: values}
}
