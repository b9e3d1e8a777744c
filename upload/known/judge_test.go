package known_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/known"
)

func TestFirstUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_phones")
	one, other := [][]byte{testca.Self(t, "one").Raw}, [][]byte{testca.Self(t, "other").Raw}
	judge := func(remember bool) known.Judge { return known.Judge{Store: known.Open(path), Remember: remember} }
	for _, step := range []struct {
		judge known.Judge
		chain [][]byte
		want  known.Trust
	}{
		{judge(false), one, known.FirstUse}, {judge(false), other, known.FirstUse}, {judge(true), one, known.FirstUse},
		{judge(true), one, known.Known}, {judge(false), one, known.Known}, {judge(true), other, ""},
		{known.Judge{Store: known.Open(path), Insecure: true, Remember: true}, other, known.Insecure},
		{known.Judge{Store: known.Open(path), Insecure: true}, one, known.Known},
		{known.Judge{}, one, known.FirstUse}, {judge(true), nil, ""},
	} {
		got, err := step.judge.Accept(address, step.chain)
		if got != step.want || (err == nil) != (step.want != "") {
			t.Errorf("%+v: %s, %v", step.judge, got, err)
		}
	}
	_, err := judge(true).Accept(address, other)
	var changed *known.ChangedError
	if !errors.As(err, &changed) || changed.Line != 1 || changed.File != path || changed.Address != address || changed.Was != known.Of(one[0]) || changed.Is != known.Of(other[0]) {
		t.Fatalf("%+v", err)
	}
	if text := err.Error(); !strings.Contains(text, changed.Was.Short()) || !strings.Contains(text, changed.Is.Short()) || !strings.Contains(text, address) {
		t.Error(text)
	}
	if text, _ := os.ReadFile(path); bytes.Count(text, []byte("\n")) != 1 {
		t.Errorf("%s", text)
	}
}

func TestPins(t *testing.T) {
	one, other := testca.Self(t, "one").Raw, testca.Self(t, "other").Raw
	j := known.Judge{Pins: []known.Fingerprint{print(1), known.Of(one)}}
	if got, err := j.Accept(address, [][]byte{one, other}); got != known.Pinned {
		t.Errorf("%s, %v", got, err)
	}
	_, err := j.Accept(address, [][]byte{other, one})
	var pin *known.PinError
	if !errors.As(err, &pin) || !strings.Contains(err.Error(), known.Of(other).String()) {
		t.Errorf("%v", err)
	}
	j.Insecure = true
	if got, err := j.Accept(address, [][]byte{other}); got != known.Insecure {
		t.Errorf("%s, %v", got, err)
	}
}

func algorithm(a x509.SignatureAlgorithm) testca.Option {
	return func(c *x509.Certificate) { c.SignatureAlgorithm = a }
}

func TestRoots(t *testing.T) {
	root := testca.Root(t, "Example Phones CA", algorithm(x509.SHA256WithRSA))
	sha1 := testca.Root(t, "Example Old CA", algorithm(x509.SHA1WithRSA))
	middle := root.Issue(t, "Example Issuing CA", testca.CA)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parse := func(list ...*testca.Certificate) (parsed []*certificate.Certificate) {
		for _, c := range list {
			p, err := certificate.Parse(c.Raw)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, p)
		}
		return parsed
	}
	const name = "00005e005301"
	for what, test := range map[string]struct {
		chain []*testca.Certificate
		good  bool
	}{
		"issued":               {[]*testca.Certificate{root.Issue(t, name, testca.TLS)}, true},
		"SHA-1, 1024 bits":     {[]*testca.Certificate{sha1.IssueKey(t, name, short, algorithm(x509.SHA1WithRSA))}, true},
		"elliptic":             {[]*testca.Certificate{root.IssueKey(t, name, curve)}, true},
		"through intermediate": {[]*testca.Certificate{middle.Issue(t, name), middle}, true},
		"with root":            {[]*testca.Certificate{middle.Issue(t, name), middle, root}, true},
		"intermediate missing": {[]*testca.Certificate{middle.Issue(t, name)}, false},
		"self-signed":          {[]*testca.Certificate{testca.Self(t, name)}, false},
		"same name":            {[]*testca.Certificate{testca.ECRoot(t, "Example Phones CA").Issue(t, name)}, false},
		"no CA":                {[]*testca.Certificate{root.Issue(t, "leaf").Issue(t, name), root.Issue(t, "leaf")}, false},
		"expired":              {[]*testca.Certificate{root.Issue(t, name, testca.Between(testca.Clock().AddDate(-2, 0, 0), testca.Clock().AddDate(-1, 0, 0)))}, false},
	} {
		t.Run(what, func(t *testing.T) {
			var chain [][]byte
			for _, c := range test.chain {
				chain = append(chain, c.Raw)
			}
			path := filepath.Join(t.TempDir(), "known_phones")
			j := known.Judge{Roots: parse(root, sha1), Now: testca.Clock, Store: known.Open(path), Remember: true}
			got, err := j.Accept(address, chain)
			var unverified *known.UnverifiedError
			if test.good && (got != known.Verified || err != nil) || !test.good && (!errors.As(err, &unverified) || unverified.Reason == "") {
				t.Errorf("%s, %v", got, err)
			}
			if _, err := os.Stat(path); err == nil {
				t.Error("it was written down")
			}
			if err := j.Store.Add(address, known.Of(chain[0])); err != nil {
				t.Fatal(err)
			}
			if got, err := j.Accept(address, chain); err != nil || !test.good && got != known.Known {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	j := known.Judge{Roots: parse(root), Now: func() time.Time { return testca.Clock().AddDate(50, 0, 0) }}
	if got, err := j.Accept(address, [][]byte{root.Issue(t, name).Raw}); err == nil {
		t.Errorf("%s in fifty years", got)
	}
	if got, err := j.Accept(address, [][]byte{{1, 2}}); err == nil {
		t.Errorf("%s for no certificate", got)
	}
}
