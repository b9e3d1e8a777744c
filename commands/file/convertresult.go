package file

import (
	"context"
	"path/filepath"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/convert"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// place says where the outputs go.
func (o *convertOptions) place(made []convert.Output) []factory.Output {
	var outputs []factory.Output
	for _, m := range made {
		path := o.out
		switch {
		case o.split != "":
			path = filepath.Join(o.split, m.Name)
		case o.toStdout():
			path = factory.StandardStream
		}
		outputs = append(outputs, factory.Output{Path: path, Data: m.Data, Secret: m.PrivateKeys > 0, Text: m.Text})
	}
	return outputs
}

// report tells what was written and, when it was made for a handset, what the
// handset does with it.
func (o *convertOptions) report(ctx context.Context, p *handset.Profile, made []convert.Output, outputs []factory.Output, remarks []string) error {
	result := report.NewConvert(remarks)
	for i, m := range made {
		result.Add(outputs[i].Path, m)
	}
	verdict := finding.Accepted
	if p != nil {
		check, err := o.check(ctx, p, made, outputs)
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
	return factory.Verdict(verdict)
}

// printResult names the files that were written, unless the handset's answer
// has done so.
func (o *convertOptions) printResult(result *report.Convert, answered bool) error {
	switch {
	case o.f.JSON:
		return paper.JSON(o.f.Streams.Out, result)
	case answered || o.f.Quiet || o.toStdout():
		return nil
	}
	return report.ConvertText(o.f.Streams, result)
}

// check asks the rules about the files as they were written.
func (o *convertOptions) check(ctx context.Context, p *handset.Profile, made []convert.Output, outputs []factory.Output) (*report.Check, error) {
	c := &checkOptions{f: o.f, passwords: o.passwords, role: o.role, handset: o.handset}
	q, err := c.question(ctx, p, o.handset)
	if err != nil {
		return nil, err
	}
	if o.toStdout() {
		return checkPrinted(ctx, q, made[0])
	}
	var paths []string
	for _, out := range outputs {
		paths = append(paths, out.Path)
	}
	open, err := o.f.Opener(ctx, paths, o.passwords)
	if err != nil {
		return nil, err
	}
	return checkFiles(ctx, q, paths, open, false)
}

// checkPrinted asks the rules about what went to standard output. It is for the
// user to name it: the rules look at it under a name with the ending that the
// handset takes.
func checkPrinted(ctx context.Context, q rules.Question, made convert.Output) (*report.Check, error) {
	name := "OUT" + convert.Ending(made.Format, q.Profile.FilesFor(q.Role).Endings.Value)
	open := func(context.Context, string) (*inspect.File, error) {
		return inspect.Read(name, made.Data, inspect.Options{}), nil
	}
	check, err := checkFiles(ctx, q, []string{name}, open, false)
	if err == nil {
		check.Files[0].Path = factory.StandardStream
	}
	return check, err
}

// printCheck writes the handset's answer. Where standard output carries the
// file itself, only an answer other than yes is worth a word beside it.
func (o *convertOptions) printCheck(check *report.Check) error {
	streams := o.f.Streams
	if o.toStdout() {
		if check.Verdict == finding.Accepted {
			return nil
		}
		streams = o.f.Aside()
	}
	printer := report.NewCheckPrinter(streams, false, o.f.Quiet || o.f.JSON, 1)
	if err := printer.Print(check); err != nil {
		return err
	}
	return printer.Close()
}
