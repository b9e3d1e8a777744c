// Package pfx opens PKCS#12 files (RFC 7292): BER or DER, with or without a
// password, with any number of keys and certificates, whose order it keeps. It
// says by name what it cannot open. It stands beside the usual library because
// that one reads DER alone, exactly one key, and no RC4, and neither bounds the
// iterations nor keeps the order.
package pfx

import (
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// MaxBags is how many certificates, keys and other bags are read from one file.
const MaxBags = 10_000

// The causes that a file or a part of it cannot be read or trusted. Further
// ones are key.ErrPasswordNeeded, key.ErrWrongPassword, pbe.ErrUnsupported and
// pbe.ErrWork.
var (
	// ErrNotPFX: the bytes are no PKCS#12 file.
	ErrNotPFX = errors.New("not a PKCS#12 file")
	// ErrDamaged: the file is PKCS#12 and a part of it cannot be read.
	ErrDamaged = errors.New("the PKCS#12 file is damaged")
	// ErrVersion: the file is of another version than 3.
	ErrVersion = errors.New("the version of the PKCS#12 file is not supported")
	// ErrPublicKeyMode: the file is signed or encrypted for a key pair instead
	// of a password (RFC 7292, section 3.1).
	ErrPublicKeyMode = errors.New("the PKCS#12 file is protected by a key pair instead of a password")
	// ErrNotOpened: the password opens nothing, and there is no MAC that could
	// tell a wrong password from a damaged file.
	ErrNotOpened = errors.New("the password opens nothing in the PKCS#12 file")
	// ErrChanged: the password opens the file and the MAC is not of its content.
	ErrChanged = errors.New("the PKCS#12 file was changed or damaged after it was made")
	// ErrMAC: the MAC cannot be computed, so nothing tells whether the file is as
	// it was made. The cause is wrapped as well.
	ErrMAC = errors.New("the MAC of the PKCS#12 file cannot be checked")
	// ErrKeyPassword: the password opens the file and not this key.
	ErrKeyPassword = errors.New("the private key has a password of its own")
	// ErrMany: there are more than MaxBags bags.
	ErrMany = errors.New("the PKCS#12 file holds too much")
)

// Kind is what a bag holds.
type Kind int

// The kinds of bags (RFC 7292, section 4.2).
const (
	Certificate  Kind = iota // Data is an X.509 certificate
	PlainKey                 // Data is a PKCS#8 PrivateKeyInfo
	EncryptedKey             // Data is a PKCS#8 EncryptedPrivateKeyInfo
	CRL                      // Data is an X.509 revocation list
	Other                    // Data is what the bag's Type says
)

// Bag is one thing in the file.
type Bag struct {
	Kind Kind
	// Type names what an Other bag holds.
	Type string
	// Data is the DER of what the bag holds.
	Data []byte
	// FriendlyName is the name that a user gave it; empty without one.
	FriendlyName string
	// Encryption names the innermost encryption around it; empty without one.
	Encryption string
	// Plain is the PKCS#8 PrivateKeyInfo of an EncryptedKey that was opened.
	Plain []byte
	// Locked says why an EncryptedKey was not opened; nil when it was.
	Locked error
}

// File is what could be read.
type File struct {
	// Bags are in the order of the file, without those that stay encrypted.
	Bags []Bag
	// MAC names the algorithm that authenticates the file; empty without one.
	MAC string
	// Problems say what is missing among the bags and why, each cause once.
	Problems []error
}

// Read reads a PKCS#12 file that has gone through ber.ToDER. The password is
// asked for only if something is encrypted that could be opened, and neither
// the absent nor the empty password opens it; then once. The error wraps
// ErrNotPFX, ErrDamaged, ErrVersion or ErrPublicKeyMode and says that nothing
// at all could be read.
func Read(der []byte, password key.Password) (*File, error) {
	return read(der, password, &pbe.Work{})
}

func read(der []byte, password key.Password, work *pbe.Work) (*File, error) {
	content, macData, err := readOuter(der)
	if err != nil {
		return nil, err
	}
	r := reader{content: content, ask: password, work: work, file: &File{}}
	if err := r.readSafes(content); err != nil {
		return nil, err
	}
	r.readMAC(macData)
	r.unlock()
	r.openSafes()
	return r.file, nil
}

// reader is the state of reading one file.
type reader struct {
	content []byte // what the MAC covers
	mac     *pbe.MAC
	ask     key.Password
	work    *pbe.Work
	safes   []safe
	file    *File

	// password opens the file, unless locked says why there is none.
	password []byte
	locked   error
}

// safe is one part of the file: bags in clear, or encrypted ones.
type safe struct {
	bags       []byte // SafeContents, once they are in clear
	ciphertext []byte
	scheme     *pbe.Scheme // nil for what is in clear
	schemeErr  error
}

// problem notes a cause, once.
func (r *reader) problem(err error) {
	for _, noted := range r.file.Problems {
		if noted.Error() == err.Error() {
			return
		}
	}
	r.file.Problems = append(r.file.Problems, err)
}

// readOuter reads the PFX itself (RFC 7292, section 4). MacData is nil when
// there is none.
func readOuter(der []byte) (content, macData []byte, err error) {
	in := cryptobyte.String(der)
	var sequence, authSafe, mac cryptobyte.String
	var version int64
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1Integer(&version) ||
		!sequence.ReadASN1(&authSafe, asn1.SEQUENCE) {
		return nil, nil, ErrNotPFX
	}
	oid, inner, ok := readContent(authSafe)
	switch {
	case !ok:
		return nil, nil, ErrNotPFX
	case version != 3:
		return nil, nil, fmt.Errorf("%w: version %d", ErrVersion, version)
	case oid == oidSignedData:
		return nil, nil, fmt.Errorf("%w: it is signed", ErrPublicKeyMode)
	case oid != oidData:
		return nil, nil, fmt.Errorf("%w: its content is of type %s", ErrNotPFX, oid)
	}
	if !inner.ReadASN1((*cryptobyte.String)(&content), asn1.OCTET_STRING) {
		return nil, nil, fmt.Errorf("%w: it has no content", ErrDamaged)
	}
	if !sequence.Empty() && !sequence.ReadASN1Element(&mac, asn1.SEQUENCE) || !sequence.Empty() {
		return nil, nil, fmt.Errorf("%w: what follows its content is no MAC", ErrDamaged)
	}
	return content, mac, nil
}

// readSafes reads the AuthenticatedSafe (RFC 7292, section 4.1).
func (r *reader) readSafes(content []byte) error {
	list, err := sequenceIn(content)
	if err != nil {
		return err
	}
	for n := 1; !list.Empty(); n++ {
		var info cryptobyte.String
		if !list.ReadASN1(&info, asn1.SEQUENCE) {
			return fmt.Errorf("%w: part %d of it", ErrDamaged, n)
		}
		oid, inner, ok := readContent(info)
		s, cause := safe{}, error(nil)
		switch {
		case !ok:
			cause = fmt.Errorf("%w: part %d has no content", ErrDamaged, n)
		case oid == oidData:
			if !inner.ReadASN1((*cryptobyte.String)(&s.bags), asn1.OCTET_STRING) {
				cause = fmt.Errorf("%w: part %d is no string", ErrDamaged, n)
			}
		case oid == oidEncryptedData:
			if s, ok = readEncryptedData(inner); !ok {
				cause = fmt.Errorf("%w: encrypted part %d", ErrDamaged, n)
			}
		case oid == oidEnvelopedData:
			cause = fmt.Errorf("%w: part %d is encrypted for a certificate", ErrPublicKeyMode, n)
		default:
			cause = fmt.Errorf("%w: part %d is of type %s", pbe.ErrUnsupported, n, oid)
		}
		if cause != nil {
			r.problem(cause)
			continue
		}
		r.safes = append(r.safes, s)
	}
	return nil
}

// sequenceIn returns the content of the one SEQUENCE, in BER or DER, that a
// string holds.
func sequenceIn(in []byte) (cryptobyte.String, error) {
	der, rest, err := ber.ToDER(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %v within", ErrDamaged, err)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes follow what is within", ErrDamaged, len(rest))
	}
	outer, content := cryptobyte.String(der), cryptobyte.String(nil)
	if !outer.ReadASN1(&content, asn1.SEQUENCE) {
		return nil, fmt.Errorf("%w: there is no list within", ErrDamaged)
	}
	return content, nil
}
