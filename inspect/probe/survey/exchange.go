package survey

import (
	"context"
	"crypto/rand"
	"io"
	"net"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// maxAnswer is how much of a server's answer is read, in bytes.
const maxAnswer = 256 << 10

// reply is a server's first answer: nil fields where it refused.
type reply struct {
	hello *handshake.ServerHello
	chain []*certificate.Certificate
}

// First asks the server with one ClientHello: whether it takes the offer, and
// which certificates it presents then. An error means that it could not be
// asked.
func First(ctx context.Context, dial func(context.Context) (net.Conn, error), hello *handshake.ClientHello) (taken bool, sent []*certificate.Certificate, err error) {
	answer, err := exchange(ctx, dial, hello)
	return answer.hello != nil, answer.chain, err
}

// exchange sends a ClientHello on a connection of its own and reads the answer
// as far as ServerHelloDone. An error means that the server could not be asked;
// a refusal is an answer.
func exchange(ctx context.Context, dial func(context.Context) (net.Conn, error), hello *handshake.ClientHello) (reply, error) {
	conn, err := dial(ctx)
	if err != nil {
		return reply{}, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	sent := *hello
	sent.Random = make([]byte, 32)
	if _, err := rand.Read(sent.Random); err != nil {
		return reply{}, err
	}
	sent.ChallengeLength = len(sent.Random) // in the format of SSL 2.0
	record, err := sent.Record(min(sent.Version, iana.TLS10))
	if err != nil {
		return reply{}, err
	}
	if _, err := conn.Write(record); err != nil {
		return reply{}, err
	}
	return listen(ctx, conn, record)
}

// listen reads until the answer is complete, the connection ends, which is a
// refusal, or the time is up.
func listen(ctx context.Context, conn io.Reader, sent []byte) (reply, error) {
	decoder := handshake.NewDecoder(nil)
	decoder.Feed(handshake.ClientToServer, 0, sent)
	buffer := make([]byte, 16<<10)
	for total := 0; total < maxAnswer; {
		n, err := conn.Read(buffer)
		total += n
		decoder.Feed(handshake.ServerToClient, 0, buffer[:n])
		if answer, done := read(decoder.Transcript()); done || err != nil {
			return answer, ctx.Err()
		}
	}
	return reply{}, nil
}

// read looks for what was asked and whether more is to come.
func read(t *handshake.Transcript) (answer reply, done bool) {
	if len(t.Foreign) > 0 {
		return answer, true
	}
	for _, e := range t.Entries {
		if e.Direction == handshake.ClientToServer {
			continue
		}
		switch m := e.Fields.(type) {
		case *handshake.ServerHello:
			answer.hello = m
			done = m.Selected() == iana.TLS13
		case *handshake.Certificate:
			for _, der := range m.Certificates {
				if c, err := certificate.Parse(der); err == nil {
					answer.chain = append(answer.chain, c)
				}
			}
			done = true
		case *handshake.Alert:
			done = done || m.Level == handshake.AlertFatal
		}
	}
	return answer, done
}
