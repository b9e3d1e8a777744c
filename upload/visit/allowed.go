package visit

import (
	"fmt"
	"github.com/phonecert/phonecert/upload"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
)

// allowed says whether check and the free places let a file pass.
func (v *visit) allowed(place int, f *Item) error {
	o := v.order
	if err := v.keys(f); err != nil {
		return err
	}
	if n := v.held(f); n > 0 {
		return upload.NewProblem("upload.partly-there", nil, "phonecert convert "+f.File.Name+" --split DIR, and upload what is missing",
			"%d of the %d certificates of %s are in the phone's list, and would be there twice", n, len(f.Certificates), f.Name).ForFile()
	}
	if len(v.profiles) > 0 && !o.SkipCheck {
		switch v.checked.verdicts[place] {
		case finding.Rejected:
			return refused(f, v.result.Handset, v.checked.findings[place]).ForFile()
		case finding.Unknown:
			v.remark("upload.check-open", fmt.Sprintf("phonecert check %s --as %s --handset %s tells all", f.File.Name, o.Role, v.profiles[0].ID),
				"whether %s takes %s is not known%s", v.result.Handset, f.Name, doubt(v.checked.findings[place]))
		}
	}
	most := max(v.checked.max, v.list.Max)
	if o.Role == handset.Trusted && v.listed && !o.SkipCheck && most > 0 && len(v.list.Certificates)+len(f.Certificates) > most {
		return upload.NewProblem("upload.no-place", nil, v.deleteFirst(),
			"the phone's list holds %d certificates of at most %d; it would answer %q", len(v.list.Certificates), most, fmt.Sprintf(fullText, most)).ForFile()
	}
	return nil
}

// doubt is why the check leaves the answer open.
func doubt(findings []finding.Finding) string {
	for _, f := range findings {
		if f.Open() {
			return ": " + f.Message
		}
	}
	return ""
}

// fullText is what the phones answer to one certificate too many (the fact sheet
// on the web interface).
const fullText = "Error: The maximum number of certificates is %d, please delete one before upload"

func (v *visit) deleteFirst() string {
	return "delete one first: phonecert phone delete " + v.target.Address + " --expired, or by --subject"
}

// keys looks after private keys also where nothing is known of the model: a CA's
// goes to no phone, and with somebody else's the phone could not answer by TLS.
func (v *visit) keys(f *Item) error {
	keys := f.Keys()
	switch {
	case len(keys) == 0:
	case v.order.Role == handset.Trusted:
		return upload.NewProblem("upload.ca-key", nil, "phonecert convert "+f.File.Name+" --as trusted --for HANDSET -o FILE leaves it out",
			"%s holds a private key, and whoever has a CA's can issue certificates in its name; it goes to no phone", f.Name).ForFile()
	case v.order.SkipCheck || slices.ContainsFunc(keys, func(k *key.Private) bool {
		return k.PublicKeyInfo == nil || slices.ContainsFunc(f.File.Certificates(), func(c *certificate.Certificate) bool { return k.Matches(c.RawSubjectPublicKeyInfo) })
	}):
	default:
		return upload.NewProblem("upload.wrong-key", nil, "phonecert check "+f.File.Name+" --as server", "the private key in %s belongs to none of its certificates", f.Name).ForFile()
	}
	return nil
}
