package sip_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// TestBinding: a registration stays and is refreshed under one Call-ID; meanwhile
// the server's questions are answered and keep-alives passed over; in the end it
// is taken back.
func TestBinding(t *testing.T) {
	t.Parallel()
	client, server := connected(t)
	list := make(chan asked, 16)
	requests := answering(t, client, server, func(_ int, a asked) string {
		list <- a
		if strings.HasPrefix(a.line, "SIP/2.0") {
			return ""
		}
		return a.reply("200 OK", "Expires: 40")
	})
	b := sip.NewBinding(client, sip.Request{User: "200", Host: "example.com", Expires: 90, UserAgent: "Example Phone 1.0"}, sip.Credentials{})
	if answer := b.Register(within(t, patience)); !answer.Registered || answer.Expires != 40 || answer.Removed {
		t.Errorf("%+v", answer)
	}
	<-list
	ctx, stop := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- b.Wait(ctx) }()
	// Keep-alives, a late answer, and a question in two pieces.
	fmt.Fprint(server, "\r\n\r\nSIP/2.0 200 OK\r\nCSeq: 9 OPTIONS\r\n\r\nOPTIONS sips:200@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1\r\n")
	fmt.Fprint(server, "From: <sips:x@example.com>;tag=1\r\nTo: <sips:200@example.com>\r\nCall-ID: 1\r\nCSeq: 5 OPTIONS\r\n\r\n")
	if a := <-list; a.line != "SIP/2.0 200 OK" || a.header.Get("Cseq") != "5 OPTIONS" || a.header.Get("User-Agent") != "Example Phone 1.0" {
		t.Errorf("%+v", a)
	}
	stop()
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if answer := b.Register(within(t, patience)); !answer.Registered {
		t.Errorf("%+v", answer)
	}
	if !b.Remove(within(t, patience)) {
		t.Error("not removed")
	}
	server.Close()
	if err := b.Wait(within(t, patience)); err != io.EOF {
		t.Errorf("%v", err)
	}
	text := ""
	for _, a := range *requests {
		if a.header.Get("Call-Id") != "1" {
			text += a.header.Get("Expires") + " " + a.header.Get("Cseq") + ", "
		}
		if a.header.Get("User-Agent") != "Example Phone 1.0" {
			t.Errorf("%+v", a)
		}
	}
	if want := "90 1 REGISTER, 90 2 REGISTER, 0 3 REGISTER, "; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

// TestWaitGarbage: a server that says nonsense ends it.
func TestWaitGarbage(t *testing.T) {
	t.Parallel()
	client, server := connected(t)
	b := sip.NewBinding(client, sip.Request{Host: "example.com"}, sip.Credentials{})
	fmt.Fprint(server, "\x00\x01\x02\r\n")
	if err := b.Wait(within(t, patience)); err == nil || err == io.EOF {
		t.Errorf("%v", err)
	}
}
