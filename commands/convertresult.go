package commands

import (
	"context"
	"path/filepath"

	"github.com/phonecert/phonecert/convert"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report"
)

// place says where the outputs go.
func (o *convertOptions) place(made []convert.Output) []output {
	var outputs []output
	for _, m := range made {
		path := o.out
		switch {
		case o.split != "":
			path = filepath.Join(o.split, m.Name)
		case o.toStdout():
			path = standardOutput
		}
		outputs = append(outputs, output{path: path, data: m.Data, secret: m.PrivateKeys > 0, text: m.Text})
	}
	return outputs
}

// report tells what was written and, when it was made for a handset, what the
// handset does with it.
func (o *convertOptions) report(ctx context.Context, p *handset.Profile, made []convert.Output, outputs []output, remarks []string) error {
	result := report.NewConvert(remarks)
	for i, m := range made {
		result.Add(outputs[i].path, m)
	}
	verdict := finding.Accepted
	if p != nil {
		check, err := o.check(ctx, p, outputs)
		if err != nil {
			return err
		}
		result.Judge(check)
		verdict = check.Verdict
		if err := o.printCheck(check); err != nil {
			return err
		}
	}
	if err := o.printResult(result, p != nil); err != nil {
		return err
	}
	return verdictOutcome(verdict)
}

// printResult names the files that were written, unless the handset's answer
// has done so.
func (o *convertOptions) printResult(result *report.Convert, answered bool) error {
	switch {
	case o.f.json:
		return report.JSON(o.f.Streams.Out, result)
	case answered || o.f.quiet || o.toStdout():
		return nil
	}
	return report.ConvertText(o.f.Streams, result)
}

// check asks the rules about the files as they were written.
func (o *convertOptions) check(ctx context.Context, p *handset.Profile, outputs []output) (*report.Check, error) {
	c := &checkOptions{f: o.f, passwords: o.passwords, role: o.role, handset: o.handset}
	q, err := c.question(ctx, p, o.handset)
	if err != nil {
		return nil, err
	}
	var paths []string
	var printed *disk.Content
	for _, out := range outputs {
		paths = append(paths, out.path)
		if out.path == standardOutput {
			printed = &disk.Content{Data: out.data, Size: int64(len(out.data))}
		}
	}
	return o.f.checkFiles(ctx, paths, printed, q, c)
}

// printCheck writes the handset's answer. Where standard output carries the
// file itself, only an answer other than yes is worth a word beside it.
func (o *convertOptions) printCheck(check *report.Check) error {
	streams := o.f.Streams
	if o.toStdout() {
		if check.Verdict == finding.Accepted {
			return nil
		}
		streams = o.f.aside()
	}
	printer := report.NewCheckPrinter(streams, false, o.f.quiet || o.f.json, 1)
	if err := printer.Print(check); err != nil {
		return err
	}
	return printer.Close()
}
