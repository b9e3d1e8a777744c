package pfx

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// readMAC takes the MAC for the judge of passwords if it can be computed.
func (r *reader) readMAC(macData []byte) {
	if macData == nil {
		return
	}
	mac, err := pbe.ReadMAC(macData)
	r.file.MAC = mac.Name()
	if err != nil {
		r.problem(fmt.Errorf("%w: %w", ErrMAC, err))
		return
	}
	r.mac = mac
}

// trial is something encrypted with which a password can be tried.
type trial struct {
	scheme     *pbe.Scheme
	ciphertext []byte
	opened     func(plain []byte) bool
}

// trial returns the first encrypted thing that could be opened, nil if there is
// none: then no password is of use.
func (r *reader) trial() *trial {
	for _, s := range r.safes {
		switch {
		case s.scheme != nil && s.schemeErr == nil:
			return &trial{s.scheme, s.ciphertext, beginsAsBags}
		case s.scheme != nil:
			continue
		}
		list, err := sequenceIn(s.bags)
		var bag cryptobyte.String
		for err == nil && list.ReadASN1(&bag, asn1.SEQUENCE) {
			oid, value, ok := readContent(bag)
			if !ok || oid != oidBag+"2" {
				continue
			}
			if scheme, ciphertext, err := readEncryptedKey(value); err == nil {
				return &trial{scheme, ciphertext, key.Begins}
			}
		}
	}
	return nil
}

// beginsAsBags tells decrypted bags from noise, even when the rest is damaged:
// the type of the first one stands among the first bytes.
func beginsAsBags(plain []byte) bool {
	bagType := []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01} // oidBag
	const longestHeaders = 12
	if len(plain) > longestHeaders+len(bagType) {
		plain = plain[:longestHeaders+len(bagType)]
	}
	return bytes.Contains(plain, bagType) || bytes.Equal(plain, []byte{byte(asn1.SEQUENCE), 0})
}

// unlock finds the password that opens the file. The MAC decides if there is
// one; else something encrypted is tried.
func (r *reader) unlock() {
	t := r.trial()
	if t == nil {
		return
	}
	// The absent and the empty password are two (RFC 7292, appendix B.1).
	if r.fits([][]byte{nil, {}}, r.judge(t)) {
		return
	}
	if r.locked != nil {
		return
	}
	var password []byte
	given := false
	if r.ask != nil {
		password, given = r.ask()
	}
	candidates := spellings(password)
	switch {
	case !given:
		r.lock(fmt.Errorf("%w: the file is encrypted with %s", key.ErrPasswordNeeded, t.scheme.Name()))
	case r.fits(candidates, r.judge(t)) || r.locked != nil:
	case r.mac == nil:
		r.lock(fmt.Errorf("%w, which is encrypted with %s", ErrNotOpened, t.scheme.Name()))
	case r.fits(candidates, r.opens(t)):
		r.problem(fmt.Errorf("%w: the password opens it, but its %s is of another content", ErrChanged, r.mac.Name()))
	case r.locked == nil:
		r.lock(fmt.Errorf("%w: it does not fit the file's %s", key.ErrWrongPassword, r.mac.Name()))
	}
}

// lock gives up what is encrypted.
func (r *reader) lock(reason error) {
	r.locked = reason
	r.problem(reason)
}

// fits takes the first password that is judged to be right. An error of the
// judge locks the file.
func (r *reader) fits(passwords [][]byte, judge func([]byte) (bool, error)) bool {
	for _, password := range passwords {
		right, err := judge(password)
		if err != nil {
			r.lock(err)
			return false
		}
		if right {
			r.password = password
			return true
		}
	}
	return false
}

// judge is the MAC, or the attempt to open something.
func (r *reader) judge(t *trial) func([]byte) (bool, error) {
	if r.mac == nil {
		return r.opens(t)
	}
	return func(password []byte) (bool, error) { return r.mac.Verify(r.content, password, r.work) }
}

func (r *reader) opens(t *trial) func([]byte) (bool, error) {
	return func(password []byte) (bool, error) {
		plain, err := t.scheme.Decrypt(t.ciphertext, password, r.work)
		if err != nil && !errors.Is(err, pbe.ErrPadding) {
			return false, err
		}
		return t.opened(plain), nil
	}
}

// spellings returns the password, and as OpenSSL before 1.1.0 took it: with
// each byte of its UTF-8 for a character.
func spellings(password []byte) [][]byte {
	var bytewise []byte
	for _, b := range password {
		bytewise = utf8.AppendRune(bytewise, rune(b))
	}
	if bytes.Equal(bytewise, password) {
		return [][]byte{password}
	}
	return [][]byte{password, bytewise}
}

// openSafes reads the bags of all parts that can be read.
func (r *reader) openSafes() {
	for n, s := range r.safes {
		encryption := ""
		if s.scheme != nil {
			encryption = s.scheme.Name()
			if s.schemeErr != nil {
				r.problem(fmt.Errorf("%w (part %d of the file)", s.schemeErr, n+1))
				continue
			}
			if r.locked != nil {
				continue
			}
			plain, err := s.scheme.Decrypt(s.ciphertext, r.password, r.work)
			if errors.Is(err, pbe.ErrPadding) {
				err = fmt.Errorf("%w: the password that fits the file does not open all of it", ErrDamaged)
			}
			if err != nil {
				r.problem(fmt.Errorf("%w (part %d of the file)", err, n+1))
				continue
			}
			s.bags = plain
		}
		list, err := sequenceIn(s.bags)
		if err == nil {
			err = r.readBags(list, encryption, 0)
		}
		if err != nil {
			r.problem(err)
		}
	}
}
