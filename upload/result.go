// Package upload changes phones: it logs in to a phone's web page, puts
// certificates on it, and proves by reading back that they are there.
package upload

import (
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
)

// Outcome is what became of a push.
type Outcome string

// The outcomes. A push that could not be read back is Unconfirmed, never done.
const (
	Uploaded       Outcome = "uploaded"
	AlreadyPresent Outcome = "already-present"
	Replaced       Outcome = "replaced"
	Unconfirmed    Outcome = "unconfirmed"
	Failed         Outcome = "failed"
	// Skipped: nobody tried, for the run stopped before or the row says so.
	Skipped Outcome = "skipped"
	// Planned: a dry run came to its end.
	Planned Outcome = "planned"
)

// Outcomes lists all of them, the best first.
func Outcomes() []Outcome {
	return []Outcome{Uploaded, Replaced, AlreadyPresent, Planned, Unconfirmed, Failed, Skipped}
}

// Stage is how far a visit to a phone came.
type Stage string

// The stages, in their order. The stage of a result is the last that was begun.
const (
	Connect Stage = "connect"
	Login   Stage = "login"
	Read    Stage = "read"
	Upload  Stage = "upload"
	Verify  Stage = "verify"
	Reboot  Stage = "reboot"
)

// Route is a way by which a certificate gets on a phone.
type Route string

// The routes, in the order in which they are tried.
const (
	Form    Route = "form"
	Browser Route = "browser"
	Import  Route = "import"
)

// Routes lists all of them in that order.
func Routes() []Route { return []Route{Form, Browser, Import} }

// Result is what became of one phone.
type Result struct {
	// Phone is the address as it was given.
	Phone    string       `json:"phone"`
	MAC      string       `json:"mac,omitempty"`
	Model    string       `json:"model,omitempty"`
	Firmware string       `json:"firmware,omitempty"`
	Handset  string       `json:"handset,omitempty"`
	Dialect  dialect.Name `json:"dialect,omitempty"`
	Route    Route        `json:"route,omitempty"`
	Result   Outcome      `json:"result"`
	Stage    Stage        `json:"stage,omitempty"`
	// Cause is the code of the finding that decided on a failure.
	Cause string `json:"cause,omitempty"`
	// Files is what became of each file, in the order in which they were given.
	Files    []FileResult      `json:"files,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"`
	// Installed is what the phone's list shows; a dry run tells it.
	Installed []Installed `json:"installed,omitempty"`
	// Rebooted says that the phone was told to restart.
	Rebooted bool `json:"rebooted,omitempty"`
	// LoginRefused says that the phone did not let in: a wrong password, a
	// locked account.
	LoginRefused bool  `json:"login_refused,omitempty"`
	DurationMS   int64 `json:"duration_ms"`
}

// FileResult is what became of one file on one phone.
type FileResult struct {
	File   string  `json:"file"`
	Result Outcome `json:"result"`
	Route  Route   `json:"route,omitempty"`
	// Plan is what would be posted, after a dry run.
	Plan string `json:"plan,omitempty"`
}

// Installed is a certificate on the phone, as its list shows it.
type Installed struct {
	IssuedTo   string `json:"issued_to"`
	IssuedBy   string `json:"issued_by"`
	Expiration string `json:"expiration"`
}

// Event is a moment of a visit that must be known after the process was killed.
type Event string

// The events, each told before the thing is done.
const (
	Posting   Event = "posting"
	Rebooting Event = "rebooting"
)

// Duration is how long the visit took.
func (r *Result) Duration() time.Duration { return time.Duration(r.DurationMS) * time.Millisecond }
