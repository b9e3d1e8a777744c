//go:build unix

package push_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
)

// another is a phone that becomes another one in the middle of a visit.
func another(t *testing.T, from, to dialect.Name, after int) (s *site, url string) {
	t.Helper()
	s = newSite(t, serve.Config{Count: 2}, from, to)
	n, mu := 0, sync.Mutex{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		which := s.Phones()[0]
		if n > after {
			which = s.Phones()[1]
		}
		mu.Unlock()
		which.Phone.ServeHTTP(w, r)
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return s, "http://" + l.Addr().String()
}

// TestPhoneIsReplaced by another model, another MAC address, in the list and in
// the middle of a visit: nothing is posted on the wrong one.
func TestPhoneIsReplaced(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := newSite(t, serve.Config{}, dialect.Session)
	root, p := o.root("Example Root"), s.one()
	for row, want := range map[string]string{
		p.URL + ",00:00:5e:00:53:77,yealink-t28p":         "upload.another-phone",
		p.URL + "," + p.MAC.String() + ",yealink-t5x-v86": "upload.another-model",
		p.URL + "," + p.MAC.String() + ",yealink-t99":     "upload.handset-not-known",
	} {
		list, _ := o.many(3, root, "--as", "trusted", "--inventory", o.File("phones.csv", []byte("address,mac,handset\n"+row+"\n")))
		r := list[p.URL]
		r.is(t, "failed", want)
	}
	if s.posts.Load() != 0 {
		t.Errorf("%d posts", s.posts.Load())
	}
	for after := range 12 {
		s, url := another(t, dialect.Session, dialect.Listener, after)
		said := o.Run(commandstest.AnyCode, "upload", root, "--as", "trusted", "--phone", url, "--json", "--retries", "0", "--timeout", "5m")
		r := objects[uploaded](t, said.Out)[0]
		first, second := len(s.Phones()[0].Phone.State().Trusted), len(s.Phones()[1].Phone.State().Trusted)
		switch {
		case after > 0 && second != 0:
			t.Errorf("after %d requests the second phone got it", after)
		case r.Result == "uploaded" && first+second != 1, r.Result == "failed" && first != 0, after > 0 && after < 8 && r.Result != "failed":
			t.Errorf("after %d requests: the first phone holds %d; %+v", after, first, r)
		}
	}
}

// TestHostilePhones: whatever listens at an address of the list, the others get
// their turn.
func TestHostilePhones(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := newSite(t, serve.Config{Count: 3}, dialect.Plain)
	elsewhere := newSite(t, serve.Config{}, dialect.Plain)
	huge := newSite(t, serve.Config{Faults: simulate.Faults{Huge: true}}, dialect.API)
	hang := newSite(t, serve.Config{Faults: simulate.Faults{Hang: true}}, dialect.API)
	_, away := tampered(t, dialect.Plain, func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, strings.Replace(elsewhere.one().URL, "127.0.0.1", "localhost", 1)+"/servlet?p=login&q=loginForm", http.StatusFound)
	})
	_, printer := tampered(t, dialect.Plain, func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		fmt.Fprint(w, "<html><h1>Laser printer</h1></html>")
	})
	want := map[string]string{
		away: "upload.sent-elsewhere", printer: "upload.not-a-phone", huge.one().URL: "upload.page-too-large", hang.one().URL: "upload.out-of-time",
		"http://127.0.0.1:1": "upload.connection-refused", "https://" + strings.TrimPrefix(s.Phones()[2].URL, "http://") + "/": "upload.tls-failed",
		"ftp://192.0.2.1": "upload.address-scheme", "http://me:hunter2@192.0.2.2": "upload.address-password", "127.0.0.1:8": "upload.address-port",
		s.Phones()[0].URL: "", s.Phones()[1].URL: "",
	}
	list := "address\n"
	for address := range want {
		list += address + "\n"
	}
	said := o.Run(3, "upload", o.root("Example Root"), "--as", "trusted", "--inventory", o.File("phones.csv", []byte(list)), "--timeout", "20s", "--retries", "0", "--json")
	results, sum := byPhone(t, said.Out)
	for address, cause := range want {
		r := results[strings.Replace(address, "me:hunter2@", "", 1)]
		if r.Cause == "upload.timeout" { // one request may take as long as the whole visit
			r.Cause = "upload.out-of-time"
		}
		if r.Cause != cause || r.Phone == "" {
			t.Errorf("%s: %+v", address, r)
		}
	}
	if sum.Summary.Phones != len(want) || sum.Summary.Results["uploaded"] != 2 || strings.Contains(said.Out+said.Err, "hunter2") || elsewhere.Requests() != 0 {
		t.Errorf("%d requests elsewhere, %+v", elsewhere.Requests(), sum.Summary)
	}
}

// TestManyUnreachable: a long list of phones that are all off costs little time,
// and no more memory than a short one.
func TestManyUnreachable(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	root, report := o.today("Example Root"), filepath.Join(o.Dir, "report.csv")
	memory := func(phones int) int {
		var list bytes.Buffer
		list.WriteString("address,mac,password\n")
		for n := range phones {
			fmt.Fprintf(&list, "http://127.%d.%d.%d:9,02:00:00:%02x:%02x:%02x,admin\n", 1+n>>16, n>>8&255, n&255, n>>16, n>>8&255, n&255)
		}
		began := time.Now()
		p := o.Process("upload", root, "--as", "trusted", "--inventory", o.File("phones.csv", list.Bytes()), "--report", report, "--retries", "0", "--concurrency", "256", "--json")
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		most := memoryOf(p)
		if code := p.Ended(t); code != 3 {
			t.Fatalf("exit code %d: %s", code, &p.ErrText)
		}
		if rows := reported(t, report); len(rows) != phones {
			t.Errorf("%d rows", len(rows))
		}
		used := <-most
		t.Logf("%d phones in %s, at most %d kB", phones, time.Since(began), used)
		return used
	}
	// The most is looked up from time to time: on a busy machine the last look
	// may have been long before the end, and one sees too little.
	short, long := memory(4_000), memory(20_000)
	for try := 1; long > 2*short && try < 5; try++ {
		short = max(short, memory(4_000))
	}
	if long > 2*short {
		t.Errorf("the memory grows from %d to %d kB", short, long)
	}
}

// memoryOf tells in the end how much a process had at most, in kB; 0 where the
// system does not tell. What wait4 says of it counts the parent's in.
func memoryOf(p *commandstest.Process) <-chan int {
	most := make(chan int, 1)
	status := fmt.Sprintf("/proc/%d/status", p.Process.Pid)
	go func() {
		used := 0
		for {
			text, err := os.ReadFile(status)
			_, line, found := strings.Cut(string(text), "VmHWM:")
			if err != nil || !found { // it has ended
				most <- used
				return
			}
			fmt.Sscan(line, &used)
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return most
}
