package realparts

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// startTime is how long a server may take until it listens, on a machine
	// that runs many tests at once.
	startTime = 2 * time.Minute
	// drainTime is how long what a program wrote may take to arrive once it has
	// ended: what comes later is lost.
	drainTime = 30 * time.Second
	// maxLog is how much of a server's output is kept.
	maxLog = 8 << 20
)

// Server is a real server on this machine, which lives as long as its test.
type Server struct {
	// Addr is where it listens: "127.0.0.1:port".
	Addr  string
	log   logText
	stop  sync.Once
	cmd   *exec.Cmd
	input io.WriteCloser
	ended chan struct{}
}

// Log is what the server wrote so far, on both its streams.
func (s *Server) Log() string { return s.log.String() }

// WaitLog waits until the server wrote some text, for what it writes comes after
// what it sends. The test fails if it never does.
func (s *Server) WaitLog(t testing.TB, text string) {
	t.Helper()
	for end := time.Now().Add(startTime); !strings.Contains(s.Log(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not write %q:\n%s", s.cmd.Path, text, s.Log())
		}
	}
}

// Type writes a line to the server's input: "openssl s_server" takes commands
// there, unless it is told to be quiet.
func (s *Server) Type(line string) { io.WriteString(s.input, line+"\n") }

// Stop ends the server and all its processes; the end of the test does so too.
func (s *Server) Stop() {
	s.stop.Do(func() {
		killGroup(s.cmd.Process)
		s.input.Close()
		<-s.ended
	})
}

// start runs a program that is to listen at an address, in a folder of its own:
// some leave files where they are.
func start(t testing.TB, addr, program string, args ...string) *Server {
	t.Helper()
	s := &Server{Addr: addr, cmd: exec.Command(Need(t, program), args...), ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.Dir = t.TempDir()
	s.cmd.WaitDelay = drainTime
	ownGroup(s.cmd)
	// An input that stays open: "openssl s_server" ends with its input.
	input, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.input = input
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	_, port, _ := strings.Cut(addr, ":")
	for end := time.Now().Add(startTime); !listens(port); {
		select {
		case <-s.ended:
			t.Fatalf("%s %s ended before it listened:\n%s", program, strings.Join(args, " "), s.Log())
		case <-time.After(20 * time.Millisecond): // a look costs the system milliseconds
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen at %s:\n%s", program, addr, s.Log())
		}
	}
	return s
}

// run starts the program and waits for its end, both on one thread: the death
// of the thread that started it counts as that of its parent.
func (s *Server) run() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(s.ended)
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.cmd.Wait()
		}
	}()
	return <-started
}

// WriteFile writes a file that lives as long as the test, and returns its path.
func WriteFile(t testing.TB, name string, text []byte) string {
	t.Helper()
	return writeIn(t, t.TempDir(), name, text)
}

func writeIn(t testing.TB, dir, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// logText is a writer that keeps what is written, up to a cap.
type logText struct {
	lock sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.text.Write(p[:min(len(p), maxLog-l.text.Len())])
	return len(p), nil
}

func (l *logText) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}
