package uas

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

const domain, alice = "sip:example.com", "sip:alice@example.com"

// message is a request with some more header fields.
func message(method, uri, to string, cseq int, more ...string) string {
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1;rport\nFrom: <%s>;tag=1\nTo: <%s>\nCall-ID: one\nCSeq: %d %s\n%s\n",
		method, uri, to, to, cseq, method, strings.Join(append(more, ""), "\n"))
}

// caller is a client and what the server told and ended with.
type caller struct {
	net.Conn
	in    *bufio.Reader
	told  chan Exchange
	ended chan error
	stop  context.CancelFunc
}

// call connects a client to a server of its own.
func call(t *testing.T, c Config) *caller {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return callAt(t, s)
}

func callAt(t *testing.T, s *Server) *caller {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	ctx, stop := context.WithCancel(t.Context())
	c := &caller{conn, bufio.NewReader(conn), make(chan Exchange, 1000), make(chan error, 1), stop}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.ended <- s.Serve(ctx, far, func(x Exchange) { c.told <- x })
		far.Close()
	}()
	t.Cleanup(func() { stop(); conn.Close(); <-done })
	return c
}

// say sends a text whose lines end in LF, and returns one message.
func (c *caller) say(t *testing.T, text string) string {
	t.Helper()
	if _, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	return c.hear(t)
}

// hear returns one message.
func (c *caller) hear(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %q", err, text.String())
		}
		if line == "\r\n" {
			return text.String()
		}
		text.WriteString(line)
	}
}

// end waits for the end of Serve.
func (c *caller) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-c.ended:
		return err
	case <-time.After(patience):
		t.Fatal("it goes on")
		return nil
	}
}

// TestPolite: what phones send besides REGISTER, for whatever domain they were
// given, and what is told of it.
func TestPolite(t *testing.T) {
	const to = "To: <sip:alice@example.com>"
	inside := func(text string) string { return strings.Replace(text, to, to+";tag=2", 1) }
	contact := "Contact: <sip:alice@192.0.2.55:5061;transport=TLS>"
	for _, test := range []struct{ name, request, want, field, told string }{
		{"options", message("OPTIONS", "sips:pbx.example.org:5061", domain, 1), "200 OK", "Accept: application/sdp", "OPTIONS: 200 OK"},
		{"register", message("REGISTER", "sip:pbx.example.org", alice, 1, contact), "200 OK", contact + ";expires=3600", "REGISTER of alice: 200 OK, registered for 3600 seconds"},
		{"register in the short form", "REGISTER sip:x SIP/2.0\nv:SIP/2.0/TLS 192.0.2.55\nf:sip:a@x\nt:sip:a@x\ni:1\nCSeq:1\n REGISTER\nm:\n <sip:a@192.0.2.55>\nExpires:\n\t60\nl:0\n\n", "200 OK", "Contact: <sip:a@192.0.2.55>;expires=60", "REGISTER of a: 200 OK, registered for 60 seconds"},
		{"subscribe to what nobody knows", message("SUBSCRIBE", alice, alice, 1, contact, "Event: dance"), "489 Bad Event", "Allow-Events: ", "SUBSCRIBE of alice: 489"},
		{"subscribe to nothing", message("SUBSCRIBE", alice, alice, 1, contact), "489 Bad Event", "Allow-Events: ", ""},
		{"subscribe from nowhere", message("SUBSCRIBE", alice, alice, 1, "Event: presence"), "400 ", "", ""},
		{"notify", message("NOTIFY", alice, alice, 1, "Event: keep-alive"), "200 OK", "", "NOTIFY of alice: 200 OK"},
		{"publish", message("PUBLISH", alice, alice, 1, "Event: vq-rtcpxr", "Expires: 99999"), "200 OK", "SIP-ETag: ", "PUBLISH of alice: 200 OK, vq-rtcpxr"},
		{"publish what nobody knows", message("PUBLISH", alice, alice, 1, "Event: dance"), "489 Bad Event", "Allow-Events: ", ""},
		{"invite", message("INVITE", "sip:bob@example.com", alice, 1, contact), "486 Busy Here", "", "INVITE of alice: 486 Busy Here"},
		{"invite again", inside(message("INVITE", "sip:bob@example.com", alice, 2, contact)), "481 ", "", ""},
		{"invite that requires", message("INVITE", "sip:bob@example.com", alice, 1, "Require: 100rel"), "420 ", "Unsupported: 100rel", ""},
		{"invite a telephone", message("INVITE", "tel:+1-201-555-0123", alice, 1), "416 ", "", ""},
		{"cancel", message("CANCEL", "sip:bob@example.com", alice, 1), "481 ", "", ""},
		{"bye", inside(message("BYE", "sip:bob@example.com", alice, 3)), "481 ", "", ""},
		{"message", message("MESSAGE", alice, alice, 1, "Content-Length: 2") + "hi", "405 ", "Allow: INVITE, ACK", "MESSAGE of alice: 405"},
		{"refer", message("REFER", alice, alice, 1), "405 ", "Allow: ", ""},
		{"unknown", message("DANCE", alice, alice, 1), "501 Not Implemented", "Allow: ", "DANCE of alice: 501"},
	} {
		c := call(t, Config{})
		answer := c.say(t, test.request)
		if !strings.HasPrefix(answer, "SIP/2.0 "+test.want) || !strings.Contains(answer, test.field) || !strings.Contains(answer, "Content-Length: 0\r\n") {
			t.Errorf("%s: %s", test.name, answer)
		}
		if x := <-c.told; !strings.HasPrefix(x.Text, test.told) || x.Reason == "" || !strings.Contains(answer, fmt.Sprintf("SIP/2.0 %d %s\r\n", x.Status, x.Reason)) {
			t.Errorf("%s: %+v", test.name, x)
		}
		// The connection lives on, an ACK and an answer are taken in silence.
		next := "ACK sip:bob@example.com SIP/2.0\n\nSIP/2.0 200 OK\nCSeq: 1 NOTIFY\nl: 3\n\nabc\n\n" + message("OPTIONS", domain, domain, 9)
		if answer := c.say(t, next); answer != "" {
			t.Errorf("%s: no pong but %s", test.name, answer)
		}
		if answer := c.hear(t); !strings.HasPrefix(answer, "SIP/2.0 200") || !strings.Contains(answer, "CSeq: 9 OPTIONS") {
			t.Errorf("%s, and then: %s", test.name, answer)
		}
	}
}

// TestSubscription: the NOTIFY that follows is one of the dialog, and its number
// rises.
func TestSubscription(t *testing.T) {
	c := call(t, Config{})
	tag := ""
	for i, expires := range []int{600, 0} {
		text := message("SUBSCRIBE", alice, alice, 7+i, "m: <sip:alice@192.0.2.55:5061;transport=TLS>", "o: Message-Summary ; id=ab", fmt.Sprintf("Expires: %d", expires), "User-Agent: Example Phone 1.0", "Record-Route: <sip:192.0.2.2;lr>")
		answer := c.say(t, strings.Replace(text, "\nCall-ID", tag+"\nCall-ID", 1))
		_, after, found := strings.Cut(answer, "To: <"+alice+">;tag=")
		if !found {
			t.Fatal(answer)
		}
		line, _, _ := strings.Cut(after, "\r\n")
		if tag != "" && tag != ";tag="+line {
			t.Errorf("%s, %s", tag, line)
		}
		tag = ";tag=" + line
		state := "active;expires=600"
		if expires == 0 {
			state = "terminated;reason=timeout"
		}
		at := c.RemoteAddr().String()
		notify := c.hear(t)
		want := "NOTIFY sip:alice@192.0.2.55:5061;transport=TLS SIP/2.0\r\nVia: SIP/2.0/TLS " + at + ";branch=z9hG4bK"
		rest := fmt.Sprintf("Max-Forwards: 70\r\nFrom: <%[1]s>%[2]s\r\nTo: <%[1]s>;tag=1\r\nCall-ID: one\r\nCSeq: %[3]d NOTIFY\r\nContact: <sip:%[4]s;transport=tls>\r\nEvent: message-summary;id=ab\r\nSubscription-State: %[5]s\r\nRoute: <sip:192.0.2.2;lr>\r\nContent-Length: 0\r\n", alice, tag, 7+i, at, state)
		if !strings.HasPrefix(notify, want) || !strings.HasSuffix(notify, rest) {
			t.Errorf("%s\nnot\n%s", notify, rest)
		}
		for _, field := range []string{fmt.Sprintf("Expires: %d\r\n", expires), "Contact: <sip:" + at, "Record-Route: <sip:192.0.2.2;lr>\r\n"} {
			if !strings.Contains(answer, field) {
				t.Errorf("no %q: %s", field, answer)
			}
		}
		if x := <-c.told; x.Text != fmt.Sprintf("SUBSCRIBE of alice: 200 OK, message-summary for %d seconds", expires) || x.UserAgent != "Example Phone 1.0" {
			t.Errorf("%+v", x)
		}
	}
}

// TestFixed: every REGISTER gets the status that is wanted, whoever sends it.
func TestFixed(t *testing.T) {
	users := map[string]string{"alice": "secret"}
	for status, want := range map[int]string{
		200: "200 OK", 302: "302 Moved Temporarily", 401: "401 Unauthorized", 403: "403 Forbidden", 404: "404 Not Found", 407: "407 Proxy Authentication Required",
		423: "423 Interval Too Brief", 503: "503 Service Unavailable", 603: "603 Decline", 399: "399 Redirection", 499: "499 Request Failure", 599: "599 Server Failure", 699: "699 Global Failure",
	} {
		c := call(t, Config{Answer: status, Users: users})
		answer := c.say(t, message("REGISTER", domain, alice, 1, "Contact: <sip:a@192.0.2.1>", `Authorization: Digest username="al", realm="x", nonce="1", uri="sip:x", response="0"`, `Proxy-Authorization: Digest username="bob", realm="x", nonce="1", uri="sip:x", response="0"`))
		x := <-c.told
		if !strings.HasPrefix(answer, "SIP/2.0 "+want+"\r\n") || x.Status != status || x.User != "alice" {
			t.Errorf("%d: %+v, %s", status, x, answer)
		}
		for code, field := range map[int]string{401: "WWW-Authenticate: Digest realm=\"phonecert\"", 407: "Proxy-Authenticate: Digest realm=\"phonecert\"", 423: "Min-Expires: 3600"} {
			if strings.Contains(answer, field) != (code == status) {
				t.Errorf("%d: %s", status, answer)
			}
		}
		if name := map[int]string{401: "al", 407: "bob"}[status]; x.AuthUser != name && status != 200 {
			t.Errorf("%d: %+v", status, x)
		}
		if answer := c.say(t, message("OPTIONS", domain, domain, 2)); !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Errorf("%d: %s", status, answer)
		}
	}
	// The client of "phonecert probe" gives up at the second challenge.
	c := call(t, Config{Answer: 401})
	answer := sip.Register(t.Context(), c, sip.Request{User: "alice", Host: "example.com"}, sip.Credentials{Password: "secret"})
	if answer.Status != 401 || answer.Registered {
		t.Errorf("%+v", answer)
	}
	<-c.told
	if x := <-c.told; x.AuthUser != "alice" || x.Text != "REGISTER of alice: 401 Unauthorized, as every REGISTER here" {
		t.Errorf("%+v", x)
	}
}

// TestDigest: a password is asked for and looked at, in a realm of no domain.
func TestDigest(t *testing.T) {
	s, err := New(Config{Users: map[string]string{"alice": "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	for password, status := range map[string]int{"secret": 200, "wrong": 401} {
		answer := sip.Register(t.Context(), callAt(t, s), sip.Request{User: "alice", Host: "pbx.example.org"}, sip.Credentials{Password: password})
		if answer.Status != status || answer.Realm != "phonecert" || answer.Algorithm != "MD5" {
			t.Errorf("%s: %+v", password, answer)
		}
	}
}

func TestWrongConfig(t *testing.T) {
	for want, c := range map[string]Config{
		"realm": {Realm: `a"b`}, "MD5 and SHA-256": {Algorithms: []string{"SHA-512"}}, "not with 100": {Answer: 100}, "not with 700": {Answer: 700}, "not with -1": {Answer: -1}, "not with 202": {Answer: 202},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestSplit: where the packets end makes no difference, and many requests may
// come in one.
func TestSplit(t *testing.T) {
	text := "\r\n\r\n" + strings.ReplaceAll(message("REGISTER", domain, alice, 1, "Contact: <sip:a@192.0.2.1>,", " <sip:b@192.0.2.1>", "Content-Length: 3")+"abc"+message("SUBSCRIBE", alice, alice, 2, "Contact: <sip:a@192.0.2.1>", "Event: reg"), "\n", "\r\n")
	first := []string{"\r\n", "SIP/2.0 200 OK\r\n", "SIP/2.0 200 OK\r\n", "NOTIFY sip:a@192.0.2.1 SIP/2.0\r\n"}
	for at := range len(text) {
		// Over a pipe each Write is one Read.
		near, far := net.Pipe()
		s, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- s.Serve(t.Context(), far, nil) }()
		near.SetDeadline(time.Now().Add(patience))
		go func() {
			io.WriteString(near, text[:at])
			io.WriteString(near, text[at:])
		}()
		in := bufio.NewReader(near)
		for i, want := range first {
			line, err := in.ReadString('\n')
			if line != want || err != nil {
				t.Fatalf("cut at %d, message %d: %q, %v", at, i, line, err)
			}
			for i > 0 && line != "\r\n" && err == nil {
				line, err = in.ReadString('\n')
			}
		}
		near.Close()
		// A pipe whose other end is closed takes no deadline either.
		if err := <-done; !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("cut at %d: %v", at, err)
		}
	}
	c := call(t, Config{})
	const many = 200
	go io.WriteString(c, strings.Repeat(strings.ReplaceAll(message("OPTIONS", domain, domain, 1), "\n", "\r\n"), many))
	for range many {
		if answer := c.hear(t); !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Fatal(answer)
		}
	}
}

// TestEnds: why each connection ends.
func TestEnds(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       error
		limit      string
	}{
		{"between messages", message("OPTIONS", domain, domain, 1) + "\n", io.EOF, ""},
		{"in a message", "OPTIONS sip:example.com SIP/2.0\nVia: x\n", io.ErrUnexpectedEOF, ""},
		{"in a line", "OPTIONS sip:exam", io.ErrUnexpectedEOF, ""},
		{"in a body", message("OPTIONS", domain, domain, 1, "Content-Length: 5"), io.ErrUnexpectedEOF, ""},
		{"HTTP", "GET / HTTP/1.1\n\n", ErrNotSIP, ""},
		{"negative length", message("OPTIONS", domain, domain, 1, "Content-Length: -1"), ErrNotSIP, ""},
		{"a length without end", message("OPTIONS", domain, domain, 1, "Content-Length: 18446744073709551616"), ErrNotSIP, ""},
		{"huge length", message("OPTIONS", domain, domain, 1, "Content-Length: 2147483647"), ErrTooLarge, "message size"},
		{"a line without end", "OPTIONS sip:" + strings.Repeat("a", MaxLine), ErrTooLarge, "message size"},
		{"a long line", "OPTIONS sip:" + strings.Repeat("a", MaxLine-12) + "\n", ErrTooLarge, "message size"},
		{"many fields", message("OPTIONS", domain, domain, 1, strings.Repeat("A: b\n", MaxFields)+"A: b"), ErrTooLarge, "message size"},
		{"a large head", message("OPTIONS", domain, domain, 1, strings.Repeat("A: "+strings.Repeat("b", 1000)+"\n", 40)+"A: b"), ErrTooLarge, "message size"},
		{"folding without end", message("OPTIONS", domain, domain, 1, "A: b\n"+strings.Repeat(" "+strings.Repeat("c", 4000)+"\n", 9)+" c"), ErrTooLarge, "message size"},
		{"nonsense", strings.Repeat("OPTIONS sip:example.com SIP/2.0\n\n", MaxFaults+1), errNonsense, "malformed requests"},
	} {
		c := call(t, Config{})
		// The server may hang up before all is written.
		io.WriteString(c, strings.ReplaceAll(test.text, "\n", "\r\n"))
		c.Conn.(*net.TCPConn).CloseWrite()
		err := c.end(t)
		var limited *Limited
		if !errors.Is(err, test.want) || errors.As(err, &limited) != (test.limit != "") || limited != nil && limited.Limit != test.limit {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestTime: silence has an end, and so has the context.
func TestTime(t *testing.T) {
	c := call(t, Config{Idle: time.Millisecond})
	var limited *Limited
	if err := c.end(t); !errors.As(err, &limited) || limited.Limit != "idle time" {
		t.Errorf("%v", err)
	}
	c = call(t, Config{})
	c.say(t, message("REGISTER", domain, alice, 1, "Contact: <sip:a@192.0.2.1>"))
	c.stop()
	if err := c.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	c = call(t, Config{})
	c.stop()
	if err := c.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestShared: what came over one connection is known at the other.
func TestShared(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	callAt(t, s).say(t, message("REGISTER", domain, alice, 1, "Contact: <sip:a@192.0.2.1>", "User-Agent: Example Phone 1.0"))
	if answer := callAt(t, s).say(t, message("REGISTER", domain, alice, 2)); !strings.Contains(answer, "Contact: <sip:a@192.0.2.1>;expires=3") {
		t.Error(answer)
	}
	if list := s.Bindings(); len(list) != 1 || list[0].UserAgent != "Example Phone 1.0" || list[0].User != "alice" {
		t.Errorf("%+v", list)
	}
}
