package browser_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	simulated "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
)

// TestNothingLeft: after an upload, done or interrupted, no process of the
// browser's and no file is left.
func TestNothingLeft(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	r := start(t, simulated.Basic, nil)
	r.expect(t, handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM(), dialect.Answer{Class: dialect.Success, Text: "Upload success!"})
	nothingLeft(t, temporary)

	ctx, cancel := context.WithCancel(t.Context())
	r.config.Trace = func(string) { time.AfterFunc(50*time.Millisecond, cancel) }
	r.config.Base.Host = silent(t)
	_, err := browser.Upload(ctx, r.config, dialect.Basic, handset.Trusted, "/", dialect.File{Name: "root.pem"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, temporary)
}

// silent is the address of a server that takes connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// nothingLeft looks for files, and on Linux for processes. What was killed may
// take a moment to go.
func nothingLeft(t *testing.T, temporary string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		left := leftovers(t, temporary)
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("left behind: %q", left)
		}
	}
}

// leftovers are the files and the processes that are there.
func leftovers(t *testing.T, temporary string) []string {
	t.Helper()
	left, err := filepath.Glob(temporary + "/*")
	if err != nil {
		t.Fatal(err)
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		// A process that ends in between has nothing to read.
		status, _ := os.ReadFile(p + "/status")
		line, _ := os.ReadFile(p + "/cmdline")
		child := strings.Contains(string(status), "\nPPid:\t"+strconv.Itoa(os.Getpid())+"\n")
		if child || strings.Contains(string(line), temporary) {
			left = append(left, p+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return left
}
