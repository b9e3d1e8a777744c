package fleet

import (
	"cmp"
	"maps"
	"slices"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload"
)

// Counts is how far a run has come.
type Counts struct {
	// Total is how many rows the list has, 0 when that is not known; Seen are
	// accounted for.
	Total, Seen int
	// InHand are the visits under way, Visited those that this process finished.
	InHand, Visited int
	// Done, Failed and Skipped part those that were seen; phones that could not
	// be confirmed are among the failed.
	Done, Failed, Skipped int
	// Earlier were done by an earlier process.
	Earlier int
}

// Summary is what a run came to.
type Summary struct {
	// Phones counts the rows of the list, Results what became of them.
	Phones  int                    `json:"phones"`
	Results map[upload.Outcome]int `json:"results"`
	// Models are the phones by model, the most frequent first.
	Models []Model `json:"models"`
	// Causes are what stood in the way, the most frequent first.
	Causes []Cause `json:"causes"`
	// Failed, Unconfirmed and LoginRefused decide on the exit code, as does
	// NotReached: the phones to which nobody came.
	Failed       int `json:"failed"`
	Unconfirmed  int `json:"unconfirmed"`
	LoginRefused int `json:"login_refused"`
	NotReached   int `json:"not_reached"`
	// Earlier counts the phones that an earlier process did. Unlisted are in the
	// journal and no longer in the list; nothing else tells of them.
	Earlier  int `json:"earlier"`
	Unlisted int `json:"unlisted"`
	// Stopped is why not every row had its turn; nil when each had.
	Stopped     *finding.Finding `json:"stopped"`
	Interrupted bool             `json:"interrupted"`
	DurationMS  int64            `json:"duration_ms"`
}

// Model is what became of the phones of one model.
type Model struct {
	// Model is as the phone calls itself, else as the list does.
	Model   string                 `json:"model"`
	Phones  int                    `json:"phones"`
	Results map[upload.Outcome]int `json:"results"`
}

// Cause is what stood in the way, and how often.
type Cause struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
	// Message and Fix are those of the first phone.
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

const (
	// maxKinds is how many models and how many causes are told apart. A phone
	// calls itself what it likes.
	maxKinds = 256
	// others is the model of those beyond.
	others = "others"
	// notKnown is the model of a phone that nobody named.
	notKnown = "not known"
)

// tally adds results up.
type tally struct {
	Summary
	models map[string]*Model
	causes map[string]*Cause
	// bad are the visits of this process that came to no good end, left the
	// phones that did not have their turn.
	bad, left int
}

func newTally() tally {
	return tally{Summary: Summary{Results: map[upload.Outcome]int{}}, models: map[string]*Model{}, causes: map[string]*Cause{}}
}

// add takes a result in.
func (t *tally) add(f *Finished, visited bool) {
	r := &f.Result
	t.Phones++
	t.Results[r.Result]++
	switch {
	case r.Result == upload.Failed:
		t.Failed++
	case r.Result == upload.Unconfirmed:
		t.Unconfirmed++
	case f.left:
		t.NotReached++
	}
	if r.LoginRefused {
		t.LoginRefused++
	}
	if f.Earlier {
		t.Earlier++
	}
	if f.left {
		t.left++
	}
	if visited && !f.left && (r.Result == upload.Failed || r.Result == upload.Unconfirmed) {
		t.bad++
	}
	model := entry(t.models, cmp.Or(r.Model, r.Handset, notKnown), others, func(name string) *Model {
		return &Model{Model: name, Results: map[upload.Outcome]int{}}
	})
	model.Phones++
	model.Results[r.Result]++
	if r.Cause == "" {
		return
	}
	why := because(r)
	entry(t.causes, r.Cause, others, func(code string) *Cause { return &Cause{Code: code, Message: why.Message, Fix: why.Fix} }).Count++
}

// entry finds what belongs to a name, and the place of all others when there
// are too many.
func entry[T any](all map[string]*T, name, others string, create func(name string) *T) *T {
	if e, known := all[name]; known {
		return e
	}
	if len(all) >= maxKinds {
		name = others
	}
	if all[name] == nil {
		all[name] = create(name)
	}
	return all[name]
}

// because is the finding that decided on a result.
func because(r *upload.Result) finding.Finding {
	if at := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Code == r.Cause }); at >= 0 {
		return r.Findings[at]
	}
	return finding.Finding{Code: r.Cause}
}

// summary is what has been added up.
func (t *tally) summary() Summary {
	s := t.Summary
	s.Models, s.Causes = []Model{}, []Cause{}
	for _, m := range t.models {
		s.Models = append(s.Models, *m)
	}
	for _, c := range t.causes {
		s.Causes = append(s.Causes, *c)
	}
	slices.SortFunc(s.Models, func(a, b Model) int { return cmp.Or(b.Phones-a.Phones, cmp.Compare(a.Model, b.Model)) })
	slices.SortFunc(s.Causes, func(a, b Cause) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Code, b.Code)) })
	s.Results = maps.Clone(t.Results)
	return s
}
