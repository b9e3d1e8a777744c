package trusttest

import (
	"compress/gzip"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
)

// Case is a case of BetterTLS, see testdata/bettertls/README.md.
type Case struct {
	Vector
	Host   string `json:"host"`
	Accept bool   `json:"accept"` // what the suite expects
	// Kind is the file: "suite", "rsa" or "names"; Number is the suite's own,
	// with an r where the certificates above the server's are sent the other
	// way round.
	Kind, Number string
}

// BetterTLS reads path building, as the suite has it and with RSA keys, and
// name constraints.
func BetterTLS(t testing.TB) (cases []Case, certificates map[string][]byte) {
	t.Helper()
	certificates = map[string][]byte{}
	for _, kind := range []string{"suite", "rsa", "names"} {
		var file struct {
			Vectors      []Case
			Certificates map[string][]byte
		}
		packed, err := files.Open("testdata/bettertls/" + kind + ".json.gz")
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
func (c Case) of(kind string) []Case {
	prefixed := func(ids []string) (list []string) {
		for _, id := range ids {
			list = append(list, kind+" "+id)
		}
		return list
	}
	c.Kind, c.Sent, c.Store = kind, prefixed(c.Sent), prefixed(c.Store)
	c.Number, _, _ = strings.Cut(c.Name, " ")
	if len(c.Sent) == 2 || kind == "names" {
		return []Case{c}
	}
	reversed := c
	reversed.Number += "r"
	reversed.Sent = slices.Clone(c.Sent)
	slices.Reverse(reversed.Sent[1:])
	return []Case{c, reversed}
}

// VectorsOf are the vectors of the cases.
func VectorsOf(cases []Case) (list []Vector) {
	for _, c := range cases {
		list = append(list, c.Vector)
	}
	return list
}

// AskedOf reports whether a library is to judge the case: those with RSA keys
// are for the library that knows no others.
func (c Case) AskedOf(library handset.Library) bool {
	return c.Kind != "rsa" || library == handset.OpenSSL098
}
