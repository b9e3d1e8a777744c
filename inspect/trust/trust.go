// Package trust judges a server's certificates as the TLS library of a phone
// does: which path it builds, at which error it stops, which alert it sends,
// and which change would make it pass. The model is OpenSSL's X509_verify_cert,
// release by release; what real releases said is in trusttest.
//
// Not modelled: revocation lists, certificate policies, SSL 3.0's narrower set
// of alerts, the limit of 100 kB for the certificates a server sends, and
// whatever the maker of a phone changed in the library.
package trust

import (
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// Question is a server as a phone meets it. What is not known stays empty, and
// the answer is then certain only if it is the same whatever the fact.
type Question struct {
	// Sent are the certificates in the order in which the server sends them,
	// its own first.
	Sent []*certificate.Certificate
	// Builtin are the trusted certificates inside the phone.
	Builtin Anchors
	// Custom are the trusted certificates uploaded to the phone, in order.
	Custom []*certificate.Certificate
	// Given are other certificates at hand. They decide nothing and serve to
	// find out what would mend a failure.
	Given    []*certificate.Certificate
	Settings Settings
	// Clock is what the phone's clock shows.
	Clock time.Time
	// Name is the name or address by which the phone calls the server.
	Name string
	// Library is the generation of the phone's TLS library; "" if not known.
	Library handset.Library
	// SecurityLevel is that of the library from OpenSSL 1.1 on: 0 stands for
	// DefaultSecurityLevel, NoSecurityLevel for none.
	SecurityLevel int
	// GuideYear is the year of the vendor's guide: a root created after it
	// is not in a built-in list that is not known. 0 if not known.
	GuideYear int
}

// DefaultSecurityLevel is the security level with which OpenSSL is built from
// 1.1.0 on unless the maker of the phone chose another. Older releases have none.
const DefaultSecurityLevel = 1

// NoSecurityLevel is the security level of a library that was built with 0.
const NoSecurityLevel = -1

// MaxSignatureBytes is the largest certificate whose signature is verified.
const MaxSignatureBytes = signature.MaxBytes

// Code is the number of a verification error, X509_V_ERR_…, as OpenSSL's own
// header gives it. Zero is X509_V_OK.
type Code = errcode.Code

// Anchors is the list of trusted certificates inside a phone.
type Anchors struct {
	// Listed says that Certificates is the whole list.
	Listed       bool
	Certificates []*certificate.Certificate
}

// Settings are the trust settings in force, spelled as on the command line;
// "" where the value is not known.
type Settings struct {
	OnlyTrusted  string // on, off
	CA           string // default, custom, all
	CNValidation string // on, off
}

// Verdict is the answer. Its JSON fields are part of the tool's contract.
type Verdict struct {
	// Trusted says whether the path verifies; nil when that is not known.
	Trusted *bool `json:"trusted"`
	// Connects says whether the phone goes on with the connection, which takes
	// the settings and the name into account; nil when that is not known.
	Connects *bool `json:"connects"`
	// Code is the name of the first error of the walk, or X509_V_OK. Where
	// Trusted is nil it is the error with which the phone may refuse; it is
	// empty when that is not known either.
	Code string `json:"code"`
	// ErrorNumber is the code's number in the phone's library.
	ErrorNumber int `json:"error_number"`
	// Alert is the TLS alert that the phone sends, by its name in RFC 5246,
	// section 7.2.2: what the server's log shows. Empty if it sends none.
	Alert string `json:"alert"`
	// Path is what the library followed, the server's certificate first.
	Path []Step `json:"path"`
	// Reason is one sentence.
	Reason string `json:"reason"`
	// UnknownSignature says that the library refuses a signature because it does
	// not know its kind, which the code does not tell.
	UnknownSignature bool `json:"-"`
	// Name is the comparison of the server's name.
	Name Name `json:"name"`
	// Changes are what would make the path pass, the simplest first.
	Changes []Change `json:"changes"`
}

// Step is one certificate of the path.
type Step struct {
	Subject string `json:"subject"`
	SHA256  string `json:"sha256"`
	// Source is "sent", "builtin" or "custom".
	Source string `json:"source"`
	// Failed marks the certificate at which the walk ended.
	Failed      bool                     `json:"failed"`
	Certificate *certificate.Certificate `json:"-"`
}

// Judge verifies as the phone does and looks for what would mend a failure.
func Judge(q Question) Verdict { return newJudge().answer(q) }

func (j *judge) answer(q Question) Verdict {
	v, outcomes := j.judge(q)
	v.Changes = []Change{}
	if v.Trusted == nil || !*v.Trusted {
		v.Changes = j.changes(q, outcomes)
	}
	if name, found := v.Name.change(); found {
		v.Changes = append(v.Changes, name)
	}
	return v
}
