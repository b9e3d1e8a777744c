package pfx

import (
	encoding "encoding/asn1"
	"fmt"
	"unicode/utf16"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The types of content (RFC 5652) and of bags (RFC 7292, appendix D).
const (
	oidData          = "1.2.840.113549.1.7.1"
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidEnvelopedData = "1.2.840.113549.1.7.3"
	oidEncryptedData = "1.2.840.113549.1.7.6"
	oidBag           = "1.2.840.113549.1.12.10.1."
	oidX509          = "1.2.840.113549.1.9.22.1"
	oidSDSI          = "1.2.840.113549.1.9.22.2"
	oidX509CRL       = "1.2.840.113549.1.9.23.1"
	oidFriendlyName  = "1.2.840.113549.1.9.20"
)

// maxNesting is how deep bags may hold bags; nobody writes any such bag.
const maxNesting = 4

var explicit0 = asn1.Tag(0).Constructed().ContextSpecific()

// readContent reads what ContentInfo, SafeBag and CertBag have in common: a
// type and, explicitly tagged, a value.
func readContent(in cryptobyte.String) (oid string, value cryptobyte.String, ok bool) {
	oid, value, _, ok = readTyped(in)
	return oid, value, ok
}

func readTyped(in cryptobyte.String) (oid string, value, rest cryptobyte.String, ok bool) {
	var id encoding.ObjectIdentifier
	ok = in.ReadASN1ObjectIdentifier(&id) && in.ReadASN1(&value, explicit0)
	return id.String(), value, in, ok
}

// readEncryptedData reads EncryptedData (RFC 5652, section 8), whose string BER
// may have in segments under its implicit tag.
func readEncryptedData(in cryptobyte.String) (safe, bool) {
	var data, info, algorithm, octets cryptobyte.String
	ok := in.ReadASN1(&data, asn1.SEQUENCE) && data.SkipASN1(asn1.INTEGER) &&
		data.ReadASN1(&info, asn1.SEQUENCE) && info.SkipASN1(asn1.OBJECT_IDENTIFIER) &&
		info.ReadASN1Element(&algorithm, asn1.SEQUENCE)
	if !ok {
		return safe{}, false
	}
	if info.PeekASN1Tag(explicit0) {
		var segments cryptobyte.String
		ok = info.ReadASN1(&segments, explicit0)
		joined, whole := ber.JoinOctets(segments)
		octets, ok = joined, ok && whole
	} else {
		ok = info.ReadASN1(&octets, asn1.Tag(0).ContextSpecific())
	}
	s := safe{ciphertext: octets}
	s.scheme, s.schemeErr = pbe.ReadScheme(algorithm)
	return s, ok
}

// readBags appends the bags of a SafeContents (RFC 7292, section 4.2).
func (r *reader) readBags(list cryptobyte.String, encryption string, depth int) error {
	for !list.Empty() {
		var sequence cryptobyte.String
		if !list.ReadASN1(&sequence, asn1.SEQUENCE) {
			return fmt.Errorf("%w: bag %d", ErrDamaged, len(r.file.Bags)+1)
		}
		oid, value, attributes, ok := readTyped(sequence)
		if !ok {
			return fmt.Errorf("%w: bag %d", ErrDamaged, len(r.file.Bags)+1)
		}
		if oid == oidBag+"6" && depth < maxNesting {
			var nested cryptobyte.String
			if !value.ReadASN1(&nested, asn1.SEQUENCE) {
				return fmt.Errorf("%w: bag %d", ErrDamaged, len(r.file.Bags)+1)
			}
			if err := r.readBags(nested, encryption, depth+1); err != nil {
				return err
			}
			continue
		}
		if len(r.file.Bags) == MaxBags {
			return fmt.Errorf("%w: more than %d certificates, keys and other bags", ErrMany, MaxBags)
		}
		bag := readBag(oid, value)
		bag.Encryption = encryption
		bag.FriendlyName = friendlyName(attributes)
		if bag.Kind == EncryptedKey {
			r.openKey(&bag)
		}
		r.file.Bags = append(r.file.Bags, bag)
	}
	return nil
}

// readBag reads what one bag holds. What is not known stays as it is.
func readBag(oid string, value cryptobyte.String) Bag {
	switch oid {
	case oidBag + "1":
		return Bag{Kind: PlainKey, Data: value}
	case oidBag + "2":
		return Bag{Kind: EncryptedKey, Data: value}
	case oidBag + "3", oidBag + "4":
		return readCertBag(value)
	case oidBag + "5":
		return Bag{Kind: Other, Type: "a secret", Data: value}
	case oidBag + "6":
		return Bag{Kind: Other, Type: "bags within bags", Data: value}
	}
	return Bag{Kind: Other, Type: "a bag of type " + oid, Data: value}
}

// readCertBag reads a CertBag or a CRLBag (RFC 7292, sections 4.2.3 and 4.2.4).
func readCertBag(value cryptobyte.String) Bag {
	whole := value
	var sequence, octets cryptobyte.String
	if !value.ReadASN1(&sequence, asn1.SEQUENCE) {
		return Bag{Kind: Other, Type: "a damaged certificate bag", Data: whole}
	}
	oid, inner, ok := readContent(sequence)
	switch {
	case ok && oid == oidSDSI:
		return Bag{Kind: Other, Type: "an SDSI certificate", Data: whole}
	case ok && oid != oidX509 && oid != oidX509CRL:
		return Bag{Kind: Other, Type: "a certificate of type " + oid, Data: whole}
	case !ok || !inner.ReadASN1(&octets, asn1.OCTET_STRING):
		return Bag{Kind: Other, Type: "a damaged certificate bag", Data: whole}
	case oid == oidX509CRL:
		return Bag{Kind: CRL, Data: octets}
	}
	return Bag{Kind: Certificate, Data: octets}
}

// friendlyName finds the name among a bag's attributes (RFC 2985, section
// 5.5.1); attributes that cannot be read do no harm.
func friendlyName(in cryptobyte.String) string {
	var set, attribute, values, text cryptobyte.String
	if !in.ReadASN1(&set, asn1.SET) {
		return ""
	}
	for set.ReadASN1(&attribute, asn1.SEQUENCE) {
		var oid encoding.ObjectIdentifier
		const bmpString = asn1.Tag(30)
		if attribute.ReadASN1ObjectIdentifier(&oid) && oid.String() == oidFriendlyName &&
			attribute.ReadASN1(&values, asn1.SET) && values.ReadASN1(&text, bmpString) {
			var units []uint16
			var unit uint16
			for text.ReadUint16(&unit) {
				units = append(units, unit)
			}
			return string(utf16.Decode(units))
		}
	}
	return ""
}

// openKey decrypts a key, or notes why it cannot.
func (r *reader) openKey(bag *Bag) {
	scheme, ciphertext, err := readEncryptedKey(bag.Data)
	bag.Encryption = scheme.Name()
	switch {
	case err != nil:
		bag.Locked = err
		return
	case r.locked != nil:
		bag.Locked = r.locked
		return
	}
	plain, err := scheme.Decrypt(ciphertext, r.password, r.work)
	switch {
	case err == nil && key.Begins(plain):
		bag.Plain = plain
	case key.Begins(plain):
		bag.Locked = fmt.Errorf("%w: an encrypted private key", ErrDamaged)
	case plain != nil:
		bag.Locked = fmt.Errorf("%w: it is encrypted with %s", ErrKeyPassword, bag.Encryption)
	default:
		bag.Locked = err
	}
}

// readEncryptedKey reads an EncryptedPrivateKeyInfo (RFC 5958, section 3). The
// scheme has a name in any case.
func readEncryptedKey(data cryptobyte.String) (*pbe.Scheme, []byte, error) {
	var sequence, algorithm, octets cryptobyte.String
	if !data.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1Element(&algorithm, asn1.SEQUENCE) ||
		!sequence.ReadASN1(&octets, asn1.OCTET_STRING) {
		return &pbe.Scheme{}, nil, fmt.Errorf("%w: an encrypted private key", ErrDamaged)
	}
	scheme, err := pbe.ReadScheme(algorithm)
	return scheme, octets, err
}
