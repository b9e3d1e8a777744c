package diagnosis

import (
	"github.com/phonecert/phonecert/inspect/diagnosis/remedy"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Verdict is the answer for a connection.
type Verdict string

// The verdicts. For an https target Registers means that the phone fetches its
// file.
const (
	Registers Verdict = "registers"
	Refuses   Verdict = "refused"
	Unknown   Verdict = "unknown"
)

// Remedy is what to write into the configuration of one program.
type Remedy = remedy.Remedy

// Diagnosis is what the evidence shows.
type Diagnosis struct {
	Verdict Verdict
	// Sentence is the answer in one sentence, without a full stop.
	Sentence string
	// ServerLog is what the server's log shows, as OpenSSL words it; "" when
	// nothing is known of it.
	ServerLog string
	// Findings stand in the order of the connection: what comes first on the
	// wire comes first here.
	Findings []finding.Finding
	// Remedies are the lines that change the server, for each program that may
	// be the server.
	Remedies []Remedy
}

// Diagnose draws the conclusions. The verdict is Registers when every step that
// was looked at succeeds, and those on which the answer hangs were looked at.
func Diagnose(e Evidence) Diagnosis {
	s := newSubject(e)
	for _, r := range table() {
		r.apply(s)
	}
	if s.listening() { // nobody is to change what the tool chose for itself
		s.need = remedy.Need{}
	}
	return Diagnosis{
		Verdict:   s.verdict(),
		Sentence:  s.sentence(),
		ServerLog: s.serverLog(),
		Findings:  s.findings,
		Remedies:  remedy.For(s.need),
	}
}
