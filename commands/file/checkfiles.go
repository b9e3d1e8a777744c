package file

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/report"
)

// checkFiles checks the files for one handset, a few at a time: no more of
// them are in memory than there are processors.
func checkFiles(ctx context.Context, q rules.Question, paths []string, open factory.Opener, strict bool) (*report.Check, error) {
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
				file, err := open(ctx, paths[i])
				if err != nil {
					result.Files[i] = report.UnreadFile(paths[i], err)
					continue
				}
				findings, verdict := batch.Check(i, file)
				result.Files[i] = report.NewCheckFile(file, findings, verdict)
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
	result.Decide(strict)
	return result, nil
}
