package uas

import (
	"context"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// sippPhone is what a phone does in the morning: it registers with its password,
// asks for its messages, publishes its state, calls somebody, and goes.
const sippPhone = `<?xml version="1.0" encoding="UTF-8"?><scenario name="phone">
<send><![CDATA[
REGISTER sip:example.com SIP/2.0
HEADER
CSeq: 1 REGISTER
Contact: <sip:alice@[local_ip]:[local_port];transport=tcp>
Expires: 60
Content-Length: 0

]]></send>
<recv response="401" auth="true"/>
<send><![CDATA[
REGISTER sip:example.com SIP/2.0
HEADER
CSeq: 2 REGISTER
Contact: <sip:alice@[local_ip]:[local_port];transport=tcp>
[authentication username=alice password=horse]
Expires: 60
Content-Length: 0

]]></send>
<recv response="200"/>
<send><![CDATA[
SUBSCRIBE sip:alice@example.com SIP/2.0
HEADER
CSeq: 3 SUBSCRIBE
Contact: <sip:alice@[local_ip]:[local_port];transport=tcp>
Event: message-summary
Expires: 600
Content-Length: 0

]]></send>
<recv response="200"/>
<recv request="NOTIFY"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<send><![CDATA[
PUBLISH sip:alice@example.com SIP/2.0
HEADER
CSeq: 4 PUBLISH
Event: presence
Content-Length: 0

]]></send>
<recv response="200"/>
<send><![CDATA[
INVITE sip:bob@example.com SIP/2.0
HEADER
CSeq: 5 INVITE
Contact: <sip:alice@[local_ip]:[local_port];transport=tcp>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=alice 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[local_ip_type] [local_ip]
t=0 0
m=audio 40000 RTP/AVP 0
]]></send>
<recv response="486"/>
<send><![CDATA[
ACK sip:bob@example.com SIP/2.0
HEADER
CSeq: 5 ACK
Content-Length: 0

]]></send>
<send><![CDATA[
OPTIONS sip:example.com SIP/2.0
HEADER
CSeq: 6 OPTIONS
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>`

const sippHeader = `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:alice@example.com>;tag=[call_number]
To: <sip:alice@example.com>
Call-ID: [call_id]
Max-Forwards: 70
User-Agent: Example Phone 1.0`

// TestSipp: a phone that is not of this house.
func TestSipp(t *testing.T) {
	program := realparts.Need(t, "sipp")
	s, err := New(Config{Users: map[string]string{"alice": "horse"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var told []string
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			err = s.Serve(t.Context(), conn, func(x Exchange) { told = append(told, x.Text) })
			conn.Close()
		}
		done <- err
	}()
	scenario := realparts.WriteFile(t, "phone.xml", []byte(strings.ReplaceAll(sippPhone, "HEADER", sippHeader)))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, l.Addr().String(), "-sf", scenario, "-t", "t1", "-m", "1", "-nostdin", "-i", "127.0.0.1", "-timeout", "100", "-timeout_error").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := <-done; err == nil {
		t.Error("no reason")
	}
	want := []string{
		"REGISTER of alice: 401 Unauthorized, a password is asked for", "REGISTER of alice: 200 OK, registered for 60 seconds",
		"SUBSCRIBE of alice: 200 OK, message-summary for 600 seconds", "PUBLISH of alice: 200 OK, presence", "INVITE of alice: 486 Busy Here", "OPTIONS: 200 OK",
	}
	if !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}
