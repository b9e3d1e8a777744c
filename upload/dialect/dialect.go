// Package dialect says what it is to speak to the web interface of a phone, in
// one of the dialects of the fact sheet on the web interface. Each has a package
// of its own below. The login is that sheet's to the letter; everything else,
// targets, fields and values, is read from the phone's live pages, since nobody
// has published it.
package dialect

import (
	"context"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
)

// Name is a dialect.
type Name string

// The dialects, from the oldest to the newest.
const (
	Basic       Name = "basic"
	Plain       Name = "plain"
	Session     Name = "session"
	Listener    Name = "listener"
	ListenerRSA Name = "listener-rsa"
	API         Name = "api"
)

// Names lists the dialects.
func Names() []Name { return []Name{Basic, Plain, Session, Listener, ListenerRSA, API} }

// Dialect is a phone's web interface. Its methods send requests one after the
// other; none is repeated. What the network does comes back as a *web.Error.
type Dialect interface {
	Name() Name
	// Login logs in, once. A phone that does not let in is a *LoginError.
	Login(ctx context.Context, user, password string) error
	// Identity is what the phone says of itself; what it does not show is "".
	Identity(ctx context.Context) (Identity, error)
	// Certificates reads the list of a role. A page without a list is ErrNoList.
	Certificates(ctx context.Context, role handset.Role) (Listing, error)
	// Plan reads from the live page what an upload in a role would post, and
	// changes nothing. A page that does not show it is ErrNoForm.
	Plan(ctx context.Context, role handset.Role) (*Post, error)
	// Upload posts a file as planned. The answer is the phone's word and no
	// proof.
	Upload(ctx context.Context, plan *Post, file File) (Answer, error)
	// Delete removes a certificate of the list just read. ErrNoForm when the
	// page does not show how.
	Delete(ctx context.Context, role handset.Role, c page.Certificate) (Answer, error)
	// Settings reads the trust settings that the page shows.
	Settings(ctx context.Context) (Settings, error)
	// Set writes those of the settings that are not empty.
	Set(ctx context.Context, s Settings) (Answer, error)
	// Import has the phone read a small configuration file. ErrNoImport when
	// the dialect has no attested way.
	Import(ctx context.Context, file File) (Answer, error)
	// Talking reports whether the phone is in a call; known is false where the
	// dialect cannot tell.
	Talking(ctx context.Context) (talking, known bool, err error)
	// Reboot restarts the phone.
	Reboot(ctx context.Context) error
	// Logout ends the session, also one that a failed login may have opened.
	Logout(ctx context.Context) error
	// Page is the address of the page that a person opens for a role, "" when
	// it is reached by the menu alone.
	Page(role handset.Role) string
}

// Identity is what a phone says of itself on its pages.
type Identity struct {
	Model, Firmware, MAC string
}

// Listing is a list of certificates, and how many may be in it (0: not said).
type Listing struct {
	Certificates []page.Certificate
	Max          int
}

// Post is what an upload would send, in words for people and in parts for Upload.
type Post struct {
	Role handset.Role
	// Method, Ref and Field are the request's method, path with query, and the
	// name of the file's field. Secrets in Ref stand there as "***".
	Method, Ref, Field string
	// Fields are the other fields, in order, as name=value; secrets as "***".
	Fields []string
	// Send is for the dialect alone.
	Send any
}

// File is a file for the phone. Its content may be a private key.
type File struct {
	Name    string
	Content []byte
}

// Settings are the four trust settings, spelled as the command-line flags spell
// them; "" is one that the page does not show, or that is not to be written.
type Settings struct {
	OnlyTrusted, CA, CNValidation, DeviceCert string
}
