// Package forge makes the certificates of the vectors, sound and unsound ones,
// field by field, with new keys that are then forgotten.
package forge

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

var makeVectors = flag.Bool("make-vectors", false, "make testdata/openssl/vectors.json anew, with new keys")

// TestMakeVectors makes the certificates, whose keys are then forgotten.
func TestMakeVectors(t *testing.T) {
	if !*makeVectors {
		t.Skip("makes the vectors only with -make-vectors")
	}
	c := makeChains(t)
	file := trusttest.File{Vectors: c.list, Certificates: map[string][]byte{}}
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
	if err := os.WriteFile("../testdata/openssl/vectors.json", append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
