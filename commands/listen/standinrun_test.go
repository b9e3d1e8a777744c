package listen_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/terminal"
)

// standInTime is how long a listener may run, on a machine that runs many tests
// at once.
const standInTime = 10 * time.Minute

func schemeOf(c realparts.Client) string {
	if c.Scheme != "" {
		return c.Scheme
	}
	return "sips"
}

// written waits for a file, which is there as a whole or not at all.
func written(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(standInTime); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s was not written", path)
		}
	}
}

// listenCommand is a "phonecert listen" that runs.
type listenCommand struct {
	addr string
	// root is the file with the root that it wrote.
	root  string
	lines *bufio.Scanner
	end   func() (code int, errText string)
}

// callLine is a line of its --json: a call, or the survey at its end.
type callLine struct {
	Chain       string
	ClientHello string `json:"client_hello"`
	UserAgent   string `json:"user_agent"`
	Trial       *trialLine
	Requests    []struct {
		Method, About string
		Status        int
	}
	ClientCertificate *struct {
		MAC     string
		Trusted *bool
		Proved  bool
	} `json:"client_certificate"`
	Survey []struct{ Trials []trialLine }
}

type trialLine struct{ Variant, Answer, Alert, Detail string }

// listenFor starts one at a free port; end waits until it is through. It leaves
// hanging up to its callers, who may be slow.
func listenFor(t *testing.T, scheme string, env map[string]string, args ...string) *listenCommand {
	t.Helper()
	dir := t.TempDir()
	streams, _, _ := terminal.Test(strings.NewReader(""))
	read, write := io.Pipe()
	began := &startText{seen: make(chan string, 1)}
	streams.Out, streams.Err = write, began
	f := commandstest.Factory(streams, env)
	address := []string{"127.0.0.1:0"}
	if scheme == "https" {
		address = []string{"--https=127.0.0.1:0"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), standInTime)
	code, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		code = commands.Run(ctx, f, append(append([]string{"listen", "--out", dir, "--hang-up", "5m"}, address...), args...))
		write.Close()
	}()
	t.Cleanup(func() {
		cancel()
		go io.Copy(io.Discard, read)
		<-done
	})
	l := &listenCommand{root: filepath.Join(dir, "root.pem"), lines: bufio.NewScanner(read)}
	l.lines.Buffer(nil, 8<<20)
	l.end = func() (int, string) {
		go io.Copy(io.Discard, read)
		<-done
		return code, began.String()
	}
	select {
	case l.addr = <-began.seen:
	case <-done:
		t.Fatalf("it did not start: exit code %d\n%s", code, began)
	}
	return l
}

// next is the next line.
func (l *listenCommand) next(t *testing.T) callLine {
	t.Helper()
	if !l.lines.Scan() {
		code, errText := l.end()
		t.Fatalf("no more lines: %v, exit code %d\n%s", l.lines.Err(), code, errText)
	}
	var c callLine
	if err := json.Unmarshal(l.lines.Bytes(), &c); err != nil {
		t.Fatalf("%v: %s", err, l.lines.Text())
	}
	return c
}

// startText is a standard error that tells the address once it stands there.
type startText struct {
	lock sync.Mutex
	text strings.Builder
	seen chan string
	once sync.Once
}

var listeningAt = regexp.MustCompile(`listening at (?:sips|https):(\S+)\n`)

func (s *startText) Write(p []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.text.Write(p)
	if m := listeningAt.FindStringSubmatch(s.text.String()); m != nil {
		s.once.Do(func() { s.seen <- m[1] })
	}
	return len(p), nil
}

func (s *startText) String() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.String()
}
