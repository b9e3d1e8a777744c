package commands

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/internal/report"
)

type certificateList = []*certificate.Certificate

// number reads a count that is not negative.
func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// holdStdin reads standard input once when it is among the files, for it can
// be read only once and may be asked about for several handsets.
func (f *Factory) holdStdin(ctx context.Context, paths []string) (*disk.Content, error) {
	for _, path := range paths {
		if path == "-" {
			content, err := disk.ReadStream(ctx, f.Streams.In)
			return &content, err
		}
	}
	return nil, nil
}

// checkFiles checks the files for one handset, a few at a time: no more of
// them are in memory than there are processors.
func (f *Factory) checkFiles(ctx context.Context, paths []string, stdin *disk.Content, q rules.Question, o *checkOptions) (*report.Check, error) {
	result := report.NewCheck(q, len(paths))
	batch := rules.NewBatch(q, len(paths))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(paths)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					return
				}
				file, err := f.openOnce(ctx, paths[i], stdin, o.passwords)
				if err != nil {
					result.Files[i] = report.UnreadFile(paths[i], err)
					continue
				}
				result.Files[i] = report.NewCheckFile(file, batch.Check(i, file))
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	byPlace, overall := batch.Together()
	for place, findings := range byPlace {
		result.Files[place].Findings = append(result.Files[place].Findings, findings...)
	}
	result.Findings = overall
	result.Decide(o.strict)
	return result, nil
}

func (f *Factory) openOnce(ctx context.Context, path string, stdin *disk.Content, pw *passwords) (*inspect.File, error) {
	if path == "-" && stdin != nil {
		return read(ctx, path, *stdin, pw), nil
	}
	return f.open(ctx, path, pw)
}
