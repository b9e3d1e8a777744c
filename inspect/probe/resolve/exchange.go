package resolve

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

const (
	// attempt is how long one server has for one question, rounds how often all
	// of them are asked.
	attempt = 2 * time.Second
	rounds  = 2
	// maxStray is how many datagrams that answer something else are passed
	// over.
	maxStray = 64
)

// errUnreadable: an answer came and was no DNS message.
var errUnreadable = errors.New("the answer is no DNS message")

// ask asks the servers in turn and returns the first answer that settles the
// question. Aliases that an answer leaves open are asked for.
func (q *query) ask(name string, kind uint16) answer {
	a := q.askOnce(name, kind)
	for a.open && a.outcome == diagnosis.EmptyAnswer && len(a.aliases) < maxAliases {
		next := q.askOnce(a.name, kind)
		next.aliases = append(a.aliases, next.aliases...)
		a = next
	}
	if a.open && a.outcome == diagnosis.EmptyAnswer {
		a.outcome, a.note = diagnosis.LookupFailed, tooManyAliases
	}
	return a
}

func (q *query) askOnce(name string, kind uint16) answer {
	last := answer{name: name, outcome: diagnosis.NoAnswer}
	for range q.rounds() {
		for _, server := range q.servers {
			if q.ctx.Err() != nil {
				return last
			}
			message, err := q.exchange(server, name, kind)
			switch {
			case err == nil:
				last = readAnswer(name, kind, message)
				if last.outcome != diagnosis.LookupFailed && last.outcome != diagnosis.LookupRefused {
					return last
				}
			case isTimeout(err):
				if last.outcome == diagnosis.NoAnswer {
					last.note = server.String() + " is silent"
				}
			default:
				last = answer{name: name, outcome: diagnosis.LookupFailed, note: server.String() + ": " + cause(err)}
			}
		}
		if last.outcome != diagnosis.NoAnswer {
			return last
		}
	}
	q.silent.Store(true)
	return last
}

// exchange asks one server, by UDP, and again by TCP when the answer was cut
// (RFC 7766 section 5).
func (q *query) exchange(server netip.AddrPort, name string, kind uint16) (*dns.Msg, error) {
	question := new(dns.Msg).SetQuestion(name, kind)
	packet, err := question.Pack()
	if err != nil {
		return nil, err
	}
	answered, err := q.over("udp", server, packet, question)
	if err == nil && answered.Truncated {
		answered, err = q.over("tcp", server, packet, question)
	}
	return answered, err
}

func (q *query) over(network string, server netip.AddrPort, packet []byte, question *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(q.ctx, cmp.Or(q.wait, attempt))
	defer cancel()
	conn, err := q.Dial(ctx, network, server.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if network == "tcp" {
		packet = append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
	}
	if _, err := conn.Write(packet); err != nil {
		return nil, err
	}
	for range maxStray {
		packet, err := readPacket(network, conn)
		if err != nil {
			return nil, err
		}
		message, err := unpack(packet)
		switch {
		case err == nil && answers(message, question):
			return message, nil
		case network == "tcp":
			return nil, errUnreadable
		}
	}
	return nil, errUnreadable
}

func readPacket(network string, conn net.Conn) ([]byte, error) {
	if network == "udp" {
		packet := make([]byte, dns.MaxMsgSize)
		n, err := conn.Read(packet)
		return packet[:n], err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	packet := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(conn, packet)
	return packet, err
}

func unpack(packet []byte) (*dns.Msg, error) {
	message := new(dns.Msg)
	if err := message.Unpack(packet); err != nil {
		return nil, errUnreadable
	}
	return message, nil
}

// answers reports whether a message answers a question, and not another or a
// forger's.
func answers(message, question *dns.Msg) bool {
	return message.Response && message.Id == question.Id && len(message.Question) == 1 &&
		message.Question[0].Qtype == question.Question[0].Qtype && strings.EqualFold(message.Question[0].Name, question.Question[0].Name)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &timeout) && timeout.Timeout()
}

// cause is the innermost error: the rest of a network error is addresses.
func cause(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}
