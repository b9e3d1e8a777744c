package rules_test

import (
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/rules"
)

// FuzzCheck: whatever the file, every role of an old phone and of one about
// which little is known is answered with whole findings.
func FuzzCheck(f *testing.F) {
	var questions []rules.Question
	for _, id := range []string{"yealink-t28p", "yealink-t5x-v86"} {
		for _, role := range []handset.Role{handset.Trusted, handset.Server, handset.PBX} {
			questions = append(questions, ask(f, id, role))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file := inspect.Read(name, data, inspect.Options{})
		for _, q := range questions {
			for _, found := range rules.Check(file, q) {
				if found.Code == "" || found.Message == "" || found.Fix == "" || found.Basis == "" || found.Source == "" {
					t.Errorf("%s, %s: half a finding: %+v", q.Name, q.Role, found)
				}
				if strings.ContainsAny(found.Message, "\x1b\x07") {
					t.Errorf("%s, %s: control characters in %q", q.Name, q.Role, found.Message)
				}
			}
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzCheck")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("FuzzCheck has no seeds: %v", err)
	}
}
