// Package report writes the answers about files, handsets and the tool itself:
// text for people, rows for pipes, JSON for programs. What went over the wire
// and what concerns many phones have rooms of their own.
package report

import (
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Check is the answer for all files and one handset.
type Check struct {
	paper.Header
	Handset  string            `json:"handset"`
	Role     string            `json:"role"`
	Verdict  finding.Verdict   `json:"verdict"`
	Files    []CheckFile       `json:"files"`
	Findings []finding.Finding `json:"findings"`
	// Unread is the error of the last file that could not be read.
	Unread error `json:"-"`
}

// CheckFile is the answer for one file.
type CheckFile struct {
	Path         string              `json:"path"`
	Size         int64               `json:"size"`
	Format       inspect.Format      `json:"format"`
	Certificates []paper.Certificate `json:"certificates"`
	PrivateKeys  int                 `json:"private_keys"`
	Findings     []finding.Finding   `json:"findings"`
	Verdict      finding.Verdict     `json:"verdict"`
	// Trust is the phone's verdict on the server, in the role pbx.
	Trust *trust.Verdict `json:"trust,omitempty"`

	unread error
	sent   []*certificate.Certificate
}

// shownSent is how many of the certificates that a server sends are shown
// beside the path.
const shownSent = 10

// NewCheck begins the answer for a number of files.
func NewCheck(q rules.Question, files int) *Check {
	return &Check{
		Header:  paper.NewHeader("check"),
		Handset: q.Profile.ID,
		Role:    string(q.Role),
		Files:   make([]CheckFile, files),
	}
}

// NewCheckFile describes a file, what the rules found in it and, in the role
// pbx, the phone's verdict on the server.
func NewCheckFile(f *inspect.File, findings []finding.Finding, verdict *trust.Verdict) CheckFile {
	c := CheckFile{
		Path: f.Name, Size: f.Size, Format: f.Format, PrivateKeys: len(f.Keys()),
		Certificates: []paper.Certificate{}, Findings: findings, Trust: verdict,
	}
	found := f.Certificates()
	if verdict != nil { // else nothing is kept of a file: there may be ten thousand
		c.sent = found[:min(len(found), shownSent)]
	}
	for _, found := range found {
		c.Certificates = append(c.Certificates, paper.NewCertificate(found))
	}
	return c
}

// UnreadFile stands for a file that could not be read.
func UnreadFile(path string, err error) CheckFile {
	return CheckFile{
		Path: path, Format: inspect.FormatUnknown, Certificates: []paper.Certificate{}, unread: err,
		Findings: []finding.Finding{unreadable(err)},
	}
}

// unreadable leaves the answer open: nothing was seen of the file.
func unreadable(err error) finding.Finding {
	return finding.Finding{
		Code: "file.unreadable", Severity: finding.Error, Message: err.Error(),
		Fix: "make it readable and run the command again", Basis: finding.Assumed, Source: "the operating system",
	}
}

// Decide draws the verdicts from the findings.
func (c *Check) Decide(strict bool) {
	c.Verdict = finding.Decide(c.Findings, strict)
	if c.Findings == nil {
		c.Findings = []finding.Finding{}
	}
	for i := range c.Files {
		file := &c.Files[i]
		if file.Findings == nil {
			file.Findings = []finding.Finding{}
		}
		file.Verdict = finding.Decide(file.Findings, strict)
		c.Verdict = finding.Worst(c.Verdict, file.Verdict)
		if file.unread != nil {
			c.Unread = file.unread
		}
	}
}
