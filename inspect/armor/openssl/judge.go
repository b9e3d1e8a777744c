package openssl

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/armor"
)

// header is PEM_get_EVP_CIPHER_INFO, and PEM_do_header where nobody can give
// a password: the only headers that are understood are an encrypted key's.
func header(b rawBlock) cause {
	text := string(b.header)
	if text == "" {
		return causeNone
	}
	if !strings.Contains(text, ":") {
		// A blank line among the data made a header of those before it.
		return causeBlankLine
	}
	procType, dekInfo, _ := strings.Cut(text, "\n")
	if strings.HasPrefix(procType, "Proc-Type: 4,ENCRYPTED") && strings.HasPrefix(dekInfo, "DEK-Info: ") {
		return causeEncrypted
	}
	return causeHeader
}

// judge is what happens to the bytes of a wanted block: the header, then
// d2i_X509_AUX, d2i_X509 or d2i_PrivateKey, as far as lengths and the outer
// shape go.
func judge(b rawBlock, decoded []byte, want Want) refusal {
	if c := header(b); c != causeNone {
		return refusal{cause: c, line: max(b.blank, b.line), library: headerReason(c)}
	}
	if r := fits(b, decoded); r.cause != causeNone {
		return r
	}
	if want == PrivateKey {
		switch b.label {
		case "ENCRYPTED PRIVATE KEY":
			return refusal{cause: causeEncrypted, line: b.line}
		case "ANY PRIVATE KEY":
			return refusal{cause: causeAnyKey, line: b.line}
		}
		return refusal{}
	}
	size, known := armor.SequenceSize(decoded)
	if known && !isSigned(decoded[:size]) {
		return refusal{cause: causeNotCertificate, line: b.line}
	}
	// d2i_X509 leaves alone what follows, d2i_X509_AUX reads trust settings there.
	readsAux := want == Certificate || b.label == "TRUSTED CERTIFICATE"
	if known && readsAux && size < len(decoded) && !armor.IsAux(decoded[size:]) {
		return refusal{cause: causeTrailing, line: b.line, have: len(decoded) - size}
	}
	return refusal{}
}

// judgeBystander is what PEM_X509_INFO_read_bio does with a key or a CRL. An
// encrypted key is only stored.
func judgeBystander(b rawBlock, decoded []byte) refusal {
	c := header(b)
	key := strings.HasSuffix(b.label, "PRIVATE KEY")
	if key && (c == causeEncrypted || b.label == "ENCRYPTED PRIVATE KEY") {
		return refusal{}
	}
	if c != causeNone {
		return refusal{cause: c, line: max(b.blank, b.line), library: headerReason(c)}
	}
	return fits(b, decoded)
}

// fits compares the length that the DER claims with the bytes at hand. An
// indefinite length is left to the parser.
func fits(b rawBlock, decoded []byte) refusal {
	size, known := armor.SequenceSize(decoded)
	switch {
	case known && size > len(decoded):
		return refusal{cause: causeCut, line: b.line, have: len(decoded), want: size}
	case !known && (len(decoded) < 2 || decoded[0] != 0x30 || decoded[1] != 0x80):
		return refusal{cause: causeNotDER, line: b.line}
	}
	return refusal{}
}

// isSigned reports whether a SEQUENCE has the outer shape of a certificate:
// what is signed, the algorithm, the signature (RFC 5280, section 4.1).
func isSigned(der []byte) bool {
	rest := armor.Content(der)
	for range 2 {
		size, known := armor.SequenceSize(rest)
		if !known || size > len(rest) {
			return false
		}
		rest = rest[size:]
	}
	const bitString = 0x03
	return len(rest) > 0 && rest[0] == bitString
}

func headerReason(c cause) string {
	if c == causeEncrypted {
		return libraryPassword
	}
	return libraryHeader
}
