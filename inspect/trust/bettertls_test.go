package trust

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// TestBetterTLS: the answers are what the suite expects or known to differ.
func TestBetterTLS(t *testing.T) {
	cases, certificates := trusttest.BetterTLS(t)
	matchExpected(t, cases, trusttest.Parsed(t, certificates))
}

// matchExpected asks every library. What differs from the suite stands in
// bettertlsDifferences, and nothing else does.
func matchExpected(t *testing.T, cases []trusttest.Case, read map[string]*certificate.Certificate) {
	t.Helper()
	listed := readDifferences(t)
	agree, differ := 0, map[string]int{}
	for _, library := range handset.Libraries() {
		j := newJudge() // Judge, with one memory for all cases
		for _, c := range cases {
			if !c.AskedOf(library) {
				continue
			}
			q := Question{Library: library, Clock: time.Unix(c.Clock, 0), Name: c.Host,
				Settings: Settings{OnlyTrusted: "on", CA: "custom", CNValidation: "on"},
				Sent:     trusttest.Pick(read, c.Sent), Custom: trusttest.Pick(read, c.Store)}
			v := j.answer(q)
			if c.Kind != "names" && (v.Name.Fit != "exact" || answered(v.Connects) != answered(v.Trusted)) {
				t.Errorf("%s, %s %s: name %s, path %s, connection %s", library, c.Kind, c.Name, v.Name.Fit, answered(v.Trusted), answered(v.Connects))
			}
			if c.Kind != "names" {
				checkAdvice(t, q, c, v)
			}
			place := differencePlace{library, c.Kind, c.Number}
			why, known := listed[place]
			delete(listed, place)
			got := answered(v.Connects) + " " + strings.TrimPrefix(v.Code, "X509_V_")
			switch asExpected := v.Connects != nil && *v.Connects == c.Accept; {
			case asExpected && known:
				t.Errorf("%s, %s %s (%s): as the suite expects, take it off: %s", library, c.Kind, c.Name, c.Number, why.cause)
			case asExpected:
				agree++
			case got != why.answer:
				t.Errorf("%s, %s %s (%s): %s, want %s, listed %q", library, c.Kind, c.Name, c.Number, got, answered(&c.Accept), why.answer)
			default:
				differ[why.cause]++
			}
		}
	}
	for place := range listed {
		t.Errorf("%v is listed and not a case", place)
	}
	t.Logf("%d cases, %d answers agree", len(cases), agree)
	for cause, n := range differ {
		t.Logf("%d differ: %s", n, cause)
	}
}

// checkAdvice: the issuer that is said to be missing is, and where the library
// could follow a path that is sent, there is advice that leads to it.
func checkAdvice(t *testing.T, q Question, c trusttest.Case, v Verdict) {
	t.Helper()
	end := v.Path[len(v.Path)-1].Certificate
	for _, sent := range q.Sent {
		if strings.Contains(v.Reason, "neither sent nor held") && bytes.Equal(sent.RawSubject, end.RawIssuer) {
			t.Errorf("%s, %s %s: %s", q.Library, c.Kind, c.Name, v.Reason)
		}
	}
	unverifiable := q.Library == handset.OpenSSL098 && c.Kind == "suite"
	helps := func(c Change) bool { return c.Tried && (c.Kind == DropCertificate || c.Kind == SendOnly) }
	if c.Accept && answered(v.Trusted) != "connects" && !unverifiable && !slices.ContainsFunc(v.Changes, helps) {
		t.Errorf("%s, %s %s: no advice: %s", q.Library, c.Kind, c.Name, v.Reason)
	}
}

// answered words a verdict that may be unknown.
func answered(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "connects"
	}
	return "refused"
}
