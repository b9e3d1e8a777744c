// Package trusttest holds chains and what real releases of OpenSSL said of them,
// for the tests of all rooms. The certificates are recorded; forge makes them.
package trusttest

import (
	"embed"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

//go:embed testdata/openssl/vectors.json testdata/openssl/*.csv testdata/bettertls/*.gz
var files embed.FS

// Clock is the moment of every vector that names none.
func Clock() time.Time { return time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC) }

// Vector is one chain, the certificates held, both by their ids, and the clock in
// seconds since 1970.
type Vector struct {
	Line  string   `json:"line"`
	Name  string   `json:"name"`
	Sent  []string `json:"sent"`
	Store []string `json:"store"`
	Clock int64    `json:"clock"`
}

// File is testdata/openssl/vectors.json. Certificates are DER in base64.
type File struct {
	Vectors      []Vector          `json:"vectors"`
	Certificates map[string][]byte `json:"certificates"`
}

// Vectors gives the vectors and the certificates by id; neither is to be changed.
func Vectors(t testing.TB) (list []Vector, certificates map[string][]byte) {
	t.Helper()
	file, err := vectorsOnce()
	if err != nil {
		t.Fatal(err)
	}
	return file.Vectors, file.Certificates
}

// vectorsOnce reads the file once: hundreds of tests ask for a certificate of it.
var vectorsOnce = sync.OnceValues(func() (file File, err error) {
	text, err := files.ReadFile("testdata/openssl/vectors.json")
	if err != nil {
		return file, err
	}
	return file, json.Unmarshal(text, &file)
})

// Pick takes certificates by their ids.
func Pick(certificates map[string]*certificate.Certificate, ids []string) (list []*certificate.Certificate) {
	for _, id := range ids {
		list = append(list, certificates[id])
	}
	return list
}

// Parsed reads all certificates of the vectors.
func Parsed(t testing.TB, certificates map[string][]byte) map[string]*certificate.Certificate {
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
