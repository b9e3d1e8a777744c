package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// connect opens the TCP connection, or tells why there is none. left is how
// many addresses are still to try, this one included: each gets its share of
// the time, so that one that swallows everything leaves some for the next.
func (p *probe) connect(ctx context.Context, left int) net.Conn {
	begin := p.world.Now()
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
		defer cancel()
	}
	conn, err := p.world.Dial(ctx, "tcp", p.address.String())
	p.attempt.Start = p.world.Now()
	dial := &diagnosis.Dial{Address: p.address, Result: diagnosis.Connected, Duration: p.attempt.Start.Sub(begin)}
	p.attempt.Evidence.Dial = dial
	p.attempt.Server = p.address
	if err != nil {
		dial.Result, dial.Error = DialResultOf(ctx, err), systemMessage(err)
		return nil
	}
	p.attempt.Client, _ = netip.ParseAddrPort(conn.LocalAddr().String())
	return conn
}

// DialResultOf is what became of an attempt to connect that ctx bounded, from its
// error.
func DialResultOf(ctx context.Context, err error) diagnosis.DialResult {
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return diagnosis.Connected
	// Windows has a number of its own for it, and words that hold the same.
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "refused"):
		return diagnosis.Refused
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return diagnosis.TimedOut
	}
	return diagnosis.Unreachable
}

// systemMessage is the operating system's word without what Go puts around it.
func systemMessage(err error) string {
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err.Error()
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}
