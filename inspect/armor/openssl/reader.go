package openssl

import (
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/armor"
)

// pemReader is one of the four readers of PEM that OpenSSL has had.
type pemReader struct {
	newBase64 bool // EVP_DecodeUpdate of 1.0.1u, 1.0.2o, 1.1.0
	newLines  bool // PEM_read_bio_ex of 1.1.1
	version3  bool // skips a BOM, reads keys with OSSL_DECODER
}

func readersOf(gen handset.Library) []pemReader {
	oldest := pemReader{}
	newBase64 := pemReader{newBase64: true}
	newLines := pemReader{newBase64: true, newLines: true}
	switch gen {
	case handset.OpenSSL098, handset.OpenSSL100:
		return []pemReader{oldest}
	case handset.OpenSSL101, handset.OpenSSL102:
		return []pemReader{oldest, newBase64}
	case handset.OpenSSL11:
		return []pemReader{newBase64, newLines}
	}
	return []pemReader{{newBase64: true, newLines: true, version3: true}}
}

func (r pemReader) read(data []byte, want Want) Outcome {
	lines := &textLines{data: data}
	switch {
	case want == Bundle:
		return r.bundle(data, lines)
	case want == PrivateKey && r.version3:
		return r.decodedKey(data, lines)
	}
	return r.first(data, lines, want)
}

// next is PEM_read_bio: one block, decoded, whatever its label.
func (r pemReader) next(lines *textLines) (b rawBlock, decoded []byte) {
	decode := decodeOld
	if r.newBase64 {
		decode = decodeNew
	}
	if r.newLines {
		b = readNew(lines, r.version3)
	} else {
		b = readOld(lines)
	}
	if b.refusal.cause != causeNone {
		return b, nil
	}
	decoded, ok := decode(b.body)
	switch {
	case !ok:
		return b.refuse(causeBase64, b.line), nil
	case len(decoded) == 0:
		return b.refuse(causeEmpty, b.line), nil
	}
	return b, decoded
}

// first is PEM_bytes_read_bio and what its callers do: blocks with another
// label are skipped if they are whole, and the first wanted one decides.
func (r pemReader) first(data []byte, lines *textLines, want Want) Outcome {
	for {
		b, decoded := r.next(lines)
		if b.refusal.cause == causeNone {
			if !wanted(b.label, want) {
				continue
			}
			b.refusal = judge(b, decoded, want)
		}
		if b.refusal.cause != causeNone {
			return r.refusedBlock(data, want, b, lines)
		}
		return Outcome{Taken: true, Blocks: []armor.Block{taken(b, decoded)}}
	}
}

// bundle is PEM_X509_INFO_read_bio: one bad block spoils all, and keys are
// parsed although nobody asked for them.
func (r pemReader) bundle(data []byte, lines *textLines) Outcome {
	var out Outcome
	for {
		b, decoded := r.next(lines)
		switch {
		case b.refusal.cause == causeNoBegin && len(out.Blocks) > 0:
			out.Taken = true
			return out
		case b.refusal.cause != causeNone:
		case wanted(b.label, Certificate):
			if b.refusal = judge(b, decoded, Bundle); b.refusal.cause == causeNone {
				out.Blocks = append(out.Blocks, taken(b, decoded))
			}
		case r.parsesInBundle(b.label):
			b.refusal = judgeBystander(b, decoded)
		}
		if b.refusal.cause != causeNone {
			return r.refusedBlock(data, Bundle, b, lines)
		}
	}
}

// decodedKey is pem_read_bio_key of 3.0. It first tries OSSL_DECODER, which
// goes on after a block that it cannot read, and then the way of 1.1.1.
func (r pemReader) decodedKey(data []byte, lines *textLines) Outcome {
	legacy := r.first(data, &textLines{data: data}, PrivateKey)
	for !legacy.Taken {
		b, decoded := r.next(lines)
		if b.refusal.cause == causeNoBegin {
			break
		}
		if b.refusal.cause != causeNone {
			continue
		}
		asksPassword := b.label == "ENCRYPTED PRIVATE KEY" && fits(b, decoded).cause == causeNone
		if header(b) != causeNone || asksPassword {
			break
		}
		if wanted(b.label, PrivateKey) && judge(b, decoded, PrivateKey).cause == causeNone {
			return Outcome{Taken: true, Blocks: []armor.Block{taken(b, decoded)}}
		}
	}
	return legacy
}

// wanted is check_pem.
func wanted(label string, want Want) bool {
	if want == PrivateKey {
		switch label {
		case "ANY PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY":
			return true
		}
		return false
	}
	return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE"
}

// parsesInBundle reports whether a bundle's reader parses a block that is no
// certificate, and so can fail in it.
func (r pemReader) parsesInBundle(label string) bool {
	if r.version3 && strings.Contains(label, "PRIVATE KEY") {
		return true
	}
	switch label {
	case "X509 CRL", "RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY":
		return true
	}
	return false
}

// taken is the block whose DER the library goes on with.
func taken(b rawBlock, decoded []byte) armor.Block {
	if size, known := armor.SequenceSize(decoded); known {
		decoded = decoded[:size]
	}
	return armor.Block{Label: b.label, Line: b.line, EndLine: b.end, Bytes: decoded}
}
