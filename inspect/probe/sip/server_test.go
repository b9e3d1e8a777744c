package sip_test

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"testing"
)

// asked is a request as a scripted server sees it.
type asked struct {
	line   string
	header textproto.MIMEHeader
}

// reply is the answer to a request; lines come after what every answer has.
func (a asked) reply(status string, lines ...string) string {
	head := []string{"SIP/2.0 " + status}
	for _, name := range []string{"Via", "From", "To", "Call-Id", "Cseq"} {
		head = append(head, name+": "+a.header.Get(name))
	}
	return strings.Join(append(append(head, lines...), "Content-Length: 0", "", ""), "\r\n")
}

// scripted is the client's end of a connection to a server that answers the
// n-th request (from 0) as it is told. It returns what it was asked, too.
func scripted(t *testing.T, answer func(n int, a asked) string) (net.Conn, *[]asked) {
	t.Helper()
	client, server := connected(t)
	return client, answering(t, client, server, answer)
}

// answering lets one end of a connection answer.
func answering(t *testing.T, client, server net.Conn, answer func(n int, a asked) string) *[]asked {
	var list []asked
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		reader := textproto.NewReader(bufio.NewReader(server))
		for n := 0; ; n++ {
			line, err := reader.ReadLine()
			if err != nil {
				return
			}
			header, err := reader.ReadMIMEHeader()
			if err != nil {
				return
			}
			a := asked{line, header}
			list = append(list, a)
			if text := answer(n, a); text == "close" {
				server.Close()
			} else if text != "" {
				fmt.Fprint(server, text)
			}
		}
	}()
	t.Cleanup(func() { client.Close(); server.Close(); <-ended })
	return &list
}

// connected is a pair of TCP connections.
func connected(t testing.TB) (client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err = net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}
