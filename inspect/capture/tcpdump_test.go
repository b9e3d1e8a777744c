package capture

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
)

// record runs tcpdump while something happens, and returns its file. A missing
// privilege skips the test, in CI too; a missing program does not.
func record(t *testing.T, device string, port int, args []string, happens func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.pcap")
	args = append([]string{"-i", device, "--immediate-mode", "-U", "-n", "-Z", "root", "-w", path, "-B", "16384"}, args...)
	cmd := exec.Command(realparts.Need(t, "tcpdump"), append(args, fmt.Sprintf("tcp port %d", port))...)
	messages, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said, ready := "", false
	lines := bufio.NewScanner(messages)
	for !ready && lines.Scan() {
		said += lines.Text() + "\n"
		ready = strings.Contains(lines.Text(), "listening on")
	}
	if !ready {
		_ = cmd.Wait()
		for _, refusal := range []string{"ermission", "not permitted", "No such device", "couldn't find user"} {
			if strings.Contains(said, refusal) {
				t.Skipf("skipped: tcpdump may not record here: %s", said)
			}
		}
		t.Fatalf("tcpdump: %s", said)
	}
	happens()
	time.Sleep(300 * time.Millisecond) // what is still on its way to tcpdump
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said += lines.Text() + "\n"
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("tcpdump: %v\n%s", err, said)
	}
	return path
}
