package phone

import (
	"bytes"
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// hangsOnLibrary tells whether some generations of the library would pass.
func (e *explainer) hangsOnLibrary() bool {
	if firm(e.Profile.Crypto.Library) {
		return false
	}
	libraries := e.libraries()
	if len(libraries) == 1 {
		libraries = handset.Libraries()
	}
	text, passes := "", false
	for _, library := range libraries {
		trusted := e.judgeAs(library, e.server).Trusted
		passes = passes || trusted != nil && *trusted
		text += fmt.Sprintf(", %s: %s", library, answer(trusted))
	}
	if !passes {
		return false
	}
	e.add("trust.library-not-known", finding.Error, on(e.Profile.Crypto.Library), "try it on one phone, or "+e.fix("have the chain issued anew"),
		"whether the phone trusts the chain hangs on its TLS library, which is not known: %s", text[2:])
	return true
}

// twins reports whether the phone holds another certificate with the name of
// the one above the failure and another key (row 18 of the fact sheet on field
// failures).
func (e *explainer) twins() bool {
	if e.verdict.Code != "X509_V_ERR_CERT_SIGNATURE_FAILURE" {
		return false
	}
	at := e.failedAt()
	if at+1 >= len(e.verdict.Path) {
		return false
	}
	above := e.verdict.Path[at+1].Certificate
	for _, list := range [][]*certificate.Certificate{e.Custom, e.Builtin.Certificates} {
		for _, c := range list {
			if bytes.Equal(c.RawSubject, above.RawSubject) && !bytes.Equal(c.RawSubjectPublicKeyInfo, above.RawSubjectPublicKeyInfo) {
				return true
			}
		}
	}
	return false
}
