package wire_test

import (
	"encoding/json"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestMatrix: servers times handsets, one JSON object each.
func TestMatrix(t *testing.T) {
	t.Parallel()
	p := commandstest.NewPKI(t)
	pbx, dead := kamailio(t, p.Leaf, p.Intermediate), commandstest.Nobody
	targets := realparts.WriteFile(t, "targets.txt", []byte("# servers\n\n"+pbx+"  # the old one\r\n"+dead+"\n"))
	base := []string{"probe", "--targets", targets, "--clock", testca.Clock().Format(time.RFC3339), "--custom", realparts.WriteFile(t, "root.pem", p.Root.PEM())}
	ask := func(t *testing.T, handsets string, more ...string) (code int, out string) {
		t.Helper()
		code, out, errText := commandstest.Online(t, nil, append(append(slices.Clone(base), "--handset", handsets), more...)...)
		if code != 10 {
			t.Fatalf("exit code %d\n%s%s", code, out, errText)
		}
		return code, out
	}
	for list, want := range map[string][]string{
		"all":                         handset.Shipped(),
		"yealink-t28p,matrix-vp710":   {"yealink-t28p", "matrix-vp710"},
		"yealink-t28p, yealink-t28p,": {"yealink-t28p"},
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			_, out := ask(t, list, "--json")
			lines, seen := matrixLines(t, out), map[string]string{}
			for _, l := range lines {
				if l.Command != "probe" || len(l.Connections) == 0 || len(l.Connections[0].Findings) == 0 {
					t.Errorf("%+v", l)
				}
				seen[l.Target+" "+l.Handset] = l.Verdict
			}
			if len(lines) != 2*len(want) || len(seen) != len(lines) {
				t.Errorf("%d lines, %d answers, want %d", len(lines), len(seen), 2*len(want))
			}
			for _, h := range want {
				if seen[dead+" "+h] != "refused" || seen[pbx+" "+h] == "" {
					t.Errorf("%s: %q, %q", h, seen[pbx+" "+h], seen[dead+" "+h])
				}
			}
			if seen[pbx+" yealink-t28p"] != "registers" {
				t.Errorf("yealink-t28p: %s", seen[pbx+" yealink-t28p"])
			}
		})
	}
	_, out := ask(t, "yealink-t28p,matrix-vp710")
	for _, want := range []string{pbx + "\tyealink-t28p\tregisters", dead + "\tmatrix-vp710\trefused\tdial.refused"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestMatrixKeepsNoPage: what is about one server and one handset is refused
// where there are more, before anything is sent.
func TestMatrixKeepsNoPage(t *testing.T) {
	for _, flag := range []string{"--html", "--save-root"} {
		for _, more := range [][]string{{"--repeat", "2"}, {"127.0.0.1:1"}} {
			code, _, errText := commandstest.Online(t, nil, append([]string{"probe", "127.0.0.1:1", "--handset", "yealink-t28p", flag, filepath.Join(t.TempDir(), "x")}, more...)...)
			if code != 1 || !strings.Contains(errText, flag) || !strings.Contains(errText, "phonecert: hint: ") {
				t.Errorf("%s %v: exit code %d: %s", flag, more, code, errText)
			}
		}
	}
}

// TestRepeat: a server that fails one time of three.
func TestRepeat(t *testing.T) {
	t.Parallel()
	p := commandstest.NewPKI(t)
	pbx := kamailio(t, p.Leaf, p.Intermediate)
	var count atomic.Int64
	whole, broken := forward(pbx, 1<<20, false, nil), forward(pbx, 400, false, nil) // within the Certificate
	addr := listener(t, func(c net.Conn) {
		if count.Add(1) == 2 {
			broken(c)
		} else {
			whole(c)
		}
	})
	code, out, errText := commandstest.Online(t, nil, "probe", addr, "--json", "--handset", "yealink-t28p", "--repeat", "3", "--interval", "10ms", "--server-name", "pbx.example.com",
		"--clock", testca.Clock().Format(time.RFC3339), "--custom", realparts.WriteFile(t, "root.pem", p.Root.PEM()))
	lines := matrixLines(t, out)
	if code != 10 || len(lines) != 4 {
		t.Fatalf("exit code %d, %d lines\n%s%s", code, len(lines), out, errText)
	}
	var verdicts []string
	for _, l := range lines[:3] {
		verdicts = append(verdicts, l.Verdict)
	}
	sum := lines[3].Summary
	if sum == nil || sum.Runs != 3 || sum.Registered != 2 || len(sum.Causes) != 1 || sum.Causes[0].Code != "ending.closed" || strings.Join(verdicts, " ") != "registers refused registers" {
		t.Errorf("%v, %+v", verdicts, sum)
	}
}

// matrixLine is one line of JSON where there are several probes.
type matrixLine struct {
	wireAnswer
	Command string
	Summary *struct {
		Runs, Registered int
		Causes           []struct {
			Code  string
			Count int
		}
	}
}

// matrixLines are the JSON lines of a matrix.
func matrixLines(t *testing.T, out string) (lines []matrixLine) {
	t.Helper()
	for text := range strings.Lines(out) {
		var line matrixLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		lines = append(lines, line)
	}
	return lines
}
