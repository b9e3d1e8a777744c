package armor

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
	"github.com/phonecert/phonecert/inspect/finding"
)

// verdicts is testdata/openssl/verdicts.csv: what real releases make of the
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
	file, err := os.Open("testdata/openssl/verdicts.csv")
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
		key := toyKey(t, byte(number))
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

// TestOpenSSLReaders holds every reader against every release that has it.
func TestOpenSSLReaders(t *testing.T) {
	v := loadVerdicts(t)
	cases := map[string]string{}
	for _, d := range testCases(t) {
		cases[d.name] = d.text
	}
	if len(v.rows) != 3*len(cases) {
		t.Errorf("%d verdicts for %d cases and 3 readers: run testdata/openssl/record.sh", len(v.rows), len(cases))
	}
	for _, row := range v.rows {
		text, ok := cases[row.name]
		if !ok {
			t.Errorf("%s: recorded, but no longer a case", row.name)
			continue
		}
		if digest := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]; digest != row.digest {
			t.Errorf("%s: digest %s, recorded with %s: run testdata/openssl/record.sh", row.name, digest, row.digest)
			continue
		}
		for i, release := range v.releases {
			reader := readerOf(release)
			o := reader.read([]byte(text), row.want)
			if got := cell(t, o, row.want); !sameReason(got, row.cells[i], row, reader) {
				t.Errorf("%s, reader %d, OpenSSL %s: recorded %q, modelled %q (%s)", row.name, row.want, release, row.cells[i], got, o.Refusal.Code)
			}
		}
	}
}

// TestOpenSSLGenerations: a generation takes what all its releases take, in
// the same way. No release of 0.9.8 could be run; its reader and decoder are
// those of 1.0.0 (see testdata/openssl/README.md).
func TestOpenSSLGenerations(t *testing.T) {
	v := loadVerdicts(t)
	cases := map[string]string{}
	for _, c := range testCases(t) {
		cases[c.name] = c.text
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
			o := OpenSSL([]byte(cases[row.name]), gen, row.want)
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

func checkOutcome(t *testing.T, o Outcome) {
	t.Helper()
	if o.Taken != (o.Refusal == finding.Finding{}) || o.Taken != (len(o.Blocks) > 0) {
		t.Errorf("taken %v, %d blocks, refusal %+v", o.Taken, len(o.Blocks), o.Refusal)
	}
	for _, b := range o.Blocks {
		if len(b.Bytes) == 0 || b.Label == "" || b.Line < 1 || b.EndLine <= b.Line {
			t.Errorf("block %q on lines %d to %d, %d bytes", b.Label, b.Line, b.EndLine, len(b.Bytes))
		}
	}
	if !o.Taken && (o.Refusal.Message == "" || strings.Contains(o.Refusal.Message, "{")) {
		t.Errorf("refusal %+v", o.Refusal)
	}
}

// TestOpenSSLBOM shows why the blocks that are taken matter: a mark before the
// first BEGIN makes an old phone take the second certificate for the first.
func TestOpenSSLBOM(t *testing.T) {
	m := loadMaterial(t)
	text := []byte("\ufeff" + wrap("CERTIFICATE", m.a, 64) + wrap("CERTIFICATE", m.b, 64))
	old, now := OpenSSL(text, handset.OpenSSL100, Certificate), OpenSSL(text, handset.OpenSSL3, Certificate)
	if !old.Taken || old.Blocks[0].Line != 21 || string(old.Blocks[0].Bytes) != string(m.b) {
		t.Errorf("1.0.0: %+v", old)
	}
	if !now.Taken || now.Blocks[0].Line != 1 || string(now.Blocks[0].Bytes) != string(m.a) {
		t.Errorf("3: %+v", now)
	}
}

func TestOpenSSLRefusals(t *testing.T) {
	m := loadMaterial(t)
	a := wrap("CERTIFICATE", m.a, 64)
	for _, c := range []struct{ name, text, code, message string }{
		{"one line", wrap("CERTIFICATE", m.a, 2000), "reader.long-line", "line 2 has 1104 characters, and the handset's decoder takes 79 at most"},
		{"blank line", replaceLine(a, 10, after("\n")), "reader.blank-line", "line 11 is blank, and the handset's reader takes what stands above it in the block for headers"},
		{"indented", eachLine(a, true, before(" ")), "reader.begin-indented", "white space hides the BEGIN line on line 1 from the handset's reader"},
		{"DER", string(m.a), "reader.der", "the handset's reader wants PEM, and the file is DER"},
		{"dashes", strings.Replace(a, "-----BEGIN", "----BEGIN", 1), "reader.begin-line", "line 1 is no BEGIN line to the handset's reader, for it has not five dashes on each side"},
		{"star", replaceLine(a, 5, before("*")), "reader.character", "the handset's decoder stops at '*' on line 5, which is no base64"},
		{"key alone", wrap("PRIVATE KEY", m.pkcs8, 64), "reader.not-wanted", `the handset's reader skips every block of the file, for they are labelled "PRIVATE KEY"`},
		{"cut", wrap("CERTIFICATE", m.a[:700], 64), "reader.cut-off", "the block on line 1 gives the handset's reader 700 of 827 bytes"},
		{"PKCS #7 in it", wrap("CERTIFICATE", []byte{0x30, 3, 6, 1, 1}, 64), "reader.not-certificate", "the block on line 1 is labelled a certificate, and the handset's reader finds none in it"},
	} {
		o := OpenSSL([]byte(c.text), handset.OpenSSL100, Certificate)
		if o.Taken || o.Refusal.Code != c.code || o.Refusal.Message != c.message {
			t.Errorf("%s: %+v", c.name, o.Refusal)
		}
	}
}

// TestOpenSSLPrefixes cuts a file after every byte: what is taken is whole.
func TestOpenSSLPrefixes(t *testing.T) {
	m := loadMaterial(t)
	text := wrap("EXAMPLE", m.b, 64) + wrap("CERTIFICATE", m.a, 64)
	for i := range text {
		for _, gen := range handset.Libraries() {
			o := OpenSSL([]byte(text[:i]), gen, Certificate)
			checkOutcome(t, o)
			if o.Taken && i < len(text)-1 {
				t.Errorf("%s takes the first %d of %d bytes", gen, i, len(text))
			}
		}
	}
}
