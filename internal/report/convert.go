package report

import (
	"fmt"
	"strconv"

	"github.com/phonecert/phonecert/convert"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Convert is what a conversion made.
type Convert struct {
	paper.Header
	Outputs []ConvertOutput `json:"outputs"`
	// Remarks tell what was mended, left out or changed.
	Remarks []string `json:"remarks"`
	// Handset, Role and Verdict are set when the outputs were made for a handset.
	Handset string          `json:"handset,omitempty"`
	Role    string          `json:"role,omitempty"`
	Verdict finding.Verdict `json:"verdict,omitempty"`
}

// ConvertOutput is one file that was written.
type ConvertOutput struct {
	Path         string              `json:"path"`
	Format       inspect.Format      `json:"format"`
	Certificates []paper.Certificate `json:"certificates"`
	PrivateKeys  int                 `json:"private_keys"`
	Findings     []finding.Finding   `json:"findings,omitempty"`
	Verdict      finding.Verdict     `json:"verdict,omitempty"`
}

// NewConvert begins the result; the remarks are told in any case.
func NewConvert(remarks []string) *Convert {
	return &Convert{Header: paper.NewHeader("convert"), Outputs: []ConvertOutput{}, Remarks: append([]string{}, remarks...)}
}

// Add notes a file that was written.
func (c *Convert) Add(path string, out convert.Output) {
	written := ConvertOutput{Path: path, Format: out.Format, PrivateKeys: out.PrivateKeys, Certificates: []paper.Certificate{}}
	for _, found := range out.Certificates {
		written.Certificates = append(written.Certificates, paper.NewCertificate(found))
	}
	c.Outputs = append(c.Outputs, written)
}

// Judge adds what the handset does with the outputs, which are the files of
// the check in the same order.
func (c *Convert) Judge(check *Check) {
	c.Handset, c.Role, c.Verdict = check.Handset, check.Role, check.Verdict
	for i, file := range check.Files {
		c.Outputs[i].Findings, c.Outputs[i].Verdict = file.Findings, file.Verdict
	}
}

// ConvertText names the files that were written: a sentence each on a
// terminal; path, format and counts in columns in a pipe.
func ConvertText(s *terminal.Streams, c *Convert) error {
	var rows [][]string
	for _, out := range c.Outputs {
		certificates := len(out.Certificates)
		if s.OutTTY {
			paper.Line(s.Out, "wrote ", paper.Path(out.Path), ": ", holds(certificates, out.PrivateKeys, out.Format))
			continue
		}
		rows = append(rows, []string{paper.Path(out.Path), string(out.Format), strconv.Itoa(certificates), strconv.Itoa(out.PrivateKeys)})
	}
	return paper.Tabbed(s.Out, rows)
}

// holds counts for people.
func holds(certificates, keys int, format inspect.Format) string {
	text := ""
	switch certificates {
	case 0:
	case 1:
		text = "1 certificate"
	default:
		text = fmt.Sprintf("%d certificates", certificates)
	}
	if keys > 0 && text != "" {
		text += " and "
	}
	switch keys {
	case 0:
	case 1:
		text += "1 private key"
	default:
		text += fmt.Sprintf("%d private keys", keys)
	}
	if text == "" {
		return string(format)
	}
	return text + ", " + string(format)
}
