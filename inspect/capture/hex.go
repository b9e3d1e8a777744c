package capture

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/hexdump"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Hex reads a pasted hex dump of one conversation: see hexdump.Parse. Without
// marks of direction all bytes are in client, whoever sent them. When the bytes
// are whole packets, their TCP payload is returned. Errors are a
// *hexdump.Error.
func Hex(text []byte) (client, server []byte, err error) {
	chunks, err := hexdump.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	if client, server, is, err := unpack(chunks); is {
		return client, server, err
	}
	for _, c := range chunks {
		if c.From == hexdump.Server {
			server = append(server, c.Bytes...)
		} else {
			client = append(client, c.Bytes...)
		}
	}
	return client, server, nil
}

// unpack takes the TCP payload out of chunks that are whole packets; is says
// whether they are.
func unpack(chunks []hexdump.Chunk) (client, server []byte, is bool, err error) {
	var j joined
	c := newCollector(Filter{}, &j)
	for _, chunk := range chunks {
		if len(chunk.Bytes) == 0 {
			continue
		}
		link, ok := packet.FindLink(chunk.Bytes)
		switch {
		case ok:
			c.Packet(link, time.Time{}, chunk.Bytes, 0)
		case c.summary.Packets == 0:
			return nil, nil, false, nil
		default:
			return nil, nil, true, &hexdump.Error{Line: chunk.Line, Problem: "these bytes are no packet with TCP, while those before them are", Fix: "paste packets of one connection, or the TLS bytes alone"}
		}
	}
	c.finish()
	switch {
	case j.flows > 1:
		return nil, nil, true, &hexdump.Error{Problem: fmt.Sprintf("the dump holds packets of %d connections", j.flows), Fix: "save them as a capture and give that: phonecert trace FILE"}
	case j.lost > 0:
		return nil, nil, true, &hexdump.Error{Problem: fmt.Sprintf("the dump holds whole packets, and between them %d bytes are missing", j.lost), Fix: "paste the packet that is left out, too"}
	case len(j.client)+len(j.server) == 0:
		return nil, nil, true, &hexdump.Error{Problem: "the dump holds whole packets, but nothing is in them beyond the TCP headers", Fix: "paste the packets that carry the TLS messages"}
	}
	return j.client, j.server, true, nil
}

// joined keeps the bytes of one connection.
type joined struct {
	flows          int
	lost           int64
	client, server []byte
}

func (j *joined) Open(*Flow) Sink {
	j.flows++
	return j
}

func (j *joined) Secrets([]byte) {}

func (j *joined) Data(fromClient bool, _ time.Time, b []byte) {
	if fromClient {
		j.client = append(j.client, b...)
	} else {
		j.server = append(j.server, b...)
	}
}

func (j *joined) Gap(_ bool, _ time.Time, n int64, _ Why) { j.lost += n }

func (j *joined) Close(time.Time, Ending) {}
