package sip_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/testca"
)

func digestOf(nonce string, more ...string) string {
	return `WWW-Authenticate: Digest realm="example.com", nonce="` + nonce + `"` + strings.Join(more, "")
}

// TestRegister: the steps of a registration, each with what was sent last.
func TestRegister(t *testing.T) {
	bound := "Contact: <sips:200@192.0.2.9>;expires=7, CONTACT;q=1;expires=40"
	for _, test := range []struct {
		name string
		// answers are those to the first requests; the last one holds for all
		// that follow.
		answers []string
		lines   [][]string
		// requests are the Expires of those that are sent; "+" says with
		// credentials.
		requests string
		want     string
	}{
		{"open", []string{"200 OK"}, [][]string{{bound}}, "60 0", "200 registered 40 removed"},
		{"once for all", []string{"200 OK"}, [][]string{{"Expires: 50"}}, "60 0", "200 registered 50 removed"},
		{"unsaid", []string{"200 OK"}, [][]string{nil}, "60 0", "200 registered 60 removed"},
		{"challenge", []string{"401 No", "200 OK", "401 No", "200 OK"}, [][]string{{digestOf("1")}, {bound}, {digestOf("2")}, nil}, "60 60+ 0 0+", "200 registered 40 removed challenged MD5"},
		{"proxy", []string{"407 No", "200 OK"}, [][]string{{"Proxy-" + strings.TrimPrefix(digestOf("1"), "WWW-")}, {bound}}, "60 60+ 0", "200 registered 40 removed challenged MD5"},
		{"strongest", []string{"401 No", "200 OK"}, [][]string{{"WWW-Authenticate: Basic realm=x", digestOf("1", ", algorithm=MD5"), digestOf("2", `, algorithm=SHA-512-256, qop="auth-int, auth"`), digestOf("3", ", algorithm=SHA-256"), digestOf("4", ", algorithm=X")}, {bound}}, "60 60+ 0", "200 registered 40 removed challenged SHA-512-256"},
		{"wrong password", []string{"401 No"}, [][]string{{digestOf("1")}}, "60 60+", "401 challenged MD5"},
		{"stale once", []string{"401 No", "401 No", "200 OK"}, [][]string{{digestOf("1")}, {digestOf("2", ", stale=TRUE")}, {bound}}, "60 60+ 60+ 0", "200 registered 40 removed challenged MD5"},
		{"stale forever", []string{"401 No"}, [][]string{{digestOf("2", ", stale=true")}}, "60 60+ 60+", "401 challenged MD5"},
		{"too brief", []string{"423 Brief", "200 OK"}, [][]string{{"Min-Expires: 120"}, {"Expires: 120"}}, "60 120 0", "200 registered 120 removed"},
		{"always too brief", []string{"423 Brief"}, [][]string{{"Min-Expires: 120"}}, "60 120", "423"},
		{"too long", []string{"423 Brief"}, [][]string{{"Min-Expires: 99999"}}, "60", "423"},
		{"unknown algorithm", []string{"401 No"}, [][]string{{digestOf("1", ", algorithm=AKAv1-MD5")}}, "60", "401 challenged AKAv1-MD5 challenge not understood"},
		{"unknown qop", []string{"401 No"}, [][]string{{digestOf("1", `, qop="auth-int"`)}}, "60", "401 challenged MD5 challenge not understood"},
		{"Basic", []string{"401 No"}, [][]string{{"WWW-Authenticate: Basic realm=x"}}, "60", "401 challenged Basic challenge not understood"},
		{"broken challenge", []string{"401 No"}, [][]string{{`WWW-Authenticate: Digest realm="x`}}, "60", "401 challenged MD5 challenge not understood"},
		{"forbidden", []string{"403 No"}, [][]string{nil}, "60", "403"},
		{"not removed", []string{"200 OK", "500 No"}, [][]string{{bound}, nil}, "60 0", "200 registered 40"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, list := scripted(t, func(n int, a asked) string {
				n = min(n, len(test.answers)-1)
				var lines []string
				for _, line := range test.lines[n] {
					lines = append(lines, strings.ReplaceAll(line, "CONTACT", a.header.Get("Contact")))
				}
				return a.reply(test.answers[n], lines...)
			})
			got := sip.Register(within(t, patience), conn, sip.Request{User: "100", Host: "example.com"}, sip.Credentials{Password: password})
			var requests []string
			for _, a := range *list {
				text := a.header.Get("Expires")
				if a.header.Get("Authorization") != "" || a.header.Get("Proxy-Authorization") != "" {
					text += "+"
				}
				requests = append(requests, text)
				if strings.Contains(fmt.Sprint(a), password) {
					t.Error("the password is sent")
				}
			}
			said := fmt.Sprint(got.Status)
			for _, word := range []struct {
				holds bool
				text  string
			}{{got.Registered, fmt.Sprintf(" registered %d", got.Expires)}, {got.Removed, " removed"}, {got.Challenged, " challenged " + got.Algorithm}, {got.Error != "", " " + got.Error}} {
				if word.holds {
					said += word.text
				}
			}
			if strings.Join(requests, " ") != test.requests || said != test.want {
				t.Errorf("%v, want %s\n%s, want %s", requests, test.requests, said, test.want)
			}
		})
	}
}

// TestRegisterCancelled: what was registered when the user broke off is taken
// back, over TLS too, where a read was broken off in the midst.
func TestRegisterCancelled(t *testing.T) {
	server := testca.Self(t, "pbx.example.com", testca.TLS)
	pair := tls.Certificate{Certificate: [][]byte{server.Raw}, PrivateKey: server.Key}
	for _, secure := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) { registerCancelled(t, pair, secure) })
	}
}

func registerCancelled(t *testing.T, pair tls.Certificate, secure bool) {
	near, far := net.Pipe()
	if secure {
		near, far = tls.Client(near, &tls.Config{InsecureSkipVerify: true}), tls.Server(far, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var first string
	list := answering(t, near, far, func(n int, a asked) string {
		if n == 0 {
			first = a.reply("200 OK")
			cancel()
			return ""
		}
		return first + a.reply("200 OK")
	})
	got := sip.Register(ctx, near, sip.Request{Host: "example.com"}, sip.Credentials{Password: password})
	if got.Error != "cancelled" || got.Registered || !got.Removed || len(*list) != 2 || (*list)[1].header.Get("Expires") != "0" {
		t.Errorf("%+v %+v", got, *list)
	}
}

func TestCredentialsHidePassword(t *testing.T) {
	c := sip.Credentials{Username: "100", Password: password}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, password) {
			t.Errorf("%s: %s", format, text)
		}
	}
}
