package dialect

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

const (
	cookieName = "JSESSIONID"
	forbidden  = "User Identity Forbidden"
	// maxMemory keeps every upload off the disk; the body is capped lower.
	maxMemory = 64 << 20
)

// phone is what all dialects are made of.
type phone struct {
	*device.Device
	invented Invented
}

func cookie(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(w http.ResponseWriter, id string) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/"})
}

// parse reads the form of a request, multipart or not. What is unreadable
// leaves no field and thus meets the refusal of a missing token.
func parse(r *http.Request) (tooLarge bool) {
	err := r.ParseMultipartForm(maxMemory)
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}

// file returns an uploaded file; the name is empty when there is none.
func file(r *http.Request, field string) (name string, content []byte) {
	f, header, err := r.FormFile(field)
	if err != nil {
		return "", nil
	}
	defer f.Close()
	content, err = io.ReadAll(f)
	if err != nil {
		return "", nil
	}
	return header.Filename, content
}

// settings overlays the present settings with the fields that a form brought.
func (p *phone) settings(value func(string) string) device.Settings {
	s := p.Settings()
	for name, to := range p.fields(&s) {
		if text := value(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				n = -1
			}
			*to = n
		}
	}
	return s
}

// fields names the four settings as forms do.
func (p *phone) fields(s *device.Settings) map[string]*int {
	return map[string]*int{
		onlyTrusted:             &s.OnlyTrusted,
		p.invented.CA:           &s.CA,
		p.invented.CNValidation: &s.CNValidation,
		p.invented.DeviceCert:   &s.DeviceCert,
	}
}

// remove deletes the certificate whose place a form names.
func (p *phone) remove(role handset.Role, place string) bool {
	n, err := strconv.Atoi(place)
	return err == nil && p.Delete(role, n)
}

// place names what differs between the two certificate pages.
type place struct {
	Role              handset.Role
	Page, Title, File string
	Type              string
}

func (p *phone) places() []place {
	return []place{
		{handset.Trusted, "trusted-cert", "Trusted Certificates", p.invented.TrustedFile, p.invented.TrustedType},
		{handset.Server, "server-cert", "Server Certificates", p.invented.ServerFile, p.invented.ServerType},
	}
}

// find returns the certificate page for which a test holds.
func (p *phone) find(is func(place) bool) (place, bool) {
	for _, each := range p.places() {
		if is(each) {
			return each, true
		}
	}
	return place{}, false
}
