package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
)

func page(t *testing.T, w *Wire) string {
	t.Helper()
	var b strings.Builder
	if err := WireHTML(&b, w); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		text := page(t, answer(t, trusted))
		drawing := text[strings.Index(text, "<svg") : strings.Index(text, "</svg>")+6]
		for d := xml.NewDecoder(strings.NewReader(drawing)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		wants := []string{"①", "⑨", ">ClientHello<", ">ServerHelloDone<", "TLS 1.0, 25 suites, no SNI", "prefers-color-scheme"}
		if trusted {
			wants = append(wants, "REGISTERS")
		} else {
			wants = append(wants, "REFUSED", "fatal unknown_ca, the phone hangs up here", "phonecert upload example-root.pem", "[server:default]\n")
		}
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in the page", want)
			}
		}
		for _, outside := range []string{"<script", "src=", "href=", "@import", "url("} {
			if strings.Contains(text, outside) {
				t.Errorf("the page has %q", outside)
			}
		}
	}
}

func TestHostilePage(t *testing.T) {
	evil := "</text><script>alert(1)</script>\u202e\x1b[2J\"'&"
	w := answer(t, false)
	c := &w.Connections[0]
	w.Target, w.Handset, w.Settings[0].Name, w.Gaps = evil, evil, evil, []Gap{{Fact: evil}}
	c.Client, c.Sentence, c.ServerLog, c.Trust.Reason, c.Transcript[1].Name, c.SIP.Server = evil, evil, evil, evil, evil, evil
	c.sent[0].Subject.CommonName = evil
	c.Findings = []finding.Finding{{Code: "x.y", Severity: finding.Error, Message: evil, Fix: evil, Source: evil}}
	c.Remedies = []diagnosis.Remedy{{Program: evil, File: evil, Lines: []string{evil}, Note: evil}}
	if text := page(t, w); strings.Contains(text, "<script") || strings.ContainsAny(text, "\u202e\x1b") {
		t.Errorf("got %s", text)
	}
}
