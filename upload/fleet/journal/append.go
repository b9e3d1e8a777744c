package journal

import (
	"encoding/json"

	"github.com/phonecert/phonecert/upload"
)

// batch are the records that wait for one write. done and err are guarded by
// the lock of the commit.
type batch struct {
	lines []byte
	done  bool
	err   error
}

// append adds a record. Whoever comes first writes for all that came meanwhile,
// so that the price of a sync is shared.
func (j *Journal) append(r record) error {
	line, err := encode(r)
	if err != nil {
		return &Error{Path: j.path, Problem: "a record cannot be written as JSON", Hint: "report it as a bug of phonecert", Err: err}
	}
	j.mu.Lock()
	b := j.waiting
	b.lines = append(b.lines, line...)
	j.mu.Unlock()

	j.commit.Lock()
	defer j.commit.Unlock()
	if !b.done {
		j.mu.Lock()
		j.waiting = new(batch)
		j.mu.Unlock()
		b.done, b.err = true, j.write(b.lines)
	}
	return b.err
}

// write adds lines to the file. After an error nothing is written any more: a
// record behind a gap would be taken for one whose forerunners are there too.
func (j *Journal) write(lines []byte) error {
	if j.err != nil {
		return j.err
	}
	_, err := j.file.WriteAt(lines, j.end)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.err = j.writeError(err)
		j.file.Truncate(j.end) // if that fails too, the reader cuts a torn line off
		return j.err
	}
	j.end += int64(len(lines))
	return nil
}

// encode writes a record as one line. A result that is longer than a reader
// takes goes without what is said about it.
func encode(r record) ([]byte, error) {
	line, err := json.Marshal(r)
	if err == nil && len(line) >= MaxLine && r.Result != nil {
		brief := upload.Result{
			Phone: r.Result.Phone, MAC: r.Result.MAC, Handset: r.Result.Handset, Dialect: r.Result.Dialect, Route: r.Result.Route,
			Result: r.Result.Result, Stage: r.Result.Stage, Cause: r.Result.Cause, Rebooted: r.Result.Rebooted,
			LoginRefused: r.Result.LoginRefused, DurationMS: r.Result.DurationMS,
		}
		r.Result = &brief
		line, err = json.Marshal(r)
	}
	return append(line, '\n'), err
}
