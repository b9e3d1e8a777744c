package sip

import (
	"strings"
	"testing"
)

func TestHeardExpires(t *testing.T) {
	for _, head := range []string{"Contact: <sips:a@192.0.2.55>;expires=300", "Expires: 300"} {
		got := Heard([]byte("SIP/2.0 200 OK\r\nCSeq: 2 REGISTER\r\n" + head + "\r\nContent-Length: 0\r\n\r\n"))
		if got == nil || got.Expires != 300 {
			t.Errorf("%s: %+v", head, got)
		}
	}
}

func TestHeard(t *testing.T) {
	said := func(status, cseq string) string {
		return "SIP/2.0 " + status + "\r\nCSeq: " + cseq + "\r\nContent-Length: 0\r\n\r\n"
	}
	tests := []struct {
		name, server, method string
		status               int
		registered           bool
	}{
		{"nothing", "", "", 0, false},
		{"no SIP", "HTTP/1.1 200 OK\r\n\r\n", "", 0, false},
		{"OPTIONS", said("200 OK", "1 OPTIONS"), "OPTIONS", 200, false},
		{"challenge and success", said("401 Unauthorized", "1 REGISTER") + said("200 OK", "2 REGISTER"), "REGISTER", 200, true},
		{"success and removal", said("200 OK", "2 REGISTER") + said("403 Forbidden", "3 REGISTER"), "REGISTER", 200, true},
		{"refused twice", said("401 Unauthorized", "1 REGISTER") + said("403 Forbidden", "2 REGISTER"), "REGISTER", 403, false},
		{"OPTIONS beside it", said("200 OK", "1 OPTIONS") + said("404 Not Found", "2 REGISTER"), "REGISTER", 404, false},
		{"a call", said("100 Trying", "1 INVITE") + said("486 Busy Here", "1 INVITE"), "", 0, false},
		{"cut off", said("200 OK", "1 OPTIONS") + "SIP/2.0 200 OK\r\nCSeq: 2 REG", "OPTIONS", 200, false},
		{"keep-alives", strings.Repeat("\r\n", 3) + said("200 OK", "1 REGISTER"), "REGISTER", 200, true},
	}
	for _, test := range tests {
		got := Heard([]byte(test.server))
		if got == nil {
			if test.status != 0 {
				t.Errorf("%s: nothing heard", test.name)
			}
			continue
		}
		if got.Method != test.method || got.Status != test.status || got.Registered != test.registered {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}
