package wire

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"path/filepath"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/convert"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxExtracted is how many certificates --extract writes.
const maxExtracted = 1000

// extracted are the certificates of a capture, each once.
type extracted struct {
	*traceOptions
	seen map[string]bool
	text bytes.Buffer
	left int
}

func newExtracted(o *traceOptions) *extracted {
	return &extracted{traceOptions: o, seen: map[string]bool{}}
}

// add takes the certificates of a connection.
func (x *extracted) add(e diagnosis.Evidence) {
	if x.extract == "" {
		return
	}
	for _, list := range [][]*certificate.Certificate{e.Sent, e.ClientSent} {
		for _, c := range list {
			print := c.SHA256()
			switch {
			case x.seen[print]:
				continue
			case len(x.seen) == maxExtracted:
				x.left++
				continue
			}
			x.seen[print] = true
			pem.Encode(&x.text, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		}
	}
}

// save writes each certificate into a file of its own, as "convert --split"
// does.
func (x *extracted) save(ctx context.Context) error {
	if x.extract == "" || len(x.seen) == 0 {
		return nil
	}
	file := inspect.Read(x.capture.Path, x.text.Bytes(), inspect.Options{Size: int64(x.text.Len())})
	made, _, err := convert.Convert([]*inspect.File{file}, convert.Options{To: inspect.FormatPEM, Split: true})
	if err != nil {
		return err
	}
	var outputs []factory.Output
	for _, m := range made {
		outputs = append(outputs, factory.Output{Path: filepath.Join(x.extract, m.Name), Data: m.Data, Text: true})
	}
	if err := x.f.Save(ctx, x.extract, outputs, []string{x.capture.Path}, x.force); err != nil {
		return err
	}
	note := fmt.Sprintf("certificates written to %q: %d", x.extract, len(outputs))
	if x.left > 0 {
		note += fmt.Sprintf("; left out: %d", x.left)
	}
	paper.Note(x.f.Streams, note)
	return nil
}
