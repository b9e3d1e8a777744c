package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

const (
	// slack is what a command may take beyond its --timeout, on a machine that
	// runs many tests at once.
	slack = time.Minute
	// brief is the --timeout where a server makes the command wait for it, long
	// where the answer comes before it.
	brief, long = 10 * time.Second, time.Minute
)

// hostile is a server that does not do as it should.
type hostile struct {
	name    string
	timeout time.Duration
	serve   func(net.Conn)
	// code is a beginning of the code of the finding that tells what is wrong.
	code string
}

// TestHostileServers: whatever a server does, the answer comes in time, with a
// transcript up to that point and a finding that says what to do.
func TestHostileServers(t *testing.T) {
	t.Parallel()
	together(t, append(hostileHandshakes(t), foreignBanners()...), func(t *testing.T, h hostile) {
		addr := listener(t, h.serve)
		c := endures(t, h, addr)
		if len(c.Transcript) == 0 || c.Transcript[0].Name != "ClientHello" {
			t.Errorf("messages: %s", c.messages())
		}
		identifies(t, h, addr)
	})
}

// together runs a test for each server: more at once than there are processors
// of those that let one wait, and few of those that give one work.
func together(t *testing.T, list []hostile, test func(*testing.T, hostile)) {
	t.Helper()
	for timeout, most := range map[time.Duration]int{brief: 16, long: 1} {
		places := make(chan struct{}, most)
		var group sync.WaitGroup
		for _, h := range list {
			if h.timeout != timeout {
				continue
			}
			places <- struct{}{}
			group.Go(func() {
				defer func() { <-places }()
				t.Run(h.name, func(t *testing.T) { test(t, h) })
			})
		}
		group.Wait()
	}
}

// TestHostileAnswers: the same for what comes after a handshake that is well.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	root := realparts.WriteFile(t, "root.pem", ca.PEM())
	together(t, hostileAnswers(), func(t *testing.T, h hostile) {
		c := endures(t, h, secured(t, own, h.serve), "--custom", root)
		if !strings.HasPrefix(c.messages(), "ClientHello ServerHello Certificate ServerHelloDone ClientKeyExchange ChangeCipherSpec Finished ChangeCipherSpec Finished ApplicationData") {
			t.Errorf("messages: %s", c.messages())
		}
	})
	together(t, hostilePages(), func(t *testing.T, h hostile) {
		endures(t, h, "https://"+secured(t, own, h.serve)+"/y.cfg", "--custom", root)
	})
}

// endures probes a hostile server.
func endures(t *testing.T, h hostile, target string, args ...string) wireConnection {
	t.Helper()
	clock := testca.Clock().Format(time.RFC3339)
	args = append([]string{"probe", target, "--json", "--clock", clock, "--handset", "yealink-t28p", "--timeout", h.timeout.String()}, args...)
	begin := time.Now()
	code, out, errText := commandstest.Online(t, nil, args...)
	if spent := time.Since(begin); spent > h.timeout+slack {
		t.Errorf("it took %s", spent)
	}
	if code != 10 && code != 11 {
		t.Fatalf("exit code %d\n%s%s", code, out, errText)
	}
	c := answer(t, out)
	for _, f := range c.Findings {
		if strings.HasPrefix(f.Code, h.code) && f.Severity == "error" {
			if f.Message == "" || f.Fix == "" || f.Source == "" {
				t.Errorf("%+v", f)
			}
			return c
		}
	}
	t.Errorf("no error %s in %s\n%s", h.code, c.codes(), c.Sentence)
	return c
}

// identifies looks at a hostile server as if it were a phone.
func identifies(t *testing.T, h hostile, addr string) {
	t.Helper()
	begin := time.Now()
	code, out, errText := commandstest.Online(t, nil, "phone", "identify", "https://"+addr, "--json", "--timeout", h.timeout.String())
	if spent := time.Since(begin); spent > h.timeout+slack {
		t.Errorf("identify took %s", spent)
	}
	var object struct {
		Findings []struct{ Code, Message, Fix string }
	}
	if err := json.Unmarshal([]byte(out), &object); err != nil || len(object.Findings) == 0 {
		t.Errorf("identify: %v in %s%s", err, out, errText)
	}
	if code != 10 && code != 11 || code == 10 && strings.HasPrefix(h.code, "ending.silent") {
		t.Errorf("identify: exit code %d\n%s%s", code, out, errText)
	}
}

// TestCutAnswers: a real server's answer that ends at every border of a record
// and at many bytes between, with a close and with a reset. What came before is
// in the transcript, and nothing of it is taken for a verdict of its own.
func TestCutAnswers(t *testing.T) {
	t.Parallel()
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: append(own.PEM(), ca.PEM()...), Key: own.KeyPEM(t), Ciphers: "AES128-SHA:@SECLEVEL=0"})
	args := []string{"--custom", realparts.WriteFile(t, "root.pem", ca.PEM())}
	var said bytes.Buffer
	through := make(chan struct{})
	between := listener(t, func(c net.Conn) { forward(pbx.Addr, 1<<20, false, &said)(c); close(through) })
	whole := probed(t, 0, append(args, between, "--handset", "yealink-t28p")...)
	<-through
	var cuts []int
	for at := 0; at < said.Len(); {
		end := at + 5 + int(said.Bytes()[at+3])<<8 + int(said.Bytes()[at+4])
		if said.Bytes()[at] == 21 { // the server's farewell, after all that counts
			break
		}
		for _, cut := range []int{at, at + 1, at + 5, at + (end-at)/2, end - 1} {
			if cut < end && !slices.Contains(cuts, cut) {
				cuts = append(cuts, cut)
			}
		}
		at = end
	}
	var list []hostile
	for i, cut := range cuts {
		list = append(list, hostile{name: fmt.Sprint(cut), timeout: long, serve: forward(pbx.Addr, cut, i%2 == 1, nil)})
	}
	together(t, list, func(t *testing.T, h hostile) {
		c := endures(t, h, listener(t, h.serve), args...)
		for i, m := range c.Transcript {
			if i < len(whole.Transcript) && m.Name != whole.Transcript[i].Name && m.Name != "Alert" {
				t.Errorf("messages: %s", c.messages())
			}
		}
		if len(c.Transcript) == 0 || len(c.Transcript) > len(whole.Transcript)+1 {
			t.Errorf("messages: %s", c.messages())
		}
	})
	if t.Failed() {
		t.Logf("messages of the whole: %s, its bytes: %d", whole.messages(), said.Len())
	}
}

// TestEndlessRenegotiation: a real server that asks again and again to begin
// anew is told no each time, and the answer comes in time.
func TestEndlessRenegotiation(t *testing.T) {
	t.Parallel()
	ca := testca.Root(t, "Example Root")
	restless := restlessServer(t, ca.Issue(t, "pbx.example.com", testca.TLS))
	done := make(chan struct{})
	go func() {
		for tick := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-tick:
				if strings.Contains(restless.Log(), "CIPHER is") { // the handshake is done
					restless.Type("r")
				}
			case <-done:
				return
			}
		}
	}()
	defer close(done)
	h := hostile{timeout: long, code: "sip."}
	c := endures(t, h, restless.Addr, "--custom", realparts.WriteFile(t, "root.pem", ca.PEM()))
	if !strings.Contains(c.messages(), "HelloRequest Alert") {
		t.Errorf("messages: %s", c.messages())
	}
}

// forward stands before a server and breaks its answer off after some bytes.
func forward(server string, bytes int, hard bool, said io.Writer) func(net.Conn) {
	return func(c net.Conn) {
		behind, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer behind.Close()
		go func() { io.Copy(behind, c); behind.Close() }()
		answer := io.LimitReader(behind, int64(bytes))
		if said != nil {
			answer = io.TeeReader(answer, said)
		}
		io.Copy(c, answer)
		if hard {
			time.Sleep(20 * time.Millisecond) // so that what was sent is read before the reset
			reset(c)
		}
	}
}

// mostMemory is what one probe may hold, in bytes, whatever the server sends.
const mostMemory = 24 << 20

// TestHostileServersCostLittleMemory watches the heap while servers send as much
// as they can.
func TestHostileServersCostLittleMemory(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	root := realparts.WriteFile(t, "root.pem", ca.PEM())
	for _, h := range append(hostileHandshakes(t), hostileAnswers()...) {
		addr := ""
		switch h.name {
		case "endless header fields", "answer of 2 GB":
			addr = secured(t, own, h.serve)
		case "chain of 16 MB", "endless ServerHello", "endless ChangeCipherSpec", "endless data":
			addr = listener(t, h.serve)
		default:
			continue
		}
		if most := highest(func() { endures(t, h, addr, "--custom", root) }); most > mostMemory {
			t.Errorf("%s: %d MiB", h.name, most>>20)
		}
	}
	page := secured(t, own, func(c net.Conn) {
		heard(c)
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		forever(c, make([]byte, 1<<14))
	})
	if most := highest(func() { probed(t, 0, "https://"+page+"/y.cfg", "--handset", "yealink-t28p", "--custom", root) }); most > mostMemory {
		t.Errorf("endless page: %d MiB", most>>20)
	}
}

// highest is how far the heap grows while something runs, in bytes.
func highest(run func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that the heap is what is live
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	before, most := memory.HeapAlloc, memory.HeapAlloc
	done, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for tick := time.Tick(2 * time.Millisecond); ; {
			runtime.ReadMemStats(&memory)
			most = max(most, memory.HeapAlloc)
			select {
			case <-done:
				return
			case <-tick:
			}
		}
	}()
	run()
	close(done)
	<-sampled
	return most - before
}
