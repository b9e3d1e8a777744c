// Package realparts lets tests use the real programs that phonecert has to get
// along with. On a bare machine such a test is skipped and says so; with CI set
// in the environment a missing program is a failure.
package realparts

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// Need returns the path of a program, or ends the test.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	Missing(t, "program "+program)
	return ""
}

// Run runs a program on some input and returns what it writes. A program that
// fails ends the test.
func Run(t testing.TB, stdin []byte, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(Need(t, program), args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, stderr.String())
	}
	return out
}

// Missing ends a test that lacks what it needs.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; .ci/run installs it", what)
	}
	t.Skipf("skipped: %s is missing", what)
}
