package sip_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// TestRequest: what goes out is what RFC 3261 section 8.1.1 asks for.
func TestRequest(t *testing.T) {
	for _, test := range []struct {
		request                    sip.Request
		line, from, to, via, conta string
	}{
		{sip.Request{Host: "example.com"}, "OPTIONS sips:example.com SIP/2.0", "<sips:phonecert@example.com>", "<sips:example.com>", "SIP/2.0/TLS ", `<sips:phonecert@ADDR>`},
		{sip.Request{Host: "2001:db8::1", Port: 5062, User: "ü 1", Scheme: "sip"}, "OPTIONS sip:[2001:db8::1]:5062;transport=tls SIP/2.0", "<sip:%C3%BC%201@[2001:db8::1]>", "<sip:[2001:db8::1]>", "SIP/2.0/TLS ", `<sip:%C3%BC%201@ADDR;transport=tls>`},
		{sip.Request{Host: "example.com", User: "a\r\nX: y"}, "OPTIONS sips:example.com SIP/2.0", "<sips:a%0D%0AX%3A%20y@example.com>", "<sips:example.com>", "SIP/2.0/TLS ", `<sips:a%0D%0AX%3A%20y@ADDR>`},
	} {
		conn, list := scripted(t, func(_ int, a asked) string { return a.reply("200 OK") })
		test.request.Random = bytes.NewReader(bytes.Repeat([]byte{0xab}, 100))
		if result := sip.Options(within(t, patience), conn, test.request); result.Status != 200 {
			t.Fatalf("%+v", result)
		}
		got := (*list)[0]
		local := conn.LocalAddr().String()
		for name, want := range map[string]string{
			"From": test.from + ";tag=" + strings.Repeat("ab", 8), "To": test.to, "Call-Id": strings.Repeat("ab", 16), "Cseq": "1 OPTIONS",
			"Via": test.via + local + ";branch=z9hG4bK" + strings.Repeat("ab", 12) + ";rport", "Contact": strings.ReplaceAll(test.conta, "ADDR", local),
			"Max-Forwards": "70", "User-Agent": "phonecert", "Content-Length": "0", "Accept": "application/sdp",
		} {
			if got.line != test.line || got.header.Get(name) != want {
				t.Errorf("%q %s: %q, want %q", got.line, name, got.header.Get(name), want)
			}
		}
		if len(got.header) != 10 {
			t.Errorf("%v", got.header)
		}
	}
}

// TestAnswers: what may come before, beside and instead of an answer.
func TestAnswers(t *testing.T) {
	ok := diagnosis.SIP{Method: "OPTIONS", Status: 200, Reason: "OK"}
	for _, test := range []struct {
		name   string
		answer func(a asked) string
		want   diagnosis.SIP
	}{
		{"provisional", func(a asked) string { return a.reply("100 Trying") + a.reply("183 Going on") + a.reply("200 OK") }, ok},
		{"keep-alive", func(a asked) string { return "\r\n\r\n" + a.reply("200 OK") }, ok},
		{"folded, compact, bare LF", func(a asked) string {
			return "SIP/2.0 200 OK\ni:\t" + a.header.Get("Call-Id") + "\r\nCSeq:\r\n 1\r\n\tOPTIONS\r\nl : 3\r\nbroken line\r\nServer: A\r\n  B\x1b[31m\r\nAllow: INVITE, ACK,\r\nALLOW: BYE\r\n\r\nabc"
		}, diagnosis.SIP{Method: "OPTIONS", Status: 200, Reason: "OK", Server: "A B[31m", Allow: []string{"INVITE", "ACK", "BYE"}}},
		{"other Call-ID", func(a asked) string {
			return strings.Replace(a.reply("500 No"), a.header.Get("Call-Id"), "other", 1) + a.reply("200 OK")
		}, ok},
		{"other CSeq", func(a asked) string {
			return strings.Replace(a.reply("500 No"), "1 OPTIONS", "2 OPTIONS", 1) + strings.Replace(a.reply("500 No"), "1 OPTIONS", "1 REGISTER", 1) + a.reply("200 OK")
		}, ok},
		{"no length", func(a asked) string {
			return strings.Replace(a.reply("200 OK"), "Content-Length: 0\r\n", "", 1)
		}, ok},
		{"user agent", func(a asked) string { return a.reply("200 OK", "User-Agent: PBX 1") }, diagnosis.SIP{Method: "OPTIONS", Status: 200, Reason: "OK", Server: "PBX 1"}},
		{"redirect", func(a asked) string { return a.reply("302 Moved", "Contact: <sips:pbx2.example.com>") }, diagnosis.SIP{Method: "OPTIONS", Status: 302, Reason: "Moved", Location: "<sips:pbx2.example.com>"}},
		{"challenge", func(a asked) string {
			return a.reply("401 Unauthorized", `WWW-Authenticate: Digest realm="r", nonce="n"`)
		}, diagnosis.SIP{Method: "OPTIONS", Status: 401, Reason: "Unauthorized", Challenged: true, Realm: "r", Algorithm: "MD5"}},
		{"no reason", func(a asked) string { return a.reply("404") }, diagnosis.SIP{Method: "OPTIONS", Status: 404}},
		{"HTTP", func(asked) string { return "HTTP/1.1 400 Bad Request\r\n\r\n" }, diagnosis.SIP{Method: "OPTIONS", Error: "not SIP"}},
		{"noise", func(asked) string { return strings.Repeat("\xff", 5000) }, diagnosis.SIP{Method: "OPTIONS", Error: "not SIP"}},
		{"bad status", func(asked) string { return "SIP/2.0 20x OK\r\n\r\n" }, diagnosis.SIP{Method: "OPTIONS", Error: "not SIP"}},
		{"bad length", func(a asked) string { return strings.Replace(a.reply("200 OK"), "Length: 0", "Length: -1", 1) }, diagnosis.SIP{Method: "OPTIONS", Error: "not SIP"}},
		{"huge length", func(a asked) string { return strings.Replace(a.reply("200 OK"), "Length: 0", "Length: 99999999", 1) }, diagnosis.SIP{Method: "OPTIONS", Error: "too large"}},
		{"long head", func(a asked) string { return "SIP/2.0 200 OK\r\n" + strings.Repeat("A: b\r\n", 20000) }, diagnosis.SIP{Method: "OPTIONS", Error: "too large"}},
		{"many fields", func(a asked) string {
			return a.reply("200 OK", strings.TrimSuffix(strings.Repeat("A: b\r\n", 600), "\r\n"))
		}, diagnosis.SIP{Method: "OPTIONS", Error: "too large"}},
		{"endless provisional", func(a asked) string { return strings.Repeat(a.reply("100 Trying"), 200) }, diagnosis.SIP{Method: "OPTIONS", Error: "too large"}},
		{"endless lines", func(a asked) string { return strings.Repeat("\r\n", 40000) }, diagnosis.SIP{Method: "OPTIONS", Error: "too large"}},
		{"closed", func(asked) string { return "close" }, diagnosis.SIP{Method: "OPTIONS", Error: "closed"}},
		{"silent", func(asked) string { return "" }, diagnosis.SIP{Method: "OPTIONS", Error: "timeout"}},
		{"banner", func(asked) string { return "SSH-2.0-x\r\n" }, diagnosis.SIP{Method: "OPTIONS", Error: "not SIP"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, _ := scripted(t, func(_ int, a asked) string { return test.answer(a) })
			limit := patience
			if test.want.Error == "timeout" {
				limit = 50 * time.Millisecond
			}
			got := sip.Options(within(t, limit), conn, sip.Request{Host: "example.com"})
			if got.Duration <= 0 {
				t.Error("no duration")
			}
			got.Duration = 0
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", test.want) {
				t.Errorf("\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// TestServerAsks: a PBX asks a phone whether it is there, and notifies it.
func TestServerAsks(t *testing.T) {
	var final string
	conn, list := scripted(t, func(n int, a asked) string {
		if n == 0 {
			final = a.reply("200 OK")
			return "OPTIONS sips:x SIP/2.0\r\nv: SIP/2.0/TLS a;branch=1\r\nVia: SIP/2.0/TLS b\r\nf: <sips:s>;tag=1\r\nt: <sips:x>\r\ni: 77\r\nCSeq: 9 OPTIONS\r\n\r\n" +
				"ACK sips:x SIP/2.0\r\n\r\nNOTIFY sips:x SIP/2.0\r\nTo: <sips:x>;tag=2\r\nl: 2\r\n\r\nab"
		}
		if n == 2 {
			return final
		}
		return ""
	})
	if got := sip.Options(within(t, patience), conn, sip.Request{Host: "example.com"}); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	first, second := (*list)[1], (*list)[2]
	if first.line != "SIP/2.0 200 OK" || second.line != "SIP/2.0 405 Method Not Allowed" || len(first.header["Via"]) != 2 || first.header.Get("Call-Id") != "77" || first.header.Get("Cseq") != "9 OPTIONS" ||
		!regexp.MustCompile(`^<sips:x>;tag=[0-9a-f]{16}$`).MatchString(first.header.Get("To")) || second.header.Get("To") != "<sips:x>;tag=2" {
		t.Errorf("%+v\n%+v", first, second)
	}
}

// TestPrefixes: an answer that is cut anywhere is no answer.
func TestPrefixes(t *testing.T) {
	const whole = "SIP/2.0 200 OK\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 3\r\n\r\nabc"
	for i := range whole {
		client, server := connected(t)
		go func() { fmt.Fprint(server, whole[:i]); server.Close() }()
		got := sip.Options(within(t, patience), client, sip.Request{Host: "example.com"})
		if got.Status != 0 || got.Error != "closed" && got.Error != "reset" {
			t.Errorf("%d: %+v", i, got)
		}
		client.Close()
	}
}

func TestDrip(t *testing.T) { synctest.Test(t, drip) }

func drip(t *testing.T) {
	client, server := net.Pipe()
	ended := make(chan struct{})
	go io.Copy(io.Discard, server)
	go func() {
		defer close(ended)
		for {
			if _, err := server.Write([]byte("S")); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	start := time.Now()
	got := sip.Options(within(t, 100*time.Millisecond), client, sip.Request{Host: "example.com"})
	if got.Error != "timeout" || time.Since(start) != 100*time.Millisecond {
		t.Errorf("%+v after %v", got, time.Since(start))
	}
	client.Close()
	<-ended
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	conn, _ := scripted(t, func(int, asked) string { cancel(); return "" })
	if got := sip.Options(ctx, conn, sip.Request{Host: "example.com"}); got.Error != "cancelled" {
		t.Errorf("%+v", got)
	}
}
