package trust

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/walk"
)

// Kind is what a change does.
type Kind string

// The kinds of change.
const (
	SendIntermediate Kind = "send-intermediate"
	DropCertificate  Kind = "drop-certificate"
	SendOnly         Kind = "send-only"
	SetClock         Kind = "set-clock"
	Renew            Kind = "renew"
	SwitchCA         Kind = "switch-ca"
	AddRoot          Kind = "add-root"
	UseName          Kind = "use-name"
)

// Change is something that would make the phone trust the chain.
type Change struct {
	Kind Kind `json:"kind"`
	// Message says what to do, without a full stop.
	Message string `json:"message"`
	// Tried says that the change was tried and makes the path, or the name,
	// pass; false for a root that is not at hand.
	Tried bool `json:"tried"`
	// Subject, KeyID (hex) and SHA256 name the certificate in question, as far
	// as it is known.
	Subject string `json:"subject,omitempty"`
	KeyID   string `json:"key_id,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	// Value is the clock (RFC 3339), the setting, or the name.
	Value       string                   `json:"value,omitempty"`
	Certificate *certificate.Certificate `json:"-"`
}

// maxCandidates bounds the certificates that are tried one by one, so that a
// server that sends thousands costs no more than one that sends a few.
const maxCandidates = 8

// passes tries a changed question.
func (j *judge) passes(q Question) bool {
	trusted, known := certain(j.outcomes(q))
	return known && trusted
}

// changes tries what an admin could do, one thing after another.
func (j *judge) changes(q Question, outcomes []outcome) []Change {
	list := []Change{}
	if len(outcomes) == 0 {
		return list
	}
	shown := shown(outcomes)
	missing := q.missing()
	list = append(list, j.trySending(q, missing)...)
	dropping := j.tryDropping(q, shown)
	if len(dropping) == 0 {
		dropping = j.trySelecting(q)
	}
	list = append(list, dropping...)
	list = append(list, j.tryClock(q, shown)...)
	for _, ca := range []string{"default", "custom", "all"} {
		changed := q
		changed.Settings.CA = ca
		if ca != q.Settings.CA && j.passes(changed) {
			list = append(list, Change{Kind: SwitchCA, Tried: true, Value: ca, Message: "set CA Certificates to " + ca})
		}
	}
	list = append(list, j.tryRoots(q, missing)...)
	if len(list) == 0 {
		list = wantedRoot(shown)
	}
	return list
}

// missing are given certificates that stand between what is sent and a root.
func (q Question) missing() []*certificate.Certificate {
	var list []*certificate.Certificate
	candidates := append(slices.Clip(q.Sent[:min(len(q.Sent), 10*maxCandidates)]), q.Given...)
	for _, c := range certificate.Path(q.Sent[0], candidates)[1:] {
		if !c.SelfIssued() && !contains(q.Sent, c) {
			list = append(list, c)
		}
	}
	return list[:min(len(list), maxCandidates)]
}

func contains(list []*certificate.Certificate, c *certificate.Certificate) bool {
	return slices.ContainsFunc(list, func(o *certificate.Certificate) bool { return bytes.Equal(o.Raw, c.Raw) })
}

func (j *judge) trySending(q Question, missing []*certificate.Certificate) []Change {
	changed := q
	changed.Sent = append(slices.Clip(q.Sent), missing...)
	if len(missing) == 0 || !j.passes(changed) {
		return nil
	}
	var list []Change
	for _, c := range missing {
		list = append(list, about(c, Change{Kind: SendIntermediate, Tried: true, Message: fmt.Sprintf("let the server send %q too", certificate.ShortName(c.Subject))}))
	}
	return list
}

// tryDropping leaves out one certificate of the path, as for a cross-sign.
func (j *judge) tryDropping(q Question, shown outcome) []Change {
	var list []Change
	for i, f := range shown.walk.Path[:min(len(shown.walk.Path), shown.walk.Untrusted, maxCandidates)] {
		if i == 0 {
			continue
		}
		changed := q
		changed.Sent = slices.DeleteFunc(slices.Clone(q.Sent), func(c *certificate.Certificate) bool { return bytes.Equal(c.Raw, f.Raw) })
		if len(changed.Sent) > 0 && j.passes(changed) {
			list = append(list, about(f.Certificate, Change{Kind: DropCertificate, Tried: true,
				Message: fmt.Sprintf("take %q, issued by %q, out of what the server sends", certificate.ShortName(f.Subject), certificate.ShortName(f.Issuer))}))
		}
	}
	return list
}

// tryClock sets the clock into the validity of the whole path. That a clock set
// back would help says that the certificate must be renewed.
func (j *judge) tryClock(q Question, shown outcome) []Change {
	from, until := shown.walk.Path[0].NotBefore, shown.walk.Path[0].NotAfter
	first := shown.walk.Path[0]
	for _, f := range shown.walk.Path {
		if f.NotBefore.After(from) {
			from = f.NotBefore
		}
		if f.NotAfter.Before(until) {
			until, first = f.NotAfter, f
		}
	}
	changed := q
	switch changed.Clock = from; {
	case !from.Before(until):
	case q.Clock.Before(from) && j.passes(changed):
		return []Change{{Kind: SetClock, Tried: true, Value: from.UTC().Format(time.RFC3339),
			Message: fmt.Sprintf("set the phone's clock, which must be past %s and before %s", walk.Day(from), walk.Day(until))}}
	case !q.Clock.Before(until) && j.passes(changed):
		return []Change{about(first.Certificate, Change{Kind: Renew, Tried: true,
			Message: fmt.Sprintf("renew %q, which expired on %s", certificate.ShortName(first.Subject), walk.Day(until))})}
	}
	return nil
}

// tryRoots uploads each root at hand; where custom certificates are not in
// force, CA Certificates must be set too; where an intermediate is not sent,
// it must be.
func (j *judge) tryRoots(q Question, missing []*certificate.Certificate) []Change {
	type setting struct {
		Question
		words string
	}
	settings := []setting{{q, ""}}
	if q.Settings.CA != "all" {
		q.Settings.CA = "all"
		settings = append(settings, setting{q, " and set CA Certificates to all"})
	}
	if len(missing) > 0 {
		q.Sent = append(slices.Clip(q.Sent), missing...)
		words := settings[len(settings)-1].words + fmt.Sprintf(", and let the server send %q too", certificate.ShortName(missing[0].Subject))
		settings = append(settings, setting{q, words})
	}
	// What passes without any root says nothing about one.
	settings = slices.DeleteFunc(settings, func(s setting) bool { return j.passes(s.Question) })
	var list []Change
	for _, c := range q.newRoots() {
		for _, s := range settings {
			changed := s.Question
			changed.Custom = append(slices.Clip(q.Custom), c)
			if j.passes(changed) {
				message := fmt.Sprintf("upload the root %q to the phone as a trusted certificate", certificate.ShortName(c.Subject))
				list = append(list, about(c, Change{Kind: AddRoot, Tried: true, Message: message + s.words}))
				break
			}
		}
	}
	return list
}

// newRoots are the roots at hand that were not uploaded yet.
func (q Question) newRoots() []*certificate.Certificate {
	var list []*certificate.Certificate
	for _, c := range append(slices.Clip(q.Sent), q.Given...) {
		if c.SelfIssued() && !contains(q.Custom, c) && !contains(list, c) && len(list) < maxCandidates {
			list = append(list, c)
		}
	}
	return list
}

// wantedRoot names the issuer that nobody has.
func wantedRoot(shown outcome) []Change {
	if !shown.wantsIssuer() {
		return []Change{}
	}
	f := shown.walk.Path[shown.walk.At]
	change := Change{Kind: AddRoot, Subject: certificate.NameString(f.Issuer), KeyID: hex.EncodeToString(f.IssuerKeyID())}
	change.Message = fmt.Sprintf("get %q, the issuer of %q, and give it along: if it is a root upload it to the phone, if not let the server send it", change.Subject, certificate.ShortName(f.Subject))
	if shown.walk.Circles() {
		change.Message = fmt.Sprintf("get the root %q and upload it to the phone: what the server sends of that name is no root", change.Subject)
	}
	return []Change{change}
}

func about(c *certificate.Certificate, change Change) Change {
	change.Certificate, change.Subject, change.SHA256 = c, certificate.NameString(c.Subject), c.SHA256()
	change.KeyID = hex.EncodeToString(c.SubjectKeyId)
	return change
}
