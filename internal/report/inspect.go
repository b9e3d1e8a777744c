package report

import (
	"encoding/pem"
	"strings"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Inspect is what "phonecert inspect" found in all files.
type Inspect struct {
	paper.Header
	Files []InspectFile `json:"files"`
}

// InspectFile is what one file holds.
type InspectFile struct {
	Path         string               `json:"path"`
	Size         int64                `json:"size"`
	Format       inspect.Format       `json:"format"`
	PEM          bool                 `json:"pem"`
	Certificates []InspectCertificate `json:"certificates"`
	PrivateKeys  int                  `json:"private_keys"`
	Keys         []InspectKey         `json:"keys"`
	Objects      []InspectObject      `json:"objects"`
	Chain        []string             `json:"chain"`
	ChainNote    string               `json:"chain_note"`
	Findings     []finding.Finding    `json:"findings"`
}

// InspectCertificate is a certificate with all that an account of it needs.
type InspectCertificate struct {
	paper.Certificate
	SHA1             string   `json:"sha1"`
	Version          int      `json:"version"`
	Names            []string `json:"names"`
	KeyUsage         []string `json:"key_usage"`
	ExtendedKeyUsage []string `json:"extended_key_usage"`
	PEM              string   `json:"pem"`
}

// InspectKey is a private key, never its bytes.
type InspectKey struct {
	Form      string `json:"form"`
	Algorithm string `json:"algorithm"`
	Bits      int    `json:"bits"`
	Encrypted bool   `json:"encrypted"`
	Cipher    string `json:"cipher,omitempty"`
	// Opened says that the key could be read; Locked says why not.
	Opened bool   `json:"opened"`
	Locked string `json:"locked,omitempty"`
	// Matches is the subject of the certificate in the file that belongs to
	// the key, empty when there is none.
	Matches string `json:"matches"`
}

// InspectObject is anything in a file, in its order.
type InspectObject struct {
	Kind  inspect.Kind `json:"kind"`
	Label string       `json:"label,omitempty"`
	Line  int          `json:"line,omitempty"`
	Size  int          `json:"size"`
}

// NewInspectFile describes a file.
func NewInspectFile(f *inspect.File) InspectFile {
	certs := f.Certificates()
	r := InspectFile{
		Path: f.Name, Size: f.Size, Format: f.Format, PEM: f.PEM, PrivateKeys: len(f.Keys()),
		Certificates: []InspectCertificate{}, Keys: []InspectKey{}, Objects: []InspectObject{},
		Chain: []string{}, Findings: []finding.Finding{},
	}
	for _, found := range f.Findings {
		found.Fix = inspect.FillFix(found.Fix, f.Name, f.MendedName())
		r.Findings = append(r.Findings, found)
	}
	for _, c := range certs {
		r.Certificates = append(r.Certificates, newInspectCertificate(c))
	}
	for _, k := range f.Keys() {
		r.Keys = append(r.Keys, newInspectKey(k, certs))
	}
	for _, o := range f.Objects {
		r.Objects = append(r.Objects, InspectObject{o.Kind, o.Label, o.Line, len(o.DER)})
	}
	r.chain(certs)
	return r
}

// UnreadInspect stands for a file that could not be read.
func UnreadInspect(path string, err error) InspectFile {
	return InspectFile{
		Path: path, Format: inspect.FormatUnknown, Certificates: []InspectCertificate{}, Keys: []InspectKey{},
		Objects: []InspectObject{}, Chain: []string{}, Findings: []finding.Finding{unreadable(err)},
	}
}

func newInspectCertificate(c *certificate.Certificate) InspectCertificate {
	return InspectCertificate{
		Certificate:      paper.NewCertificate(c),
		SHA1:             c.SHA1(),
		Version:          c.Version,
		Names:            c.AlternativeNames(),
		KeyUsage:         c.KeyUsageNames(),
		ExtendedKeyUsage: c.ExtendedKeyUsageNames(),
		PEM:              string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
	}
}

func newInspectKey(k *key.Private, certs []*certificate.Certificate) InspectKey {
	r := InspectKey{
		Form: k.Form, Algorithm: k.Algorithm, Bits: k.Bits, Encrypted: k.Encrypted, Cipher: k.Cipher,
		Opened: k.Locked == nil,
	}
	if k.Locked != nil {
		r.Locked = k.Locked.Error()
	}
	for _, c := range certs {
		if k.Matches(c.RawSubjectPublicKeyInfo) {
			r.Matches = certificate.NameString(c.Subject)
			break
		}
	}
	return r
}

// chain tells whether the certificates follow each other.
func (r *InspectFile) chain(certs []*certificate.Certificate) {
	if len(certs) == 0 {
		return
	}
	path := certificate.Path(certificate.Leaf(certs), certs)
	inOrder := true
	for i, c := range path {
		r.Chain = append(r.Chain, certificate.ShortName(c.Subject))
		inOrder = inOrder && certs[i] == c
	}
	last := path[len(path)-1]
	var notes []string
	switch {
	case len(path) == 1 && len(certs) > 1:
		notes = append(notes, "the certificates do not belong to one chain")
	case len(path) < len(certs):
		notes = append(notes, "some certificates belong to no step of it")
	case len(certs) > 1 && inOrder:
		notes = append(notes, "in order")
	case len(certs) > 1:
		notes = append(notes, "out of order in the file")
	}
	if last.SelfIssued() {
		notes = append(notes, "ends at a self-signed root")
	} else {
		notes = append(notes, "the issuer "+certificate.ShortName(last.Issuer)+" is not in the file")
	}
	r.ChainNote = strings.Join(notes, "; ")
}
