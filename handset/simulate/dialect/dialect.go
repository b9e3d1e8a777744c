// Package dialect puts the web pages of one generation of phones before a
// simulated device: the six dialects of the fact sheet on the web interface.
// What that sheet knows is served as it says; what nobody has published stands
// in Invented, and every page that uses it says so.
package dialect

import (
	"fmt"
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
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

// All lists the dialects.
func All() []Name { return []Name{Basic, Plain, Session, Listener, ListenerRSA, API} }

// New returns the pages of a dialect. The handler is not safe for concurrent
// use, for the device is not. It reads forms whole: cap the body before.
// listener-rsa hangs up on requests that did not come by TLS.
func New(name Name, d *device.Device, w Invented) (http.Handler, error) {
	p := phone{Device: d, invented: w}
	switch name {
	case Basic:
		return &basic{phone: p}, nil
	case Plain:
		return &servlet{phone: p, login: plainLogin{}}, nil
	case Session:
		return &servlet{phone: p, login: sessionLogin{}}, nil
	case Listener:
		return &listener{phone: p}, nil
	case ListenerRSA:
		return &listener{phone: p, rsaOnly: true}, nil
	case API:
		return &api{phone: p}, nil
	}
	return nil, fmt.Errorf("no dialect is named %q; there are %v", name, All())
}

// Invented are the names that no source tells. Other names than these make
// another phone, on which a client that reads the pages must work as well.
type Invented struct {
	// TrustedFile and ServerFile are the fields that hold an uploaded file
	// (the listener dialects have a known name for it).
	TrustedFile, ServerFile string
	// TrustedType and ServerType are the type= values of the listener upload,
	// and tell the two apart in the api upload.
	TrustedType, ServerType string
	// Upload and Delete are the calls that plain, session and api make.
	Upload, Delete string
	// Place is the field that says which certificate is to be deleted.
	Place string
	// CA, CNValidation and DeviceCert are the fields of three settings; that
	// of the fourth is known.
	CA, CNValidation, DeviceCert string
	// BasicTrusted, BasicServer and BasicUpgrade are page numbers of basic.
	BasicTrusted, BasicServer, BasicUpgrade string
}

// DefaultInvented are the names that are used unless others are given.
func DefaultInvented() Invented {
	return Invented{
		TrustedFile: "UploadTrustedCert", ServerFile: "UploadServerCert",
		TrustedType: "trustedcert", ServerType: "servercert",
		Upload: "upload", Delete: "delete", Place: "CertIndex",
		CA: "SecurityCACert", CNValidation: "SecurityCNValidation", DeviceCert: "SecurityDevCert",
		BasicTrusted: "23", BasicServer: "24", BasicUpgrade: "17",
	}
}

// onlyTrusted is the field of Only Accept Trusted Certificates, seen on a T20P.
const onlyTrusted = "HTTPSTrustCertificates"
