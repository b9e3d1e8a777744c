package realparts

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
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

// mark is sent after all that is to be recorded, so that its end is seen in the
// file.
const mark = "the end of the recording"

// Tcpdump records on a device while something happens, and returns its file.
// The filter is in tcpdump's language; args are more of its options. A missing
// privilege counts as a missing program.
func Tcpdump(t testing.TB, device, filter string, args []string, happens func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.pcap")
	args = append([]string{"-i", device, "--immediate-mode", "-U", "-n", "-Z", "root", "-B", "16384", "-w", path}, args...)
	end, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	filter = fmt.Sprintf("(%s) or udp dst port %d", filter, end.LocalAddr().(*net.UDPAddr).Port)
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
	time.Sleep(300 * time.Millisecond) // the two sides may take leave still; no test needs to see it
	if _, err := end.WriteTo([]byte(mark), end.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	awaitMark(t, path)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said += lines.Text() + "\n"
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("tcpdump: %v\n%s", err, said)
	}
	removeMark(t, path)
	return path
}

// awaitMark waits until tcpdump has written all that came before the mark: what it
// has not read when it is stopped is lost.
func awaitMark(t testing.TB, path string) {
	t.Helper()
	for end := time.Now().Add(startTime); ; time.Sleep(10 * time.Millisecond) {
		if text, _ := os.ReadFile(path); bytes.Contains(text, []byte(mark)) {
			return
		}
		if time.Now().After(end) {
			t.Fatal("tcpdump did not record the end of what happened")
		}
	}
}

// removeMark takes the mark out of a recording again: after a header each packet
// has one of its own, with the number of bytes that were kept.
func removeMark(t testing.TB, path string) {
	t.Helper()
	const fileHeader, packetHeader, kept = 24, 16, 8
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, rest := text[:fileHeader:fileHeader], text[fileHeader:]
	for len(rest) >= packetHeader {
		size := min(packetHeader+int(binary.NativeEndian.Uint32(rest[kept:])), len(rest))
		if !bytes.Contains(rest[:size], []byte(mark)) {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
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
