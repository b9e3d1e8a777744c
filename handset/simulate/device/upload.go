package device

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
)

// Answer is what the phone makes of an upload.
type Answer string

// The answers, in the phone's own words (the fact sheet on the web interface).
// When a phone uses which of the refusals is invented, Full apart.
const (
	Success     Answer = "Upload success!"
	Full        Answer = "Error: The maximum number of certificates is 10, please delete one before upload"
	InvalidFile Answer = "Error:Invalid file!"
	InvalidName Answer = "Invalid file name!"
	NoFile      Answer = "Please select a file"
)

// TooLarge has no text of its own in the fact sheet (invented).
const TooLarge Answer = "Error: The file is too large!"

// RebootQuestion is what the pages ask once a setting has changed.
const RebootQuestion = "Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"

type limits struct {
	endings   []string
	encodings []handset.Encoding
	bytes     int64
	files     int
	key       bool
}

// limits are the profile's, and where it knows none those of the V7x guide,
// the only ones documented.
func (d *Device) limits(role handset.Role) limits {
	r := d.config.Profile.FilesFor(role)
	l := limits{
		endings:   []string{".pem", ".cer", ".crt", ".der"},
		encodings: []handset.Encoding{handset.PEM, handset.DER},
		bytes:     5 << 20, files: 10, key: role == handset.Server,
	}
	if r.Endings.Known() {
		l.endings = r.Endings.Value
	}
	if r.Encodings.Known() {
		l.encodings = r.Encodings.Value
	}
	if r.MaxBytes.Known() {
		l.bytes = r.MaxBytes.Value
	}
	if r.MaxFiles.Known() {
		l.files = r.MaxFiles.Value
	}
	if r.PrivateKey.Known() {
		l.key = r.PrivateKey.Value
	}
	return l
}

// Upload judges a file by the profile and stores its first certificate. The
// file's name decides before its content does (invented).
func (d *Device) Upload(role handset.Role, name string, content []byte) Answer {
	if name == "" {
		return NoFile
	}
	l := d.limits(role)
	if !line(name) || !slices.Contains(l.endings, strings.ToLower(path.Ext(name))) {
		return InvalidName
	}
	if int64(len(content)) > l.bytes {
		return TooLarge
	}
	c, ok := acceptable(name, content, l)
	if !ok {
		return InvalidFile
	}
	if d.lying {
		return Success
	}
	if role == handset.Server {
		d.state.Server = &c
		d.writes++
		return Success
	}
	// A certificate that is already there takes no second place (invented).
	if slices.ContainsFunc(d.state.Trusted, func(t Certificate) bool { return bytes.Equal(t.DER, c.DER) }) {
		return Success
	}
	if len(d.state.Trusted) >= l.files {
		return Full
	}
	d.state.Trusted = append(d.state.Trusted, c)
	d.writes++
	return Success
}

// acceptable returns the certificate of a file that the phone can read. It decides from the profile alone and not by the rules of check,
// so that a rehearsal is a second opinion on them.
func acceptable(name string, content []byte, l limits) (Certificate, bool) {
	f := inspect.Read(name, content, inspect.Options{})
	fits := f.PEM && f.Format == inspect.FormatPEM && slices.Contains(l.encodings, handset.PEM) ||
		f.Format == inspect.FormatDER && slices.Contains(l.encodings, handset.DER)
	if !fits || l.key && len(f.Keys()) == 0 || len(f.Certificates()) == 0 {
		return Certificate{}, false
	}
	first := f.Certificates()[0]
	c := Certificate{File: name, DER: bytes.Clone(first.Raw)}
	for _, k := range f.Keys() {
		if l.key && k.PKCS8 != nil && k.Matches(first.RawSubjectPublicKeyInfo) {
			c.Key = bytes.Clone(k.PKCS8)
		}
	}
	return c, true
}

// Delete removes the trusted certificate at a place, from 0, or the server
// certificate, whose place is 0. It reports false when there is none.
func (d *Device) Delete(role handset.Role, place int) bool {
	if role == handset.Server {
		if d.state.Server == nil || place != 0 {
			return false
		}
		d.state.Server = nil
	} else {
		if place < 0 || place >= len(d.state.Trusted) {
			return false
		}
		d.state.Trusted = slices.Delete(d.state.Trusted, place, place+1)
	}
	d.writes++
	return true
}

// Set writes the four settings and reports whether that was possible and
// whether it changed anything.
func (d *Device) Set(s Settings) (valid, changed bool) {
	if !s.Valid() {
		return false, false
	}
	if s == d.state.Settings {
		return true, false
	}
	d.state.Settings = s
	d.writes++
	return true, true
}

// Settings are those on the page.
func (d *Device) Settings() Settings { return d.state.Settings }

// Row is a line of the list of certificates.
type Row struct {
	Place                          int
	IssuedTo, IssuedBy, Expiration string
}

// expiration is how the list writes a date (invented: as OpenSSL prints it).
const expiration = "Jan _2 15:04:05 2006 GMT"

// List is the list of certificates as the page shows it.
func (d *Device) List(role handset.Role) []Row {
	list := d.state.Trusted
	if role == handset.Server {
		list = nil
		if d.state.Server != nil {
			list = []Certificate{*d.state.Server}
		}
	}
	rows := make([]Row, 0, len(list))
	for i, held := range list {
		c, err := certificate.Parse(held.DER)
		if err != nil {
			rows = append(rows, Row{Place: i, IssuedTo: fmt.Sprintf("(unreadable: %s)", held.File)})
			continue
		}
		rows = append(rows, Row{Place: i, IssuedTo: certificate.ShortName(c.Subject), IssuedBy: certificate.ShortName(c.Issuer), Expiration: c.NotAfter.UTC().Format(expiration)})
	}
	return rows
}

// Expired counts the certificates on the phone that its clock finds expired.
func (d *Device) Expired() (trusted, server int) {
	expired := func(held Certificate) int {
		if c, err := certificate.Parse(held.DER); err == nil && d.Now().After(c.NotAfter) {
			return 1
		}
		return 0
	}
	for _, held := range d.state.Trusted {
		trusted += expired(held)
	}
	if d.state.Server != nil {
		server = expired(*d.state.Server)
	}
	return trusted, server
}
