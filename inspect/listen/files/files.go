// Package files answers HTTP requests for provisioning files over one
// connection, as the phones of 2010 send them: a file of a folder, or 404.
package files

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/limit"
)

// DefaultIdle is how long a client may say nothing where the Config does not say.
const DefaultIdle = 2 * time.Minute

// What is read of one request, in bytes, and how long it and each piece of its
// answer may take. A phone's request has some hundred bytes.
const (
	MaxHead     = 32 << 10
	MaxBody     = 1 << 20
	requestTime = 30 * time.Second
	writeTime   = 30 * time.Second
)

// bufferSize is what every connection holds on to while it is idle, in bytes.
const bufferSize = 1 << 10

// What ends a connection.
var (
	// ErrNotHTTP: what came is not HTTP/1, so nobody knows where the next request
	// begins.
	ErrNotHTTP = errors.New("what came is not HTTP/1")
	// ErrTooLarge: a request goes beyond MaxHead or MaxBody.
	ErrTooLarge = errors.New("the request is larger than a phone's")
	// ErrDone: the client wanted one answer, and had it.
	ErrDone = errors.New("the request was the last on its connection")
)

// Limited is the error of a connection that a cap has ended. Its Limit is "idle
// time", "request time", "write time" or "request size".
type Limited = limit.Error

// Config is what is answered.
type Config struct {
	// Folder has the files; nil answers every request with 404. What it opens is
	// sent: one that must not be left is an os.Root's.
	Folder fs.FS
	// Idle is how long a client may say nothing between requests; 0 is
	// DefaultIdle.
	Idle time.Duration
	// Clock is that of the Date; nil is time.Now.
	Clock func() time.Time
}

// Exchange is a request and its answer. Texts of the client's are fit to be
// shown; no password is among them, and nothing of a query, which may hold one.
type Exchange struct {
	// Method and Path are those of the request, "" where it could not be read.
	Method, Path string
	Status       int
	// Bytes is how much of the file or text was sent.
	Bytes int64
	// UserAgent is the client's name for itself.
	UserAgent string
	// Authorization says that a name and password were sent unasked.
	Authorization bool
	// Text is all of it in one sentence.
	Text string
}

// Serve answers the requests of one connection, whose deadlines it sets and which
// it leaves open, until the connection fails or ctx is done. told takes each
// exchange once its answer was sent, one at a time; nil takes none.
//
// It always returns why it ended: ErrDone; io.EOF for a client that hung up
// between two requests, io.ErrUnexpectedEOF within one; the error of ctx;
// ErrNotHTTP; a *Limited; or the connection's own error.
func Serve(ctx context.Context, conn net.Conn, c Config, told func(Exchange)) error {
	if told == nil {
		told = func(Exchange) {}
	}
	if c.Idle == 0 {
		c.Idle = DefaultIdle
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	bound, release := limit.Bind(ctx, conn)
	defer release()
	from := &feed{conn: bound}
	s := &session{Config: c, conn: bound, feed: from, in: bufio.NewReaderSize(from, bufferSize)}
	for {
		x, err := s.exchange()
		if x.Status != 0 {
			told(x)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrTooLarge):
			return &Limited{Limit: "request size", Err: err}
		case err != nil:
			return err
		}
	}
}
