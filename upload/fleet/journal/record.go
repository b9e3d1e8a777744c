package journal

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/phonecert/phonecert/upload"
)

const (
	// SchemaVersion is the version of the format.
	SchemaVersion = 1
	// MaxLine is the longest line that is read, in bytes.
	MaxLine = 1 << 20
)

// kind is what a record tells.
type kind string

// The kinds. A file begins with a run; each process that goes on with it adds a
// resume.
const (
	kindRun    kind = "run"
	kindResume kind = "resume"
	kindStart  kind = "start"
	kindEvent  kind = "event"
	kindDone   kind = "done"
	kindEnd    kind = "end"
)

// record is one line.
type record struct {
	Kind          kind           `json:"record"`
	SchemaVersion int            `json:"schema_version,omitempty"`
	Run           string         `json:"run,omitempty"`
	Order         string         `json:"order,omitempty"`
	Inventory     string         `json:"inventory,omitempty"`
	Time          *time.Time     `json:"time,omitempty"`
	Phone         string         `json:"phone,omitempty"`
	Line          int            `json:"line,omitempty"`
	Event         upload.Event   `json:"event,omitempty"`
	Result        *upload.Result `json:"result,omitempty"`
}

// decode reads a JSON object.
func decode(line []byte, into any) bool {
	return bytes.HasPrefix(line, []byte("{")) && json.Unmarshal(line, into) == nil
}

// state is what the records come to.
type state struct {
	Earlier
	order  string
	phones map[string]phone
}

// phone is what is kept of a phone: where its result stands, or what was about
// to be done to it.
type phone struct {
	at   int64
	size int32
	done bool
	// posting and rebooting are the events that there are; a list of them would
	// take more memory.
	posting, rebooting bool
}

func (p phone) events() (list []upload.Event) {
	if p.posting {
		list = append(list, upload.Posting)
	}
	if p.rebooting {
		list = append(list, upload.Rebooting)
	}
	return list
}

// take adds a record, which stands at a place of the file. problem is what is
// wrong with it, "" when nothing is.
func (s *state) take(r *record, at int64, size int) (problem string) {
	p := s.phones[r.Phone]
	switch r.Kind {
	case kindRun:
		switch {
		case s.Run != "":
			return "a second run begins in it"
		case r.SchemaVersion > SchemaVersion:
			return "it was written by a later phonecert"
		case r.SchemaVersion < 1 || r.Run == "" || r.Time == nil:
			return "its first line does not tell the run"
		}
		s.order = r.Order
		s.Earlier = Earlier{Run: r.Run, Inventory: r.Inventory, Time: *r.Time}
		s.phones = map[string]phone{}
		return ""
	case kindResume:
		return s.needs(true)
	case kindEnd:
		s.Complete = true
		return s.needs(true)
	case kindStart:
		if p.done {
			p = phone{}
		}
	case kindEvent:
		switch r.Event {
		case upload.Posting:
			p.posting = true
		case upload.Rebooting:
			p.rebooting = true
		default:
			return "an event is not known"
		}
	case kindDone:
		if r.Result == nil || !slices.Contains(upload.Outcomes(), r.Result.Result) {
			return "a phone is done without a result"
		}
		p = phone{at: at, size: int32(size), done: true}
	default:
		return "it is no record of a journal"
	}
	s.Complete = false // a phone came to the list after its end
	s.put(r.Phone, p)
	return s.needs(r.Phone != "")
}

// needs checks that a run has begun, and one thing more.
func (s *state) needs(more bool) (problem string) {
	if s.Run == "" || !more {
		return "it is no record of a journal"
	}
	return ""
}

// put keeps what is known of a phone, and counts.
func (s *state) put(key string, p phone) {
	if s.phones == nil {
		return
	}
	if before, known := s.phones[key]; known && before.done {
		s.Done--
	} else if known {
		s.Interrupted--
	}
	if p.done {
		s.Done++
	} else {
		s.Interrupted++
	}
	s.phones[key] = p
}
