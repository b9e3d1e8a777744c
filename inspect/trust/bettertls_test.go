package trust

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
)

const bettertlsFolder = "testdata/bettertls/"

// bettertlsCase is a case of BetterTLS, see testdata/bettertls/README.md.
type bettertlsCase struct {
	vector
	Host   string `json:"host"`
	Accept bool   `json:"accept"` // what the suite expects
	// kind is the file: "suite", "rsa" or "names"; number is the suite's own,
	// with an r where the certificates above the server's are sent the other
	// way round.
	kind, number string
}

// bettertls reads path building, as the suite has it and with RSA keys, and
// name constraints.
func bettertls(t testing.TB) (cases []bettertlsCase, certificates map[string][]byte) {
	t.Helper()
	certificates = map[string][]byte{}
	for _, kind := range []string{"suite", "rsa", "names"} {
		var file struct {
			Vectors      []bettertlsCase
			Certificates map[string][]byte
		}
		packed, err := os.Open(bettertlsFolder + kind + ".json.gz")
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		text, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(text).Decode(&file); err != nil {
			t.Fatal(err)
		}
		if len(file.Vectors) < 81 { // as many as path building has
			t.Fatalf("%s: only %d cases", kind, len(file.Vectors))
		}
		for id, der := range file.Certificates {
			certificates[kind+" "+id] = der
		}
		for _, c := range file.Vectors {
			cases = append(cases, c.of(kind)...)
		}
	}
	return cases, certificates
}

// of gives a case its kind, and makes two of it where the order can matter.
func (c bettertlsCase) of(kind string) []bettertlsCase {
	prefixed := func(ids []string) (list []string) {
		for _, id := range ids {
			list = append(list, kind+" "+id)
		}
		return list
	}
	c.kind, c.Sent, c.Store = kind, prefixed(c.Sent), prefixed(c.Store)
	c.number, _, _ = strings.Cut(c.Name, " ")
	if len(c.Sent) == 2 || kind == "names" {
		return []bettertlsCase{c}
	}
	reversed := c
	reversed.number += "r"
	reversed.Sent = slices.Clone(c.Sent)
	slices.Reverse(reversed.Sent[1:])
	return []bettertlsCase{c, reversed}
}

func vectorsOf(cases []bettertlsCase) (list []vector) {
	for _, c := range cases {
		list = append(list, c.vector)
	}
	return list
}

// TestWriteBetterTLS hands the suite to the recording program.
func TestWriteBetterTLS(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	cases, certificates := bettertls(t)
	handOver(t, vectorsOf(cases), certificates)
}

// TestBetterTLS: on the suite too the model says what the releases said, and
// the answers are what the suite expects or known to differ.
func TestBetterTLS(t *testing.T) {
	cases, certificates := bettertls(t)
	read := parsed(t, certificates)
	t.Run("recorded", func(t *testing.T) {
		t.Parallel()
		matchRecorded(t, "bettertls.csv", vectorsOf(cases), read)
	})
	t.Run("expected", func(t *testing.T) {
		t.Parallel()
		matchExpected(t, cases, read)
	})
}

// askedOf: the cases with RSA keys are for the library that knows no others.
func (c bettertlsCase) askedOf(library handset.Library) bool {
	return c.kind != "rsa" || library == handset.OpenSSL098
}

// matchExpected asks every library. What differs from the suite stands in
// bettertlsDifferences, and nothing else does.
func matchExpected(t *testing.T, cases []bettertlsCase, read map[string]*certificate.Certificate) {
	t.Helper()
	listed := readDifferences(t)
	agree, differ := 0, map[string]int{}
	for _, library := range handset.Libraries() {
		j := newJudge() // Judge, with one memory for all cases
		for _, c := range cases {
			if !c.askedOf(library) {
				continue
			}
			q := Question{Library: library, Clock: time.Unix(c.Clock, 0), Name: c.Host,
				Settings: Settings{OnlyTrusted: "on", CA: "custom", CNValidation: "on"},
				Sent:     pick(read, c.Sent), Custom: pick(read, c.Store)}
			v := j.answer(q)
			if c.kind != "names" && (v.Name.Fit != "exact" || answered(v.Connects) != answered(v.Trusted)) {
				t.Errorf("%s, %s %s: name %s, path %s, connection %s", library, c.kind, c.Name, v.Name.Fit, answered(v.Trusted), answered(v.Connects))
			}
			if c.kind != "names" {
				checkAdvice(t, q, c, v)
			}
			place := differencePlace{library, c.kind, c.number}
			why, known := listed[place]
			delete(listed, place)
			got := answered(v.Connects) + " " + strings.TrimPrefix(v.Code, "X509_V_")
			switch asExpected := v.Connects != nil && *v.Connects == c.Accept; {
			case asExpected && known:
				t.Errorf("%s, %s %s (%s): as the suite expects, take it off: %s", library, c.kind, c.Name, c.number, why.cause)
			case asExpected:
				agree++
			case got != why.answer:
				t.Errorf("%s, %s %s (%s): %s, want %s, listed %q", library, c.kind, c.Name, c.number, got, answered(&c.Accept), why.answer)
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
func checkAdvice(t *testing.T, q Question, c bettertlsCase, v Verdict) {
	t.Helper()
	end := v.Path[len(v.Path)-1].Certificate
	for _, sent := range q.Sent {
		if strings.Contains(v.Reason, "neither sent nor held") && bytes.Equal(sent.RawSubject, end.RawIssuer) {
			t.Errorf("%s, %s %s: %s", q.Library, c.kind, c.Name, v.Reason)
		}
	}
	unverifiable := q.Library == handset.OpenSSL098 && c.kind == "suite"
	helps := func(c Change) bool { return c.Tried && (c.Kind == DropCertificate || c.Kind == SendOnly) }
	if c.Accept && answered(v.Trusted) != "connects" && !unverifiable && !slices.ContainsFunc(v.Changes, helps) {
		t.Errorf("%s, %s %s: no advice: %s", q.Library, c.kind, c.Name, v.Reason)
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

// TestBetterTLSFiles: the files are those of which the README tells the origin.
func TestBetterTLSFiles(t *testing.T) {
	readme, err := os.ReadFile(bettertlsFolder + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"suite.json.gz", "rsa.json.gz", "names.json.gz"} {
		content, err := os.ReadFile(bettertlsFolder + name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if !strings.Contains(string(readme), "| `"+name+"` | "+hex.EncodeToString(sum[:])) {
			t.Errorf("README.md lacks the SHA-256 of %s, %x", name, sum)
		}
	}
}
