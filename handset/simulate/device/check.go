package device

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/phonecert/phonecert/handset/mac"
)

// The largest state that Check lets pass: a file of states is input like any
// other. maxHeld is far above what any phone holds.
const (
	maxHeld  = 100
	maxDER   = 1 << 20
	maxText  = 256
	maxWrong = 1 << 20
)

// Check tells what no phone's state can be.
func (s State) Check() error {
	texts := []struct{ what, text string }{{"model", s.Model}, {"firmware", s.Firmware}, {"user", s.User}, {"password", s.Password}}
	for _, each := range texts {
		if !line(each.text) {
			return fmt.Errorf("the %s is no line of 1 to %d characters", each.what, maxText)
		}
	}
	if _, ok := mac.Parse(s.MAC); !ok {
		return fmt.Errorf("%q is no MAC address", s.MAC)
	}
	if !s.Settings.Valid() || !s.InForce.Valid() {
		return errors.New("a trust setting has a value that no phone knows")
	}
	if s.Wrong < 0 || s.Wrong > maxWrong {
		return fmt.Errorf("%d wrong passwords cannot be", s.Wrong)
	}
	return s.checkCertificates()
}

func (s State) checkCertificates() error {
	held := s.Trusted
	for _, one := range []*Certificate{s.Server, s.Presented} {
		if one != nil {
			held = append(held[:len(held):len(held)], *one)
		}
	}
	if len(held) > maxHeld {
		return fmt.Errorf("%d certificates are more than %d", len(held), maxHeld)
	}
	for _, c := range held {
		if !line(c.File) || len(c.DER) == 0 || len(c.DER) > maxDER || len(c.Key) > maxDER {
			return errors.New("a certificate has no file name, no content, or too much of it")
		}
	}
	return nil
}

// line reports whether a text can stand on a page and in a header.
func line(text string) bool {
	return text != "" && len(text) <= maxText && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
