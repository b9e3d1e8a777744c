package trusttest

import (
	"encoding/csv"
	"strconv"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
)

// Recorded is the verdict of a real release.
type Recorded struct {
	Code errcode.Code
	// Parsed is false where the release could not read a certificate.
	Parsed bool
}

// Verdicts reads a table of testdata/openssl: by release, then vector.
func Verdicts(t testing.TB, table string) map[string][]Recorded {
	t.Helper()
	text, err := files.Open("testdata/openssl/" + table)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string][]Recorded{}
	for _, row := range rows[1:] {
		for i, release := range rows[0][1:] {
			n, err := strconv.Atoi(row[i+1])
			verdicts[release] = append(verdicts[release], Recorded{errcode.Code(n), err == nil})
		}
	}
	return verdicts
}
