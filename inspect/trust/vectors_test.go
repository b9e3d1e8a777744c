package trust

import (
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

var (
	makeVectors  = flag.Bool("make-vectors", false, "make testdata/openssl/vectors.json anew, with new keys")
	writeVectors = flag.String("write-vectors", "", "write every vector into this folder, for testdata/openssl/record.sh")
)

// vector is one chain, the certificates held, and the clock.
type vector struct {
	Line  string   `json:"line"`
	Name  string   `json:"name"`
	Sent  []string `json:"sent"`
	Store []string `json:"store"`
	Clock int64    `json:"clock"`
}

// vectorFile is testdata/openssl/vectors.json. Certificates are DER in base64.
type vectorFile struct {
	Vectors      []vector          `json:"vectors"`
	Certificates map[string]string `json:"certificates"`
}

const vectorsPath = "testdata/openssl/vectors.json"

// TestMakeVectors makes the certificates, whose keys are then forgotten.
func TestMakeVectors(t *testing.T) {
	if !*makeVectors {
		t.Skip("makes the vectors only with -make-vectors")
	}
	c := makeChains(t)
	file := vectorFile{c.list, map[string]string{}}
	for _, v := range c.list {
		for _, id := range append(append([]string{}, v.Sent...), v.Store...) {
			if c.made[id] == nil {
				t.Fatalf("%s: no certificate %q", v.Name, id)
			}
			file.Certificates[id] = base64.StdEncoding.EncodeToString(c.made[id])
		}
	}
	text, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsPath, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readVectors(t testing.TB) (list []vector, certificates map[string][]byte) {
	t.Helper()
	text, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	certificates = map[string][]byte{}
	for id, text := range file.Certificates {
		if certificates[id], err = base64.StdEncoding.DecodeString(text); err != nil {
			t.Fatal(err)
		}
	}
	return file.Vectors, certificates
}

// TestWriteVectors hands the vectors to the recording program: one folder for
// each, with its certificates numbered.
func TestWriteVectors(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	list, certificates := readVectors(t)
	handOver(t, list, certificates)
}

func handOver(t *testing.T, list []vector, certificates map[string][]byte) {
	t.Helper()
	var index strings.Builder
	for i, v := range list {
		fmt.Fprintf(&index, "%d %d %d %d\n", i, v.Clock, len(v.Sent), len(v.Store))
		for kind, ids := range map[string][]string{"sent": v.Sent, "store": v.Store} {
			for j, id := range ids {
				name := fmt.Sprintf("%d-%s-%d.der", i, kind, j)
				if err := os.WriteFile(filepath.Join(*writeVectors, name), certificates[id], 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := os.WriteFile(filepath.Join(*writeVectors, "index"), []byte(index.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// recorded is the verdict of a real release.
type recorded struct {
	code   Code
	parsed bool
}

// readVerdicts reads a table of testdata/openssl: by release, then vector.
func readVerdicts(t testing.TB, table string) map[string][]recorded {
	t.Helper()
	text, err := os.Open("testdata/openssl/" + table)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string][]recorded{}
	for _, row := range rows[1:] {
		for i, release := range rows[0][1:] {
			n, err := strconv.Atoi(row[i+1])
			verdicts[release] = append(verdicts[release], recorded{Code(n), err == nil})
		}
	}
	return verdicts
}

// modelOf names the model of a recorded release.
func modelOf(release string) string {
	switch {
	case strings.HasPrefix(release, "1.0.0"):
		return "OpenSSL 1.0.0"
	case release == "1.0.1e":
		return "OpenSSL 1.0.1 to 1.0.1m"
	case strings.HasPrefix(release, "1.0.1"):
		return "OpenSSL 1.0.1n and later"
	case release == "1.0.2d":
		return "OpenSSL 1.0.2b, as 1.0.2d"
	case strings.HasPrefix(release, "1.0.2"):
		return "later OpenSSL 1.0.2, as 1.0.2o"
	case strings.HasPrefix(release, "1.1.0"):
		return "OpenSSL 1.1.0"
	case release == "1.1.1b":
		return "OpenSSL 1.1.1, as 1.1.1b"
	case strings.HasPrefix(release, "1.1.1"):
		return "later OpenSSL 1.1.1, as 1.1.1n"
	}
	return "OpenSSL 3"
}

// TestRecordedVerdicts: the model says what the real releases said.
func TestRecordedVerdicts(t *testing.T) {
	list, certificates := readVectors(t)
	if len(list) < 200 {
		t.Fatalf("only %d vectors", len(list))
	}
	verdicts := readVerdicts(t, "verdicts.csv")
	agree, total := 0, 0
	for release, column := range verdicts {
		if len(column) != len(list) {
			t.Fatalf("%d verdicts of %s for %d vectors: record anew", len(column), release, len(list))
		}
		for _, r := range releases("") {
			if r.name != modelOf(release) {
				continue
			}
			for i, v := range list {
				total++
				got := verdictOf(t, r, v, certificates)
				want := column[i]
				if want.parsed && got == want.code {
					agree++
				} else if why := exception(release, v.Name); why == "" {
					t.Errorf("%s, line %s, %s: model %d, library %v", release, v.Line, v.Name, got, want)
				}
			}
		}
	}
	t.Logf("%d vectors, %d releases: %d of %d verdicts agree", len(list), len(verdicts), agree, total)
}

func verdictOf(t testing.TB, r *release, v vector, certificates map[string][]byte) Code {
	t.Helper()
	parse := func(ids []string) (list []*certificate.Certificate) {
		for _, id := range ids {
			c, err := certificate.Parse(certificates[id])
			if err != nil {
				t.Fatalf("%s: certificate %q: %v", v.Name, id, err)
			}
			list = append(list, c)
		}
		return list
	}
	l := newLibrary(r, time.Unix(v.Clock, 0), DefaultSecurityLevel)
	_, code := l.verifyChain(parse(v.Sent), parse(v.Store))
	return code
}

// exception says why the model differs from a release on purpose.
func exception(release, name string) string {
	return ""
}
