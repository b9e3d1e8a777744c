package registrar

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/uas"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/testca"
)

const domain, alice = "sip:example.com", "sips:alice@example.com"

// TestAnswers: the status of each kind of request, and what is told of it.
func TestAnswers(t *testing.T) {
	r, j, _ := started(t, Config{})
	for _, test := range []struct {
		name, request, want, text string
	}{
		{"options", message("OPTIONS", "sip:example.com", domain, 1), "200 OK", "OPTIONS: 200 OK"},
		{"options to an address", message("OPTIONS", "sips:127.0.0.1:5061;transport=tls", domain, 1), "200 OK", ""},
		{"options to localhost", message("OPTIONS", "sips:alice@LOCALHOST.", domain, 1), "200 OK", ""},
		{"another domain", message("OPTIONS", "sip:example.org", domain, 1), "404 Not Found", "example.org"},
		{"invite", message("INVITE", alice, alice, 1), "405 Method Not Allowed\r\n", "INVITE: 405"},
		{"unknown method", message("DANCE", alice, alice, 1), "405 Method Not Allowed\r\n", ""},
		{"cancel", message("CANCEL", alice, alice, 1), "481 ", ""},
		{"register for another domain", message("REGISTER", domain, "sip:alice@example.org", 1, "Contact: <sip:a@192.0.2.1>"), "404 Not Found", "REGISTER of alice: 404"},
		{"register nobody", message("REGISTER", domain, domain, 1, "Contact: <sip:a@192.0.2.1>"), "400 Malformed To", ""},
		{"require", message("REGISTER", domain, alice, 1, "Require: dance"), "420 Bad Extension", ""},
		{"star with time", message("REGISTER", domain, alice, 1, "Contact: *"), "400 Malformed Contact", ""},
		{"star among others", message("REGISTER", domain, alice, 1, "Contact: *, <sip:a@192.0.2.1>", "Expires: 0"), "400 Malformed Contact", ""},
		{"no contact at all", message("REGISTER", domain, alice, 1, "Contact: <alice"), "400 Malformed Contact", ""},
		{"too many contacts", message("REGISTER", domain, alice, 1, "Contact: "+strings.Repeat("<sip:a@192.0.2.1>, ", 30)), "400 Too many contacts", ""},
		{"no Call-ID", strings.Replace(message("REGISTER", domain, alice, 1), "Call-ID: one\n", "", 1), "400 Missing Call-ID", ""},
		{"two CSeq", message("REGISTER", domain, alice, 1, "CSeq: 1 REGISTER"), "400 More than one CSeq", ""},
		{"CSeq of another method", strings.Replace(message("REGISTER", domain, alice, 1), "1 REGISTER", "1 OPTIONS", 1), "400 CSeq does not match", ""},
		{"another version", strings.Replace(message("OPTIONS", domain, domain, 1), "com SIP/2.0", "com SIP/3.0", 1), "505 ", ""},
		{"another scheme", message("OPTIONS", "tel:+1-201-555-0123", domain, 1), "416 ", ""},
		{"no header field", message("OPTIONS", domain, domain, 1, "what is this"), "400 Malformed header field", ""},
		{"no URI", message("OPTIONS", "example", domain, 1), "400 Malformed Request-URI", ""},
	} {
		conn := client(t, r, nil)
		answer := said(t, conn, test.request)
		if !strings.HasPrefix(answer, "SIP/2.0 "+test.want) || !strings.Contains(answer, "Content-Length: 0\r\n") {
			t.Errorf("%s: %s", test.name, answer)
		}
		if strings.HasPrefix(test.want, "405") && !strings.Contains(answer, "Allow: OPTIONS, REGISTER\r\n") {
			t.Errorf("%s: no Allow: %s", test.name, answer)
		}
		if test.text != "" {
			j.wait(t, func(e Event) bool { return e.Kind == Answered && strings.Contains(e.Text, test.text) })
		}
		// The connection lives on.
		if answer := said(t, conn, "ACK sip:x SIP/2.0\n\n"+message("OPTIONS", domain, domain, 2)); !strings.HasPrefix(answer, "SIP/2.0 200 OK") {
			t.Errorf("%s, and then: %s", test.name, answer)
		}
		conn.Close()
	}
	if list := r.Bindings(); len(list) != 0 {
		t.Errorf("bindings: %+v", list)
	}
}

// TestCopied: the answer has what the client knows its request by.
func TestCopied(t *testing.T) {
	r, _, _ := started(t, Config{})
	conn := client(t, r, nil)
	answer := said(t, conn, "REGISTER sip:example.com SIP/2.0\nv: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1;rport, SIP/2.0/TLS 192.0.2.56\nVia: SIP/2.0/TLS 192.0.2.57\n"+
		"f: \"A, B\" <sip:alice@example.com>;tag=a\nt: <sip:%61lice@example.com>\ni: one\nCSeq: 7 REGISTER\nm: \"<\" <sip:alice@192.0.2.55:5061;transport=TLS;x=\n  1>;expires=90\nl: 4\n\nbody")
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	for _, want := range []string{
		"Via: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1;rport=" + port + ";received=127.0.0.1, SIP/2.0/TLS 192.0.2.56\r\nVia: SIP/2.0/TLS 192.0.2.57\r\n",
		"From: \"A, B\" <sip:alice@example.com>;tag=a\r\n", "To: <sip:%61lice@example.com>;tag=", "Call-ID: one\r\nCSeq: 7 REGISTER\r\n",
		"Date: Sat, 01 Jun 2024 12:00:00 GMT\r\n",
	} {
		if !strings.Contains(answer, want) {
			t.Errorf("no %q in %s", want, answer)
		}
	}
	if !strings.HasPrefix(answer, "SIP/2.0 400 Malformed Contact") { // a space in the URI
		t.Error(answer)
	}
}

// TestRegistration: bindings come, are renewed and go.
func TestRegistration(t *testing.T) {
	var now atomic.Int64
	r, j, _ := started(t, Config{Clock: func() time.Time { return testca.Clock().Add(time.Duration(now.Load()) * time.Second) }})
	conn := client(t, r, nil)
	const one, two = "<sips:alice@192.0.2.55:5061>", "<sip:alice@192.0.2.56;transport=TLS>"
	for _, step := range []struct {
		name, request string
		at            int64
		status        string
		contacts      []string
	}{
		{"nothing there", message("REGISTER", domain, alice, 1), 0, "200", nil},
		{"no time given", message("REGISTER", domain, alice, 2, "Contact: "+one), 0, "200", []string{one + ";expires=3600"}},
		{"too long, and a second phone", message("REGISTER", domain, alice, 3, "Contact: "+two+";q=0.7;expires=99999", "User-Agent: Example Phone 1.0"), 10, "200", []string{one + ";expires=3590", two + ";expires=3600"}},
		{"renewed", message("REGISTER", domain, alice, 4, "Contact: "+one+", "+two, "Expires: 60"), 20, "200", []string{one + ";expires=60", two + ";expires=60"}},
		{"an old one again", message("REGISTER", domain, alice, 4, "Contact: "+one, "Expires: 600"), 21, "400 CSeq out of order", nil},
		{"one goes", message("REGISTER", domain, alice, 5, "Contact: "+one+";expires=0"), 30, "200", []string{two + ";expires=50"}},
		{"the other expires", message("REGISTER", domain, alice, 6), 80, "200", nil},
		{"and comes back", message("REGISTER", domain, "sip:ali%63e@Example.com", 7, "Contact: "+one), 90, "200", []string{one + ";expires=3600"}},
		{"all go, but this is old", message("REGISTER", domain, alice, 7, "Contact: *", "Expires: 0"), 91, "400 CSeq out of order", nil},
		{"all go", message("REGISTER", domain, alice, 8, "Contact: *", "Expires: 0"), 91, "200", nil},
	} {
		now.Store(step.at)
		answer := said(t, conn, step.request)
		var got []string
		for line := range strings.SplitSeq(answer, "\r\n") {
			if contact, found := strings.CutPrefix(line, "Contact: "); found {
				got = append(got, contact)
			}
		}
		if !strings.HasPrefix(answer, "SIP/2.0 "+step.status) || strings.Join(got, " ") != strings.Join(step.contacts, " ") {
			t.Errorf("%s: %s", step.name, answer)
		}
		if step.name == "renewed" {
			list := r.Bindings()
			if len(list) != 2 || list[0].User != "alice" || list[0].Contact != "sip:alice@192.0.2.56;transport=TLS" || list[0].Expires.Sub(testca.Clock()) != 80*time.Second || list[0].Client != conn.LocalAddr().String() {
				t.Errorf("%+v", list)
			}
		}
	}
	if list := r.Bindings(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	j.wait(t, func(e Event) bool {
		return e.User == "alice" && e.Status == 200 && e.Expires == 60 && e.Contacts == 2 && e.Text == "REGISTER of alice: 200 OK, registered for 60 seconds"
	})
	j.wait(t, func(e Event) bool { return strings.HasSuffix(e.Text, "unregistered, contacts left: 1") })
	j.wait(t, func(e Event) bool { return strings.HasSuffix(e.Text, "no longer registered") })
	j.wait(t, func(e Event) bool { return e.UserAgent == "Example Phone 1.0" })
}

// TestDigest: the client of "phonecert probe" with the right password and wrong
// ones.
func TestDigest(t *testing.T) {
	const password = "correct-horse"
	users := map[string]string{"alice": password}
	r, j, _ := started(t, Config{Users: users, Algorithms: []string{SHA256, MD5}})
	for _, test := range []struct {
		user   string
		who    sip.Credentials
		status int
		text   string
	}{
		{"alice", sip.Credentials{Password: password}, 200, "REGISTER of alice: 200 OK, registered"},
		{"1001", sip.Credentials{Username: "alice", Password: password}, 200, "REGISTER of 1001 as alice: 200 OK"},
		{"alice", sip.Credentials{Password: password + "!"}, 401, `REGISTER of alice: 401 Unauthorized, the password of "alice" is wrong`},
		{"bob", sip.Credentials{Password: password}, 401, `REGISTER of bob: 401 Unauthorized, there is no user "bob"`},
		{"carol", sip.Credentials{}, 401, "REGISTER of carol: 401 Unauthorized, a password is asked for"},
	} {
		answer := sip.Register(t.Context(), client(t, r, nil), sip.Request{User: test.user, Host: "example.com"}, test.who)
		if answer.Status != test.status || answer.Registered != (test.status == 200) || answer.Removed != answer.Registered || answer.Realm != "example.com" || answer.Algorithm != "SHA-256" {
			t.Errorf("%s: %+v", test.user, answer)
		}
		j.wait(t, func(e Event) bool { return strings.HasPrefix(e.Text, test.text) })
	}
	old, _, _ := started(t, Config{Users: users})
	if answer := sip.Register(t.Context(), client(t, old, nil), sip.Request{User: "alice", Host: "example.com"}, sip.Credentials{Password: password}); !answer.Registered || answer.Algorithm != "MD5" {
		t.Errorf("%+v", answer)
	}
	if answer := sip.Options(t.Context(), client(t, r, nil), sip.Request{Host: "example.com"}); answer.Status != 200 || answer.Challenged || answer.Server != "phonecert" || len(answer.Allow) != 2 {
		t.Errorf("OPTIONS %+v", answer)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.list {
		if strings.Contains(e.Text, password) || strings.Contains(e.Text, "response") {
			t.Errorf("%q", e.Text)
		}
	}
}

// TestKeepAlive: two empty lines are answered with one, a single one is not.
func TestKeepAlive(t *testing.T) {
	r, _, _ := started(t, Config{})
	conn := client(t, r, nil)
	in := bufio.NewReader(conn)
	for range 3 {
		io.WriteString(conn, "\r\n\r\n")
		if line, err := in.ReadString('\n'); line != "\r\n" || err != nil {
			t.Fatalf("%q, %v", line, err)
		}
	}
	io.WriteString(conn, "\r\n"+strings.ReplaceAll(message("OPTIONS", domain, domain, 1), "\n", "\r\n"))
	if line, err := in.ReadString('\n'); line != "SIP/2.0 200 OK\r\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// TestHungUp: what is no SIP, too large or too late ends the connection.
func TestHungUp(t *testing.T) {
	patient, patientJournal, _ := started(t, Config{})
	hasty, hastyJournal, _ := started(t, Config{Idle: 200 * time.Millisecond})
	for _, test := range []struct{ name, text, want string }{
		{"HTTP", "GET / HTTP/1.1\n\n", "not SIP"},
		{"binary", "\x00\x01\n", "not SIP"},
		{"control characters", "OPTIONS sip:example.com SIP/2.0\nFrom: \x01\n\n", "not SIP"},
		{"a bare CR", "OPTIONS sip:example.com SIP/2.0\nFrom: a\rb\n\n", "not SIP"},
		{"no length", message("OPTIONS", domain, domain, 1, "Content-Length: some"), "not SIP"},
		{"two lengths", message("OPTIONS", domain, domain, 1, "Content-Length: 1", "l: 2"), "not SIP"},
		{"large body", message("OPTIONS", domain, domain, 1, "Content-Length: 9999999"), "larger than"},
		{"long line", "OPTIONS sip:" + strings.Repeat("a", uas.MaxLine), "larger than"},
		{"many fields", message("OPTIONS", domain, domain, 1, strings.Repeat("A: b\n", uas.MaxFields)+"A: b"), "larger than"},
		{"many lines", message("OPTIONS", domain, domain, 1, strings.Repeat("A: "+strings.Repeat("b", 1000)+"\n", 40)+"A: b"), "larger than"},
		{"nonsense without end", strings.Repeat("OPTIONS sip:example.com SIP/2.0\n\n", uas.MaxFaults+1), "made no sense"},
		{"silence", "", "said nothing for too long"},
	} {
		r, j := patient, patientJournal
		if test.text == "" {
			r, j = hasty, hastyJournal
		}
		conn := client(t, r, nil)
		io.WriteString(conn, strings.ReplaceAll(test.text, "\n", "\r\n"))
		if _, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %v", test.name, err)
		}
		me := conn.LocalAddr().String()
		if e := j.wait(t, func(e Event) bool { return e.Kind == Closed && e.Client == me }); e.By != byServer || !strings.Contains(e.Text, test.want) {
			t.Errorf("%s: %+v", test.name, e)
		}
	}
}

// TestRegisteredStay: a phone that is registered may say nothing as long as its
// registration holds.
func TestRegisteredStay(t *testing.T) {
	t.Parallel()
	register := strings.ReplaceAll(message("REGISTER", domain, alice, 1, "Contact: <sips:alice@192.0.2.55>"), "\n", "\r\n")
	for idle := 100 * time.Millisecond; ; idle *= 4 {
		r, _, _ := started(t, Config{Idle: idle})
		conn := client(t, r, nil)
		io.WriteString(conn, register)
		first := make([]byte, 1)
		if _, err := conn.Read(first); err != nil && idle < patience {
			continue // it was hung up on before it could register
		}
		in := bufio.NewReader(conn)
		heard(t, in)
		time.Sleep(3 * idle)
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, strings.ReplaceAll(message("OPTIONS", domain, domain, 2), "\n", "\r\n"))
		if answer := heard(t, in); !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Error(answer)
		}
		return
	}
}
