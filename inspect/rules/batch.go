package rules

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Batch checks several files and looks at them together. It keeps of each file
// only what that takes, so that ten thousand files need little memory.
type Batch struct {
	question Question
	rules    []rule
	members  []member
}

// member is what one file contributes.
type member struct {
	name  string
	certs []identity
}

// identity is enough of a certificate to recognise it and its issuer.
type identity struct {
	sha256, subject, issuer string
	root                    bool
	short                   string
}

// NewBatch begins a batch of the given number of files.
func NewBatch(q Question, files int) *Batch {
	return &Batch{question: q, rules: tableFor(q.Role), members: make([]member, files)}
}

// Check is the function Check for the file at a place in the batch, and gives
// the phone's verdict on the server in the role pbx. Different places may be
// filled at the same time.
func (b *Batch) Check(place int, file *inspect.File) ([]finding.Finding, *trust.Verdict) {
	m := member{name: file.Name}
	for _, c := range file.Certificates() {
		m.certs = append(m.certs, identity{
			sha256: c.SHA256(), subject: string(c.RawSubject), issuer: string(c.RawIssuer),
			root: c.SelfIssued(), short: certificate.ShortName(c.Subject),
		})
	}
	b.members[place] = m
	return check(file, b.question, b.rules)
}

// Together returns the findings that arise from the files together: by place,
// those that concern one file, and those that concern them all.
func (b *Batch) Together() (byPlace map[int][]finding.Finding, overall []finding.Finding) {
	byPlace = map[int][]finding.Finding{}
	switch b.question.Role {
	case handset.Trusted:
		b.same(byPlace)
		return byPlace, b.tooMany()
	case handset.Server:
		return byPlace, b.oneServer()
	}
	return byPlace, nil
}

// same finds certificates that come twice, and different ones with the same
// subject (row 18 of the fact sheet on field failures).
func (b *Batch) same(byPlace map[int][]finding.Finding) {
	bySHA, bySubject := map[string]string{}, map[string]string{}
	library := on(b.question.Profile.Crypto.Library)
	for place, m := range b.members {
		for _, c := range m.certs {
			if first, seen := bySHA[c.sha256]; seen {
				byPlace[place] = append(byPlace[place], finding.Finding{
					Code: "trusted.duplicate", Severity: finding.Warning,
					Message: fmt.Sprintf("certificate %q is in %s too", c.short, first),
					Fix:     "leave one of them out", Basis: finding.Documented, Source: "the files themselves",
				})
				continue
			}
			if first, seen := bySubject[c.subject]; seen {
				byPlace[place] = append(byPlace[place], finding.Finding{
					Code: "trusted.same-subject", Severity: finding.Warning,
					Message: fmt.Sprintf("certificate %q has the subject of another one in %s: the phone's library may take the wrong one", c.short, first),
					Fix:     "upload only the one that signs the servers today", Basis: library.basis, Source: library.source,
				})
			}
			bySHA[c.sha256], bySubject[c.subject] = m.name, m.name
		}
	}
}

// tooMany counts the places on the phone. What is uploaded twice counts once.
func (b *Batch) tooMany() []finding.Finding {
	distinct := map[string]bool{}
	for _, m := range b.members {
		for _, c := range m.certs {
			distinct[c.sha256] = true
		}
	}
	for _, c := range b.question.Installed {
		delete(distinct, c.SHA256())
	}
	places, known := b.question.takesMore()
	limit := b.question.Profile.TrustedFiles.MaxFiles
	switch {
	case !known || len(distinct) <= places:
		return nil
	case limit.Value == 0:
		return nil
	}
	return []finding.Finding{{
		Code: "count.too-many", Severity: finding.Error, Basis: limit.Basis, Source: limit.Source,
		Message: fmt.Sprintf("%d certificates for %d free places of %d; the phone would say %q",
			len(distinct), max(places, 0), limit.Value,
			fmt.Sprintf("Error: The maximum number of certificates is %d, please delete one before upload", limit.Value)),
		Fix: fmt.Sprintf("leave %d out, or delete as many from the phone first", len(distinct)-max(places, 0)),
	}}
}

// oneServer: each server file would overwrite the one before it.
func (b *Batch) oneServer() []finding.Finding {
	most := b.question.Profile.ServerFiles.MaxFiles
	if !most.Known() || len(b.members) <= most.Value {
		return nil
	}
	return []finding.Finding{{
		Code: "count.one-server", Severity: finding.Warning, Basis: most.Basis, Source: most.Source,
		Message: fmt.Sprintf("%d server files; a phone holds %d, and each new one overwrites the last", len(b.members), most.Value),
		Fix:     "upload to each phone only the file that was made for it",
	}}
}
