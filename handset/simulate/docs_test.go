package simulate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// TestDocumentation: docs/simulate.md lists every invented name and every fault.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/simulate.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	encoded, _ := json.Marshal(dialect.DefaultInvented())
	if err := json.Unmarshal(encoded, &names); err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	for key, name := range names {
		if want := fmt.Sprintf("| `%s` | `%s` |", key, name); !strings.Contains(string(text), want) {
			t.Errorf("no line %s", want)
		}
	}
	_, err = simulate.ParseFaults("none")
	_, list, _ := strings.Cut(err.Error(), "there are ")
	for _, fault := range strings.FieldsFunc(strings.ReplaceAll(list, " and ", ", "), func(r rune) bool { return r == ',' || r == ' ' }) {
		name, _, _ := strings.Cut(strings.ReplaceAll(fault, "[", "="), "=")
		if !strings.Contains(string(text), "| `"+name) {
			t.Errorf("no line for the fault %s", name)
		}
	}
	for _, d := range dialect.All() {
		if !strings.Contains(string(text), string(d)) {
			t.Errorf("nothing about %s", d)
		}
	}
}
