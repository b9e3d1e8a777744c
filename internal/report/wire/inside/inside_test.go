package inside

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// said makes entries of opened application data, in pieces of some bytes.
func said(direction handshake.Direction, text string, piece int) []handshake.Entry {
	var list []handshake.Entry
	for len(text) > 0 {
		n := min(piece, len(text))
		list = append(list, handshake.Entry{
			Index: len(list), Direction: direction, Name: "ApplicationData", Encrypted: true, Decrypted: true, Length: n,
			Fields: &handshake.ApplicationData{Plaintext: []byte(text[:n]), Length: n},
		})
		text = text[n:]
	}
	return list
}

func sipMessage(first string, headers []string, body string) string {
	return first + "\r\n" + strings.Join(headers, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func TestInside(t *testing.T) {
	text := sipMessage("REGISTER sips:example.com SIP/2.0", []string{
		"Via: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1",
		`Authorization: Digest username="1000",`, "\tresponse=\"hunter2a\"",
		"PROXY-AUTHORIZATION : hunter2b", "Cookie: session=hunter2c", "Contact: <sip:1000:hunter2d@192.0.2.55>", "X-Auth-Token: hunter2e",
	}, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hunter2f\r\n") +
		"\r\n\r\n" + sipMessage("OPTIONS sips:1000:hunter2g@example.com SIP/2.0", []string{"l: 0"}, "")
	for _, piece := range []int{1, 7, 1000, len(text)} {
		list := Messages(said(handshake.ClientToServer, text, piece))
		if len(list) != 2 || list[0].StartLine != "REGISTER sips:example.com SIP/2.0" || !strings.HasPrefix(list[1].StartLine, "OPTIONS sips:1000:") {
			t.Fatalf("in pieces of %d: %+v", piece, list)
		}
		if all := fmt.Sprint(list); strings.Contains(all, "hunter2") || !strings.Contains(all, "Authorization: (not shown)") {
			t.Errorf("in pieces of %d: %s", piece, all)
		}
		if list[0].Headers[0] != "Via: SIP/2.0/TLS 192.0.2.55:5061;branch=z9hG4bK1" {
			t.Errorf("got %q", list[0].Headers)
		}
	}
}

func TestStartLine(t *testing.T) {
	for text, want := range map[string]string{
		"GET /cfg?user=a&password=hunter2 HTTP/1.1\r\nHost: x\r\n\r\n":         "GET /cfg?user=a&password=(not shown) HTTP/1.1",
		"GET /y.cfg?pw=hunter2&userPassword=hunter2&mac=00005e005301 HTTP/1.1": "GET /y.cfg?pw=(not shown)&userPassword=(not shown)&mac=00005e005301 HTTP/1.1",
		"GET /y.cfg?SessionId=hunter2&login_pin=hunter2 HTTP/1.1":              "GET /y.cfg?SessionId=(not shown)&login_pin=(not shown) HTTP/1.1",
		"no message\r\n": "", "": "",
	} {
		if got := StartLine([]byte(text)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestInsideOfAnything: what is no SIP is left alone, whatever its size.
func TestInsideOfAnything(t *testing.T) {
	for _, text := range []string{"", "\r\n\r\n\r\n", "no message\r\n\r\n", strings.Repeat("A", 1<<20), "SIP/2.0 200 OK\r\nContent-Length: 999999999\r\n\r\nx",
		"SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nSIP/2", strings.Repeat("SIP/2.0 200 OK\r\n\r\n", 1000)} {
		list := Messages(said(handshake.ServerToClient, text, 1<<14))
		if len(list) > maxMessages {
			t.Errorf("%d messages", len(list))
		}
		for _, m := range list {
			if m.Headers == nil {
				t.Error("headers are null")
			}
		}
	}
}

func FuzzInside(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\nServer: x\r\nContent-Length: 0\r\n\r\n"), uint8(3))
	f.Add([]byte("REGISTER sips:x SIP/2.0\r\nAuthorization: Digest\r\n more\r\n\r\nSIP/2.0 100 Trying\r\n\r\n"), uint8(9))
	f.Add([]byte("\r\n\r\nGET / HTTP/1.0\r\n\r\n"), uint8(200))
	f.Fuzz(func(t *testing.T, text []byte, piece uint8) {
		whole := Messages(said(handshake.ClientToServer, string(text), max(len(text), 1)))
		parts := Messages(said(handshake.ClientToServer, string(text), int(piece)+1))
		if len(text) < maxHeadBytes && len(whole) != len(parts) {
			t.Errorf("%d messages, %d in pieces", len(whole), len(parts))
		}
		for _, m := range whole {
			if strings.Contains(paper.Clean(m.StartLine), "\x1b") {
				t.Errorf("%q", m.StartLine)
			}
		}
	})
}
