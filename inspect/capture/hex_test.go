package capture

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/hexdump"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

func TestHex(t *testing.T) {
	for _, c := range []struct{ text, client, server string }{
		{"16 03 01 00 05", "\x16\x03\x01\x00\x05", ""},
		{"write to 0x1 [0x2] (2 bytes => 2)\n0000 - 16 03\nread from 0x1 [0x2] (1 bytes => 1)\n0000 - 15\n", "\x16\x03", "\x15"},
		{"char peer1_0[] = { 0x15, 0x03 };\nchar peer0_0[] = { 0x16 };\nchar peer1_1[] = { 0x01 };\n", "\x16", "\x15\x03\x01"},
	} {
		client, server, err := Hex([]byte(c.text))
		if err != nil || string(client) != c.client || string(server) != c.server {
			t.Errorf("%v %q %q\n%s", err, client, server, c.text)
		}
	}
	var wrong *hexdump.Error
	if _, _, err := Hex([]byte("16 03 0g")); !errors.As(err, &wrong) || wrong.Line != 1 {
		t.Error(err)
	}
}

// dump is a packet as hexdump -C shows it, up to the characters.
func dump(b []byte) string {
	var out strings.Builder
	for line := range strings.Lines(hex.Dump(b)) {
		out.WriteString(line[:min(58, len(line))] + "\n")
	}
	return out.String()
}

// TestHexOfPackets: what somebody copied is often the whole packet.
func TestHexOfPackets(t *testing.T) {
	ether := append(make([]byte, 12), 8, 0)
	var framed, raw string
	for _, p := range append(opening(), up(101, 501, "hello"), down(501, 106, "answer"), up(106, 507, "")) {
		framed += dump(append(bytes.Clone(ether), p.IP()...))
		raw += "12:00:00.000000 IP 192.0.2.55.40000 > 198.51.100.10.5061: Flags [P.], length 5\n" + dump(p.IP())
	}
	for _, text := range []string{framed, raw} {
		client, server, err := Hex([]byte(text))
		if err != nil || string(client) != "hello" || string(server) != "answer" {
			t.Errorf("%v %q %q\n%s", err, client, server, text)
		}
	}
	one := func(s capturetest.Segment) string { return dump(s.IP()) }
	other := segment(clientAddr6, serverAddr6, packet.ACK, 1, 1, "x")
	for text, want := range map[string]string{
		one(up(101, 501, "")):                                        "nothing is in them",
		one(up(101, 501, "ab")) + one(other):                         "packets of 2 connections",
		one(up(101, 501, "ab")) + one(up(120, 501, "ab")):            "17 bytes are missing",
		one(up(101, 501, "ab")) + "00000000  16 03 01 00 05 01 02\n": "these bytes are no packet",
	} {
		var wrong *hexdump.Error
		if _, _, err := Hex([]byte(text)); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || wrong.Fix == "" {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
