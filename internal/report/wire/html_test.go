package wire

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
)

func pageOf(t *testing.T, w *Answer) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, w); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		text := pageOf(t, answer(t, trusted))
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
	if text := pageOf(t, w); strings.Contains(text, "<script") || strings.ContainsAny(text, "\u202e\x1b") {
		t.Errorf("got %s", text)
	}
}

// TestPageTellsDoubt: what is not known is no error, on a page as on a screen.
func TestPageTellsDoubt(t *testing.T) {
	w := answer(t, false)
	w.Connections[0].Findings = []finding.Finding{{Code: "x.y", Severity: finding.Error, Message: "perhaps", Basis: finding.Assumed, Source: "nobody"}}
	if text := pageOf(t, w); !strings.Contains(text, `<strong class="doubt">not known</strong>`) || !strings.Contains(text, "assumed: nobody") {
		t.Errorf("got %s", text)
	}
}

// TestPageNamesTheSides: the lines of life have names, general ones where the
// addresses are too long for the drawing.
func TestPageNamesTheSides(t *testing.T) {
	w := answer(t, false)
	if text := pageOf(t, w); !strings.Contains(text, ">yealink-t28p</text>") {
		t.Error("the phone has no name")
	}
	w.Connections[0].Client, w.Connections[0].Server = "[2001:db8:1111:2222:3333:4444:5555:6666]:50000", "[2001:db8:1111:2222:3333:4444:5555:7777]:5061"
	if text := pageOf(t, w); !strings.Contains(text, ">phone</text>") || !strings.Contains(text, ">server</text>") {
		t.Error("long addresses have no general names")
	}
}

// TestPageWithoutAnArrow: where nothing was said there is no drawing.
func TestPageWithoutAnArrow(t *testing.T) {
	e := diagnosis.Evidence{Live: true, Transcript: handshake.Decode(nil, []byte("SIP/2.0 400 Bad Request\r\n\r\n")), Outcome: diagnosis.Outcome{Ending: diagnosis.NotTLS}}
	w := New("probe", nil, "pbx.example.com")
	w.Add(NewConnection(e, diagnosis.Diagnosis{}))
	if text := pageOf(t, w); strings.Contains(text, "<svg") || !strings.Contains(text, ">the server speaks SIP: SIP/2.0 400 Bad Request</p>") {
		t.Errorf("got %s", text)
	}
}
