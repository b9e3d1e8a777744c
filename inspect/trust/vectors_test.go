package trust

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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
	Certificates map[string][]byte `json:"certificates"`
}

const vectorsPath = "testdata/openssl/vectors.json"

// TestMakeVectors makes the certificates, whose keys are then forgotten.
func TestMakeVectors(t *testing.T) {
	if !*makeVectors {
		t.Skip("makes the vectors only with -make-vectors")
	}
	c := makeChains(t)
	file := vectorFile{c.list, map[string][]byte{}}
	for _, v := range c.list {
		for _, id := range append(append([]string{}, v.Sent...), v.Store...) {
			if c.made[id] == nil {
				t.Fatalf("%s: no certificate %q", v.Name, id)
			}
			file.Certificates[id] = c.made[id]
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

// readVectors gives the vectors and the certificates by id; neither is to be changed.
func readVectors(t testing.TB) (list []vector, certificates map[string][]byte) {
	t.Helper()
	file, err := vectorsOnce()
	if err != nil {
		t.Fatal(err)
	}
	return file.Vectors, file.Certificates
}

// vectorsOnce reads the file once: hundreds of tests ask for a certificate of it.
var vectorsOnce = sync.OnceValues(func() (file vectorFile, err error) {
	text, err := os.ReadFile(vectorsPath)
	if err != nil {
		return file, err
	}
	return file, json.Unmarshal(text, &file)
})

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
	if open := matchRecorded(t, "verdicts.csv", list, parsed(t, certificates)); open > 0 {
		t.Errorf("%d verdicts cannot be computed", open)
	}
}

// matchRecorded holds the model of every recorded release against the
// recording, and counts the verdicts that cannot be computed.
func matchRecorded(t *testing.T, table string, list []vector, certificates map[string]*certificate.Certificate) (open int) {
	t.Helper()
	verdicts := readVerdicts(t, table)
	agree, total := 0, 0
	for release, column := range verdicts {
		if len(column) != len(list) {
			t.Fatalf("%d verdicts of %s for %d vectors: record anew", len(column), release, len(list))
		}
		for _, r := range releases("") {
			if r.name != modelOf(release) {
				continue
			}
			l := newLibrary(r, time.Time{}, DefaultSecurityLevel)
			for i, v := range list {
				total++
				if got := verdictOf(l, v, certificates); column[i].parsed && got == column[i].code {
					agree++
				} else if got == notComputable {
					open++
				} else {
					t.Errorf("%s, line %s, %s: model %d, library %v", release, v.Line, v.Name, got, column[i])
				}
			}
		}
	}
	t.Logf("%d vectors, %d releases: %d of %d verdicts agree, %d cannot be computed", len(list), len(verdicts), agree, total, open)
	return open
}

// verdictOf asks a library, which may have seen other vectors.
func verdictOf(l *library, v vector, certificates map[string]*certificate.Certificate) Code {
	l.clock = time.Unix(v.Clock, 0)
	_, code := l.verifyChain(pick(certificates, v.Sent), pick(certificates, v.Store))
	return code
}

func pick(certificates map[string]*certificate.Certificate, ids []string) (list []*certificate.Certificate) {
	for _, id := range ids {
		list = append(list, certificates[id])
	}
	return list
}

// parsed reads all certificates of the vectors.
func parsed(t testing.TB, certificates map[string][]byte) map[string]*certificate.Certificate {
	t.Helper()
	read := map[string]*certificate.Certificate{}
	for id, der := range certificates {
		c, err := certificate.Parse(der)
		if err != nil {
			t.Fatalf("certificate %q: %v", id, err)
		}
		read[id] = c
	}
	return read
}
