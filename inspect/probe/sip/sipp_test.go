package sip_test

import (
	"net"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/realparts"
)

const sippAnswer = `<send><![CDATA[
      SIP/2.0 STATUS
      [last_Via:]
      [last_From:]
      [last_To:];tag=1
      [last_Call-ID:]
      [last_CSeq:]
      MORE
      Content-Length: 0

    ]]></send>`

func sippScenario(steps ...string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><scenario name="registrar">` + strings.Join(steps, "\n") + `</scenario>`)
}

func answerOf(status, more string) string {
	return strings.NewReplacer("STATUS", status, "MORE", more).Replace(sippAnswer)
}

// TestSipp: a second implementation. Debian's has no TLS, so this one answers
// on the bare connection.
func TestSipp(t *testing.T) {
	challenge := answerOf("401 Unauthorized", `WWW-Authenticate: Digest realm="example.com", nonce="abc", algorithm=MD5, qop="auth"`)
	registrar := sippScenario(
		`<recv request="REGISTER"/>`, challenge,
		`<recv request="REGISTER"><action><verifyauth assign_to="right" username="100" password="`+password+`"/></action></recv>`,
		`<nop test="right" next="1"/>`,
		answerOf("403 Forbidden", "Server: sipp"), `<nop next="2"/>`,
		`<label id="1"/>`, answerOf("200 OK", "[last_Contact:];expires=45"),
		`<recv request="REGISTER"/>`, answerOf("200 OK", "Server: sipp"),
		`<label id="2"/>`,
	)
	options := sippScenario(`<recv request="OPTIONS"/>`, answerOf("200 Fine", "Allow: OPTIONS"))
	dial := func(s *realparts.Server) net.Conn {
		conn, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	request := sip.Request{User: "100", Host: "example.com"}
	s := realparts.Sipp(t, registrar)
	if got := sip.Register(within(t, patience), dial(s), request, sip.Credentials{Password: password}); got.Status != 200 || got.Expires != 45 || !got.Removed {
		t.Errorf("%+v\n%s", got, s.Log())
	}
	if got := sip.Register(within(t, patience), dial(s), request, sip.Credentials{Password: "wrong"}); got.Status != 403 || got.Registered || !got.Challenged {
		t.Errorf("%+v\n%s", got, s.Log())
	}
	if got := sip.Options(within(t, patience), dial(realparts.Sipp(t, options)), request); got.Status != 200 || got.Reason != "Fine" {
		t.Errorf("%+v", got)
	}
}
