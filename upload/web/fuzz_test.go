package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

func seeded(f *testing.F, name string) {
	f.Helper()
	if seeds, err := os.ReadDir("testdata/fuzz/" + name); err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
}

// FuzzSecret: a secret is found in whatever surrounds it.
func FuzzSecret(f *testing.F) {
	seeded(f, "FuzzSecret")
	f.Fuzz(func(t *testing.T, before, value, after string) {
		if value == "" || len(value) > 64 {
			return
		}
		s := newSecret("x", value)
		quoted, _ := json.Marshal(value)
		for _, text := range []string{
			value, url.QueryEscape(value), url.PathEscape(value), html.EscapeString(value), hex.EncodeToString([]byte(value)), string(quoted[1 : len(quoted)-1]),
		} {
			if strings.ToValidUTF8(value, "") != value && strings.Contains(text, `\ufffd`) {
				continue // what JSON has made of it tells nothing
			}
			from, to := len(before), len(before)+len(text)
			hidden := make([]bool, len(before+text+after))
			for _, span := range s.find(before+text+after, nil) {
				for i := span.from; i < span.to; i++ {
					hidden[i] = true
				}
			}
			for i := from; i < to; i++ {
				if !hidden[i] {
					t.Fatalf("%q in %q: byte %d is seen", value, before+text+after, i)
				}
			}
		}
	})
}

// FuzzTrace: whatever comes is written, in little space.
func FuzzTrace(f *testing.F) {
	seeded(f, "FuzzTrace")
	f.Fuzz(func(t *testing.T, kind, head, body string) {
		var out bytes.Buffer
		r := record{trace: NewTrace(&out, nil)}
		r.secret("password", "hunter2")
		r.last = &passage{asked: time.Unix(0, 0), head: []string{head}, kind: kind, body: []byte(body), answered: true, answerKind: kind, answerBody: []byte(body)}
		r.flush()
		if strings.Contains(out.String(), "hunter2") || strings.ContainsRune(out.String(), '\x1b') {
			t.Errorf("%q", out.String())
		}
	})
}

// FuzzSendsOn: no page makes the conversation leave the phone.
func FuzzSendsOn(f *testing.F) {
	seeded(f, "FuzzSendsOn")
	base, _ := url.Parse("https://192.0.2.55/a")
	f.Fuzz(func(t *testing.T, page string) {
		target := sendsOn(http.StatusOK, nil, []byte(page))
		to, failed := within(base, target)
		if failed == nil && (to.Host != base.Host && to.Hostname() != base.Hostname() || to.Scheme != "https" || to.User != nil) {
			t.Errorf("%s", to)
		}
	})
}

// FuzzCookies: what a phone sets fits into a field.
func FuzzCookies(f *testing.F) {
	seeded(f, "FuzzCookies")
	f.Fuzz(func(t *testing.T, line string) {
		var c cookies
		c.learn(http.Header{"Set-Cookie": {line}}, time.Unix(0, 0))
		if len(c) > 1 || strings.Contains(c.field(), ";") {
			t.Errorf("%q", c.field())
		}
		again := parseCookies([]string{c.field()})
		if len(again) != len(c) {
			t.Errorf("%q: %q", c, again)
		}
	})
}
