package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// maxTraced is how much of a body is written down, in bytes.
	maxTraced = 16 << 10
	// Cookies of a few characters are settings, such as a language, and would
	// hide half of a page; a session is longer. They are hidden where they are
	// set and sent, as all are.
	minSessionCookie = 8
	// maxSecrets bounds what a phone can add that sets ever new cookies.
	maxSecrets = 128
)

// record is what one conversation leaves in a trace. What was said last is held
// back until it is known which secrets were in it.
type record struct {
	trace   *Trace
	secrets []secret
	count   int
	last    *passage
}

// passage is a request and what became of it.
type passage struct {
	number  int
	asked   time.Time
	address string
	head    []string
	kind    string
	body    []byte

	ended      time.Time
	answered   bool
	answerHead []string
	answerKind string
	answerBody []byte
	failed     *Error
}

func (r *record) secret(name, value string) {
	if r.trace != nil && value != "" {
		r.secrets = append(r.secrets, newSecret(name, value))
	}
}

// cookie hides a session.
func (r *record) cookie(p Pair) {
	if len(p.Value) < minSessionCookie || len(r.secrets) >= maxSecrets {
		return
	}
	name := "cookie " + p.Name
	if !slices.ContainsFunc(r.secrets, func(s secret) bool { return s.value == p.Value }) {
		r.secret(name, p.Value)
	}
}

// asked begins a passage.
func (r *record) asked(now time.Time, m *message, header http.Header) {
	if r.trace == nil {
		return
	}
	r.flush()
	r.count++
	head := []string{m.method + " " + m.url.RequestURI() + " HTTP/1.1", "Host: " + m.url.Host}
	r.last = &passage{
		number: r.count, asked: now, address: addressOf(m.url), head: append(head, lines(header)...),
		kind: header.Get("Content-Type"), body: m.body,
	}
}

func (r *record) answered(now time.Time, a *reply) {
	if r.last == nil {
		return
	}
	p := r.last
	p.ended, p.answered = now, true
	p.answerHead = append([]string{a.Proto + " " + a.Status}, lines(a.Header)...)
	p.answerKind, p.answerBody = a.Header.Get("Content-Type"), a.body
}

func (r *record) failed(now time.Time, e *Error) {
	if r.last != nil {
		r.last.ended, r.last.failed = now, e
	}
}

// lines writes fields, sorted.
func lines(h http.Header) []string {
	var list []string
	for name, values := range h {
		for _, v := range values {
			list = append(list, name+": "+strings.Map(unbroken, v))
		}
	}
	slices.SortStableFunc(list, func(a, b string) int {
		name := func(line string) string { n, _, _ := strings.Cut(line, ":"); return n }
		return cmp.Compare(name(a), name(b))
	})
	return list
}

func unbroken(r rune) rune {
	if r == '\r' || r == '\n' {
		return ' '
	}
	return r
}

// flush writes the passage that was held back.
func (r *record) flush() {
	if r.trace == nil || r.last == nil {
		return
	}
	p := r.last
	r.last = nil
	var b strings.Builder
	const clock = "2006-01-02T15:04:05.000Z"
	fmt.Fprintf(&b, "==== %s %s request %d\n", p.asked.UTC().Format(clock), p.address, p.number)
	r.message(&b, p.head, p.kind, p.body, true)
	if p.answered {
		fmt.Fprintf(&b, "---- %s answer %d\n", p.ended.UTC().Format(clock), p.number)
		r.message(&b, p.answerHead, p.answerKind, p.answerBody, false)
	} else if p.failed != nil {
		sent := "the request had not been sent"
		if p.failed.Sent {
			sent = "the request had been sent"
		}
		text := fmt.Sprintf("%s; %s", p.failed, sent)
		fmt.Fprintf(&b, "---- %s no answer %d: %s\n\n", p.ended.UTC().Format(clock), p.number, hide(text, r.hidden(text)))
	}
	r.trace.write(b.String())
}

// message writes head and body.
func (r *record) message(b *strings.Builder, head []string, kind string, body []byte, request bool) {
	for _, line := range head {
		spans := append(fieldSpans(line), formSpans(line, false)...)
		b.WriteString(hide(line, append(spans, r.hidden(line)...)) + "\n")
	}
	b.WriteString("\n")
	if len(body) > 0 {
		text := r.body(kind, body, request)
		b.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
}

// body writes a body: a text up to maxTraced, a form with files part by part,
// anything else as its length.
func (r *record) body(kind string, body []byte, request bool) string {
	if parts, marker := partsOf(kind, body); parts != nil {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(marker + "\n" + r.part(p))
		}
		b.WriteString(marker + "--\n")
		return b.String()
	}
	if binary(body) {
		return fmt.Sprintf("[%d bytes]", len(body))
	}
	// What a cut would leave of a secret is found before the cut.
	window := string(body[:min(len(body), maxTraced+r.longest())])
	spans := append(formSpans(window, request), scriptSpans(window)...)
	text := hide(window, append(spans, r.hidden(window)...))
	if len(body) > maxTraced {
		text = fmt.Sprintf("%s\n[cut: %d bytes in all]", strings.ToValidUTF8(text[:min(len(text), maxTraced)], ""), len(body))
	}
	return text
}

// part writes one part of a form with files.
func (r *record) part(p part) string {
	head := hide(p.head, r.hidden(p.head))
	if secretField(p.name) {
		return head + "\n\n" + mark(p.name) + "\n"
	}
	return head + "\n\n" + r.body("", p.content, false) + "\n"
}

// hidden are the places of private keys and of the secrets that were named.
func (r *record) hidden(text string) []span {
	spans := keySpans(text)
	for _, s := range r.secrets {
		spans = s.find(text, spans)
	}
	return spans
}

// longest is how long a secret may be in its longest encoding, and more for
// what is found by its field's name.
func (r *record) longest() int {
	most := 4 << 10
	for _, s := range r.secrets {
		most = max(most, len(s.value)*maxEncoded)
	}
	return most
}
