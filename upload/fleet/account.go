package fleet

import "github.com/phonecert/phonecert/upload"

// account counts a row and tells of it. Every row comes here exactly once.
func (r *run) account(f Finished, visited bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &r.counts
	c.Seen++
	if visited {
		c.InHand--
		c.Visited++
	}
	if f.Earlier {
		c.Earlier++
	}
	switch f.Result.Result {
	case upload.Failed, upload.Unconfirmed:
		c.Failed++
	case upload.Skipped:
		c.Skipped++
	default:
		c.Done++
	}
	r.tally.add(&f, visited)
	if err := r.Each(f); err != nil {
		r.halt(remark("run.output", "go on with --resume once it can be written", "the results cannot be written: %v", err), err)
	}
	if visited && !f.left {
		r.judge(&f)
	}
	r.Progress(*c)
}

// inHand tells that a visit begins.
func (r *run) inHand() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.InHand++
	r.Progress(r.counts)
}
