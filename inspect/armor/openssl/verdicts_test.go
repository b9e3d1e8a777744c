package openssl

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/testpem"
)

// verdicts is testdata/verdicts.csv: what real releases make of the
// cases.
type verdicts struct {
	releases []string
	rows     []verdictRow
}

type verdictRow struct {
	name, digest string
	want         Want
	cells        []string // one for each release
}

func loadVerdicts(t testing.TB) verdicts {
	t.Helper()
	file, err := os.Open("testdata/verdicts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string]Want{"certificate": Certificate, "bundle": Bundle, "key": PrivateKey}
	v := verdicts{releases: rows[0][3:]}
	for _, row := range rows[1:] {
		v.rows = append(v.rows, verdictRow{row[0], row[1], wants[row[2]], row[3:]})
	}
	return v
}

// readerOf says which of the four readers a release has.
func readerOf(release string) pemReader {
	switch release {
	case "1.0.0f", "1.0.0m", "1.0.1e", "1.0.2d":
		return pemReader{}
	case "1.0.1u", "1.0.2o", "1.0.2s", "1.1.0i":
		return pemReader{newBase64: true}
	case "1.1.1n", "1.1.1v":
		return pemReader{newBase64: true, newLines: true}
	case "3.0.16", "3.0.19", "3.5.8":
		return pemReader{newBase64: true, newLines: true, version3: true}
	}
	panic("unknown release " + release)
}

// generationOf says to which generation a release belongs.
func generationOf(release string) handset.Library {
	switch release[:3] {
	case "1.0":
		return handset.Library("openssl-" + release[:5])
	case "1.1":
		return handset.OpenSSL11
	}
	return handset.OpenSSL3
}

// cell writes an outcome as the recording program writes a verdict.
func cell(t *testing.T, o Outcome, want Want) string {
	t.Helper()
	if !o.Taken {
		return o.library
	}
	text := "taken"
	for _, b := range o.Blocks {
		if want == PrivateKey {
			text += fmt.Sprintf(" %d", keyNumber(t, b.Bytes))
			continue
		}
		h := fnv.New32a()
		h.Write(b.Bytes)
		text += fmt.Sprintf(" %08x", h.Sum32())
	}
	return text
}

func keyNumber(t *testing.T, der []byte) int {
	t.Helper()
	for number := range 3 {
		if number == 0 {
			continue
		}
		key := testpem.ToyKey(t, byte(number))
		pkcs8, _ := x509.MarshalPKCS8PrivateKey(key)
		sec1, _ := x509.MarshalECPrivateKey(key)
		if string(der) == string(pkcs8) || string(der) == string(sec1) {
			return number
		}
	}
	return 0
}

// sameReason reports whether the library's reason agrees with the model's.
// A bundle without certificates ends without "no start line", and 3.0 lets a
// decoder speak that knows other words; there only the verdict counts.
func sameReason(got, recorded string, row verdictRow, reader pemReader) bool {
	if strings.HasPrefix(got, "taken") || strings.HasPrefix(recorded, "taken") {
		return got == recorded
	}
	switch {
	case recorded == "crashed":
		return true
	case row.want == Bundle && (got == libraryNoStart || got == librarySilent):
		return recorded == librarySilent || recorded == "library 11"
	case reader.version3 && (row.want == PrivateKey || recorded == "library 60"):
		return true
	case strings.HasPrefix(recorded, "pem 13"):
		return got == libraryASN1
	case strings.HasPrefix(recorded, "pem "):
		return got == libraryHeader || got == libraryPassword
	}
	return got == recorded || got == libraryPassword && strings.HasPrefix(recorded, "library ")
}

// TestReaders holds every reader against every release that has it.
func TestReaders(t *testing.T) {
	v := loadVerdicts(t)
	cases := map[string]string{}
	for _, d := range testpem.Cases(t) {
		cases[d.Name] = d.Text
	}
	if len(v.rows) != 3*len(cases) {
		t.Errorf("%d verdicts for %d cases and 3 readers: run testdata/record.sh", len(v.rows), len(cases))
	}
	for _, row := range v.rows {
		text, ok := cases[row.name]
		if !ok {
			t.Errorf("%s: recorded, but no longer a case", row.name)
			continue
		}
		if digest := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]; digest != row.digest {
			t.Errorf("%s: digest %s, recorded with %s: run testdata/record.sh", row.name, digest, row.digest)
			continue
		}
		outcomes := map[pemReader]Outcome{}
		for _, r := range everyReader() {
			outcomes[r] = r.read([]byte(text), row.want)
		}
		for i, release := range v.releases {
			reader := readerOf(release)
			o := outcomes[reader]
			if got := cell(t, o, row.want); !sameReason(got, row.cells[i], row, reader) {
				t.Errorf("%s, reader %d, OpenSSL %s: recorded %q, modelled %q (%s)", row.name, row.want, release, row.cells[i], got, o.Refusal.Code)
			}
		}
	}
}

// TestGenerations: a generation takes what all its releases take, in
// the same way. No release of 0.9.8 could be run; its reader and decoder are
// those of 1.0.0 (see testdata/README.md).
func TestGenerations(t *testing.T) {
	v := loadVerdicts(t)
	cases := map[string]string{}
	for _, c := range testpem.Cases(t) {
		cases[c.Name] = c.Text
	}
	for _, row := range v.rows {
		for _, gen := range handset.Libraries() {
			recordedAs := gen
			if gen == handset.OpenSSL098 {
				recordedAs = handset.OpenSSL100
			}
			want := ""
			for i, release := range v.releases {
				if generationOf(release) != recordedAs {
					continue
				}
				verdict := row.cells[i]
				if !strings.HasPrefix(verdict, "taken") || want != "" && want != verdict {
					verdict = "refused"
				}
				want = verdict
				if want == "refused" {
					break
				}
			}
			o := Read([]byte(cases[row.name]), gen, row.want)
			got := "refused"
			if o.Taken {
				got = cell(t, o, row.want)
			}
			if got != want {
				t.Errorf("%s, reader %d, %s: recorded %q, modelled %q", row.name, row.want, gen, want, got)
			}
			checkOutcome(t, o)
		}
	}
}
