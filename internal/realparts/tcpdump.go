package realparts

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Loopback is the name of the loopback interface.
func Loopback() string {
	if _, err := os.Stat("/sys/class/net/lo"); err != nil {
		return "lo0"
	}
	return "lo"
}

// Tcpdump records on a device while something happens, and returns its file.
// The filter is in tcpdump's language; args are more of its options. A missing
// privilege counts as a missing program.
func Tcpdump(t testing.TB, device, filter string, args []string, happens func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.pcap")
	args = append([]string{"-i", device, "--immediate-mode", "-U", "-n", "-Z", "root", "-B", "16384", "-w", path}, args...)
	cmd := exec.Command(Need(t, "tcpdump"), append(args, filter)...)
	messages, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) // an error means that it has ended
	lines, said := bufio.NewScanner(messages), ""
	for !strings.Contains(said, "listening on") {
		if !lines.Scan() {
			cmd.Wait()
			notRecording(t, said)
		}
		said += lines.Text() + "\n"
	}
	happens()
	time.Sleep(300 * time.Millisecond) // what is still on its way to tcpdump
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
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

// notRecording ends a test for which tcpdump does not record.
func notRecording(t testing.TB, said string) {
	t.Helper()
	for _, refusal := range []string{"ermission", "not permitted", "No such device", "couldn't find user"} {
		if strings.Contains(said, refusal) {
			Missing(t, "the right to record with tcpdump ("+strings.TrimSpace(said)+")")
		}
	}
	t.Fatalf("tcpdump: %s", said)
}
