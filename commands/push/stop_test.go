//go:build unix

package push_test

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// today is the file of a CA that is valid at the real time.
func (o *office) today(name string) string {
	return o.File(name+".pem", testca.Root(o.t, name, testca.Between(time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))).PEM())
}

// comes waits for what has to come, on a machine that runs many tests at once.
func comes(t *testing.T, it <-chan struct{}) {
	t.Helper()
	select {
	case <-it:
	case <-time.After(5 * time.Minute):
		t.Fatal("it does not come")
	}
}

// alone waits until the phones are through with visitors who have gone: what
// these had sent is read all the same. Only Linux tells.
func alone(t *testing.T, s *site) {
	t.Helper()
	ports := map[string]bool{}
	for _, p := range s.Phones() {
		number, err := strconv.Atoi(commandstest.Port(p.URL))
		if err != nil {
			t.Fatal(err)
		}
		ports[fmt.Sprintf("%04X", number)] = true
	}
	for visited := true; visited; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			time.Sleep(time.Second)
			return
		}
		visited = false
		for line := range strings.Lines(string(text)) {
			// The phone's address, the visitor's, and the state: 01, 03 and 08 are
			// ESTABLISHED, SYN_RECV and CLOSE_WAIT.
			f := strings.Fields(line)
			visited = visited || ports[commandstest.Port(f[1])] && slices.Contains([]string{"01", "03", "08"}, f[3])
		}
	}
}

// TestKillAndResume: phones of six dialects, one in twenty of them broken, a
// kill, and a resume: each is accounted for once, and none was written to twice.
func TestKillAndResume(t *testing.T) {
	t.Parallel()
	const enough = 60
	writes, posts, mu, ahead := map[string]int{}, 0, sync.Mutex{}, new(atomic.Int64)
	reached, killed := make(chan struct{}), make(chan struct{})
	o := newOffice(t)
	s := newSite(t, serve.Config{
		Count: 240, Seed: 11, FaultShare: 0.05, Faults: simulate.Faults{HTTP500: 0.6, Slow: 3 * time.Millisecond},
		Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		Observe: func(p *serve.Served, r *http.Request) {
			if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
				mu.Lock()
				writes[p.URL]++
				posts++
				now := posts
				mu.Unlock()
				if now == enough+1 {
					close(reached)
				}
				if now > enough { // so that it cannot come to its end before the kill
					<-killed
				}
			}
		},
	}, dialect.All()...)
	report := filepath.Join(o.Dir, "report.csv")
	args := []string{"upload", o.today("Example Root"), "--as", "trusted", "--inventory", o.inventory(s), "--concurrency", "8", "--resume", "--skip-check", "--report", report, "--retries", "1"}
	first := o.Process(args...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	comes(t, reached)
	first.Process.Kill()
	code := first.Ended(t)
	close(killed)
	if code != -1 {
		t.Fatalf("it ended by itself with %d: %s", code, &first.ErrText)
	}
	alone(t, s)
	ahead.Add(int64(time.Hour)) // the sessions that the kill left open end by it
	second := o.Process(append(args, "--json")...)
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	if code := second.Ended(t); code != 3 {
		t.Errorf("exit code %d: %s", code, &second.ErrText)
	}
	list, sum := byPhone(t, second.Out.String())
	results := reported(t, report)
	if len(results) != 240 || len(list) != 240 || sum.Summary.Phones != 240 || sum.Summary.Earlier < 40 || sum.Summary.NotReached != 0 {
		t.Errorf("%d rows, %d objects, %+v", len(results), len(list), sum.Summary)
	}
	for _, p := range s.Phones() {
		stored, result := len(p.Phone.State().Trusted), results[p.URL]
		mu.Lock()
		posted := writes[p.URL]
		mu.Unlock()
		switch {
		case result != list[p.URL].Result:
			t.Errorf("%s: %q in the report, %q on standard output", p.URL, result, list[p.URL].Result)
		case !p.Faulty && (stored != 1 || posted > 1 || result != "uploaded"):
			t.Errorf("%s: %s, posted %d times, holds %d: %+v", p.URL, result, posted, stored, list[p.URL])
		case stored == 0 && result == "uploaded":
			t.Errorf("%s: %s, and nothing is there", p.URL, result)
		}
	}
}

// TestFirstInterrupt: the phones in hand come to their end and are logged out,
// the journal knows the others, and a resume does just those.
func TestFirstInterrupt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	posts, reached, sent := new(atomic.Int64), make(chan struct{}), make(chan struct{})
	s := newSite(t, serve.Config{Count: 60, Clock: time.Now, Faults: simulate.Faults{Slow: 10 * time.Millisecond}, Observe: func(_ *serve.Served, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			return
		}
		now := posts.Add(1)
		if now == 13 {
			close(reached)
		}
		if now > 12 { // so that it cannot come to its end before the interrupt
			<-sent
		}
	}}, dialect.Plain, dialect.Session, dialect.API)
	root := o.today("Example Root")
	report, failed := filepath.Join(o.Dir, "report.csv"), filepath.Join(o.Dir, "failed.csv")
	args := []string{"upload", root, "--as", "trusted", "--inventory", o.inventory(s), "--concurrency", "6", "--report", report, "--failed", failed, "--skip-check"}
	p := o.Process(append(args, "--json")...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	comes(t, reached)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // it has more than that to do with the others
	close(sent)
	if code := p.Ended(t); code != 130 {
		t.Fatalf("exit code %d: %s", code, &p.ErrText)
	}
	list, sum := byPhone(t, p.Out.String())
	if len(list) != 60 || !sum.Summary.Interrupted || sum.Summary.NotReached == 0 || sum.Summary.Failed != 0 || sum.Summary.Results["uploaded"]+sum.Summary.NotReached != 60 {
		t.Errorf("%d objects, %+v", len(list), sum.Summary)
	}
	if n := strings.Count(o.text("failed.csv"), "\n") - 1; n != sum.Summary.NotReached || len(reported(t, report)) != 60 {
		t.Errorf("%d in the list of those that are left, of %d", n, sum.Summary.NotReached)
	}
	for _, phone := range s.Phones() {
		held := len(phone.Phone.State().Trusted)
		if done := list[phone.URL].Result == "uploaded"; done != (held == 1) {
			t.Errorf("%s: %s, holds %d", phone.URL, list[phone.URL].Result, held)
		}
	}
	// Nobody is left logged in: a session would refuse the next one for minutes.
	again := o.Process(append(args, "--json", "--resume")...)
	if err := again.Start(); err != nil {
		t.Fatal(err)
	}
	if code := again.Ended(t); code != 0 {
		t.Fatalf("exit code %d: %s", code, &again.ErrText)
	}
	if _, second := byPhone(t, again.Out.String()); second.Summary.Earlier+sum.Summary.NotReached != 60 || second.Summary.Results["uploaded"] != 60 || s.posts.Load() != 60 || o.text("failed.csv") != "" {
		t.Errorf("%d posts, %+v", s.posts.Load(), second.Summary)
	}
	for _, phone := range s.Phones()[:6] {
		if said := o.Run(0, "phone", "show", phone.URL); !strings.Contains(said.Out, "Example Root") {
			t.Error(said.Out)
		}
	}
}

// TestSecondInterrupt stops at once, also while phones hang.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := newSite(t, serve.Config{Count: 20, Clock: time.Now, Faults: simulate.Faults{Hang: true}}, dialect.Plain)
	report := filepath.Join(o.Dir, "report.csv")
	p := o.Process("upload", o.today("Example Root"), "--as", "trusted", "--inventory", o.inventory(s), "--concurrency", "4", "--report", report, "--json", "--timeout", "1h")
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	for s.Requests() < 4 {
		time.Sleep(time.Millisecond)
	}
	ended := make(chan int, 1)
	go func() { ended <- p.Ended(t) }()
	p.Process.Signal(os.Interrupt)
	select {
	case code := <-ended:
		t.Fatalf("the first Ctrl-C gave the phones in hand up: exit code %d", code)
	case <-time.After(100 * time.Millisecond):
	}
	second := time.Now()
	// Of two of the same kind the system keeps one as long as none is heard.
	p.Process.Signal(syscall.SIGTERM)
	select {
	case code := <-ended:
		if code != 130 {
			t.Errorf("exit code %d: %s", code, &p.ErrText)
		}
	case <-time.After(5 * time.Minute):
		p.Process.Kill()
		t.Fatal("it does not end")
	}
	list, sum := byPhone(t, p.Out.String())
	if len(list) != 20 || len(reported(t, report)) != 20 || !sum.Summary.Interrupted {
		t.Errorf("%d phones, %+v", len(list), sum.Summary)
	}
	t.Logf("it ended %s after the second", time.Since(second))
}

// gate keeps the seventh request waiting until it is free; the fifth, which logs
// in, until the visit was interrupted, if it is to wait at all.
type gate struct {
	seen                       atomic.Int64
	login, reached, logs, free chan struct{}
}

func (g *gate) pass() {
	switch g.seen.Add(1) {
	case 5:
		if g.login != nil {
			close(g.login)
			<-g.logs
		}
	case 7:
		close(g.reached)
		<-g.free
	}
}

// TestInterruptOfOne: a visit to the only phone is broken off, while it logs in or
// later, and logs out.
func TestInterruptOfOne(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	current := new(atomic.Pointer[gate])
	s := newSite(t, serve.Config{Clock: time.Now, Observe: func(*serve.Served, *http.Request) {
		if g := current.Load(); g != nil {
			g.pass()
		}
	}}, dialect.Session)
	upload := []string{"upload", o.today("Example Root"), "--as", "trusted", "--phone", s.one().URL}
	show := []string{"phone", "show", s.one().URL}
	for _, test := range []struct {
		args  []string
		login bool
		by    os.Signal
	}{{upload, false, os.Interrupt}, {show, false, syscall.SIGHUP}, {upload, true, os.Interrupt}, {show, true, os.Interrupt}} {
		if signal.Ignored(test.by) {
			test.by = os.Interrupt // as nohup has it, also below this test
		}
		g, p := &gate{reached: make(chan struct{}), free: make(chan struct{})}, o.Process(test.args...)
		await := g.reached
		if test.login {
			g.login, g.logs = make(chan struct{}), make(chan struct{})
			await = g.login
		}
		current.Store(g)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		comes(t, await)
		began := time.Now()
		p.Process.Signal(test.by)
		if test.login {
			// Nothing shows that the signal was heard. If it was not, the
			// seventh request waits for it.
			time.AfterFunc(300*time.Millisecond, func() { close(g.logs) })
		}
		code := p.Ended(t)
		took := time.Since(began)
		close(g.free)
		if test.login {
			<-g.logs
		}
		if code != 130 || !strings.Contains(p.ErrText.String(), "interrupted") {
			t.Errorf("%v: exit code %d: %s", test, code, &p.ErrText)
		}
		const most = 5 * time.Second // is how long it tries to log out
		if said := o.Run(commandstest.AnyCode, "phone", "show", s.one().URL); said.Code != 0 && took < most {
			t.Errorf("%v: exit code %d: %s", test, said.Code, said.Err)
		} else if said.Code != 0 {
			t.Skipf("skipped: the machine is too busy, the logout took %s", took)
		}
	}
}

// TestNoReader: the reader of the output goes away at the first line, as head
// does. What is in hand is finished, everybody logs out, and the report is whole.
func TestNoReader(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := newSite(t, serve.Config{Count: 24, Clock: time.Now}, dialect.Session)
	args := []string{"upload", o.today("Example Root"), "--as", "trusted", "--inventory", o.inventory(s), "--concurrency", "4", "--skip-check"}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	p := o.Process(append(args, "--report", o.Dir+"/report.csv")...)
	p.Stdout = writer
	err = p.Start()
	writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	if code := p.Ended(t); code != 141 || strings.Contains(p.ErrText.String(), "error:") {
		t.Errorf("exit code %d: %s", code, &p.ErrText)
	}
	if lines := strings.Count(o.text("report.csv"), "\n"); lines != 25 {
		t.Errorf("%d lines in the report", lines)
	}
	list, sum := o.many(0, append(args[1:], "--resume")...)
	if len(list) != 24 || sum.Summary.Phones != 24 || s.posts.Load() != 24 {
		t.Errorf("%d phones, %d posts, %+v", len(list), s.posts.Load(), sum.Summary)
	}
}

// TestFullDisk: without its journal a run touches no phone.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	shell := realparts.Need(t, "sh")
	o := newOffice(t)
	s := newSite(t, serve.Config{Count: 60, Clock: time.Now}, dialect.Plain)
	args := []string{"upload", o.today("Example Root"), "--as", "trusted", "--inventory", o.inventory(s), "--concurrency", "4", "--json", "--skip-check"}
	// A device that keeps nothing is told before the first phone.
	if said := o.Run(1, append(args, "--journal", os.DevNull)...); !strings.Contains(said.Err, "the journal") || s.Requests() != 0 {
		t.Errorf("%d requests, %s", s.Requests(), said.Err)
	}
	p := o.Process(args...)
	p.Path, p.Args = shell, append([]string{"sh", "-c", `ulimit -f 8; exec phonecert "$@"`, "sh"}, args...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	if code := p.Ended(t); code != 1 || !strings.Contains(p.ErrText.String(), "cannot be written, and without it no phone is touched") || !strings.Contains(p.ErrText.String(), "hint: ") {
		t.Fatalf("exit code %d: %s", code, &p.ErrText)
	}
	list, sum := byPhone(t, p.Out.String())
	touched := 0
	for _, phone := range s.Phones() {
		touched += len(phone.Phone.State().Trusted)
	}
	if len(list) != 60 || sum.Summary.NotReached == 0 || touched > 20 {
		t.Errorf("%d phones, %d touched, %+v", len(list), touched, sum.Summary)
	}
	// With room again it goes on, and nothing is done twice.
	if _, sum = o.many(0, append(args[1:], "--resume")...); sum.Summary.Phones != 60 || s.posts.Load() > 60 {
		t.Errorf("%d posts, %+v", s.posts.Load(), sum.Summary)
	}
}
