// Package journal keeps what a run over many phones has done, in a file to
// which lines are only ever added. A record that was acknowledged is on the
// disk: a run that was killed goes on from there.
package journal

import (
	"sync"
	"time"

	"github.com/phonecert/phonecert/upload"
)

// Header tells one run from another.
type Header struct {
	// Run names the run.
	Run string
	// Order is a fingerprint of what is to be done to each phone. A run goes on
	// only with the order with which it began.
	Order string
	// Inventory is the name of the list.
	Inventory string
	Time      time.Time
}

// Options say what becomes of a journal that is there already.
type Options struct {
	// Resume goes on with it. Where there is none a new one is begun, for a run
	// may be killed before its first record.
	Resume bool
	// Replace begins anew when it is complete, or tells of no phone at all. Any
	// other is never lost.
	Replace bool
	// Open opens or creates the file, for nobody else at the same time; nil is
	// the file system.
	Open func(path string) (File, error)
}

// Journal is an open journal. Its methods may be called by many at once.
type Journal struct {
	path string
	file File
	// earlier is what stood in the file when it was opened.
	earlier state

	// mu guards waiting, commit everything below it and the file's end.
	mu      sync.Mutex
	waiting *batch
	commit  sync.Mutex
	end     int64
	err     error
}

// Earlier is what an earlier process left in the journal.
type Earlier struct {
	// Run is "" when the journal is new.
	Run       string
	Inventory string
	Time      time.Time
	// Done and Interrupted count phones.
	Done, Interrupted int
	// Complete: every phone of the list had its turn.
	Complete bool
}

// Open opens a journal and reads what is in it. A journal in the way is an
// *ExistsError, anything else an *Error.
func Open(path string, h Header, o Options) (*Journal, error) {
	open := o.Open
	if open == nil {
		open = openFile
	}
	file, err := open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	j := &Journal{path: path, file: file, waiting: new(batch)}
	if err := j.begin(h, o); err != nil {
		file.Close()
		return nil, err
	}
	return j, nil
}

// begin reads the file and decides what to do with it.
func (j *Journal) begin(h Header, o Options) error {
	s, end, err := read(j.file)
	if err != nil {
		err.Path = j.path
		return err
	}
	switch {
	case s.Run == "":
	case o.Resume && s.order != h.Order:
		return &Error{Path: j.path, Problem: "it is of a run with other files or options",
			Hint: "give the files and options of that run, or leave out --resume and name another journal"}
	case o.Resume:
		j.earlier = s
		// What a kill left half written is cut off by writing over it.
		return j.start(end, record{Kind: kindResume, Run: h.Run, Inventory: h.Inventory, Time: &h.Time})
	case !o.Replace || !s.Complete && s.Done+s.Interrupted > 0:
		return &ExistsError{Path: j.path, Complete: s.Complete, Done: s.Done, Interrupted: s.Interrupted}
	}
	return j.start(0, record{Kind: kindRun, SchemaVersion: SchemaVersion, Run: h.Run, Order: h.Order, Inventory: h.Inventory, Time: &h.Time})
}

// start cuts the file off and writes the first record of this process.
func (j *Journal) start(end int64, r record) error {
	if err := j.file.Truncate(end); err != nil {
		return j.writeError(err)
	}
	j.end = end
	return j.append(r)
}

// Earlier is what an earlier process left; its Run is "" in a new journal.
func (j *Journal) Earlier() Earlier { return j.earlier.Earlier }

// Result gives what became of a phone in an earlier process. It is read from
// the file, for the results of a large fleet would fill the memory.
func (j *Journal) Result(phone string) (r upload.Result, done bool, err error) {
	p, known := j.earlier.phones[phone]
	if !known || !p.done {
		return r, false, nil
	}
	line := make([]byte, p.size)
	if _, err := j.file.ReadAt(line, p.at); err != nil {
		return r, false, &Error{Path: j.path, Problem: "it cannot be read again", Hint: "look whether the disk is in order, then go on with --resume", Err: reason(err)}
	}
	var found struct{ Result *upload.Result }
	if !decode(line, &found) || found.Result == nil {
		return r, false, &Error{Path: j.path, Problem: "it was changed by somebody else meanwhile", Hint: "leave it alone during a run, then go on with --resume"}
	}
	return *found.Result, true, nil
}

// Interrupted gives what an earlier process was about to do to a phone when it
// was killed; false when it never began with the phone, or came to its end.
func (j *Journal) Interrupted(phone string) (before []upload.Event, interrupted bool) {
	p, known := j.earlier.phones[phone]
	if !known || p.done {
		return nil, false
	}
	return p.events(), true
}

// Start notes that a visit begins. This and all that follow come back when the
// record is on the disk; an *Error says that it is not.
func (j *Journal) Start(phone string, line int) error {
	return j.append(record{Kind: kindStart, Phone: phone, Line: line})
}

// Note notes what is about to be done to a phone.
func (j *Journal) Note(phone string, e upload.Event) error {
	return j.append(record{Kind: kindEvent, Phone: phone, Event: e})
}

// Done notes what became of a phone: it is not touched again.
func (j *Journal) Done(phone string, r *upload.Result) error {
	return j.append(record{Kind: kindDone, Phone: phone, Result: r})
}

// End notes that every phone of the list had its turn.
func (j *Journal) End(at time.Time) error { return j.append(record{Kind: kindEnd, Time: &at}) }

// Close closes the file, and lets others at it.
func (j *Journal) Close() error {
	j.commit.Lock()
	defer j.commit.Unlock()
	if j.err == nil {
		j.err = &Error{Path: j.path, Problem: "it is closed", Hint: "go on with --resume"}
	}
	return reason(j.file.Close())
}
