package listen

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/inspect/trace"
)

var errHandshakeBytes = errors.New("the phone sends more than a handshake has")

// tap is the connection to a phone. Whatever passes is given to the decoder, and
// kept where that is wanted.
type tap struct {
	net.Conn
	now    func() time.Time
	record bool

	mutex sync.Mutex
	live  *trace.Live
	// held is what came last and crypto/tls is still at work on: the secrets that
	// open it come with the work. Nothing is held once the handshake is done.
	held   []byte
	heldAt time.Time
	done   bool
	// first is the header of the phone's first record, as far as it came.
	first []byte
	// size counts both sides, read the phone's, left what is not decoded.
	size, read int
	left       [2]int64
	segments   []probe.Segment
	// ending is how the phone ended it, Kind CaptureEnded while it did not; hungUp
	// says that this side did before.
	ending capture.Ending
	hungUp bool
	limit  string
}

// Read takes bytes of the phone.
func (w *tap) Read(b []byte) (int, error) {
	if err := w.release(); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(b)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.took(b[:n], err)
	return n, err
}

// release gives to the decoder what is held: whoever reads or writes on has done
// with it.
func (w *tap) release() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.held) > 0 {
		w.keep(true, w.heldAt, w.held)
		w.held = w.held[:0]
	}
	if !w.done && w.read > maxHandshake {
		w.reach(limitHandshake)
		return errHandshakeBytes
	}
	return nil
}

func (w *tap) took(b []byte, err error) {
	if len(w.first) < recordHeader {
		w.first = append(w.first, b[:min(recordHeader-len(w.first), len(b))]...)
	}
	w.read += len(b)
	switch {
	case len(b) == 0:
	case w.done:
		w.keep(true, w.now(), b)
	default:
		w.held, w.heldAt = append(w.held, b...), w.now()
	}
	if err != nil {
		w.failed(err)
	}
}

// Write sends bytes to the phone.
func (w *tap) Write(b []byte) (int, error) {
	w.release()
	w.mutex.Lock()
	w.keep(false, w.now(), b)
	w.mutex.Unlock()
	n, err := w.Conn.Write(b)
	if err != nil {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.failed(err)
	}
	return n, err
}

// failed notes why a read or a write failed.
func (w *tap) failed(err error) {
	switch {
	case errors.Is(err, io.EOF):
		w.end(capture.FIN)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		w.end(capture.RST)
	case !w.done && errors.Is(err, os.ErrDeadlineExceeded):
		w.reach(limitHandshakeTime)
	}
}

// keep decodes a piece, up to the cap.
func (w *tap) keep(fromClient bool, at time.Time, b []byte) {
	if w.size += len(b); w.size > maxKept {
		d := handshake.ServerToClient
		if fromClient {
			d = handshake.ClientToServer
		}
		w.left[d] += int64(len(b))
		return
	}
	w.live.Data(fromClient, at, b)
	if w.record {
		w.segments = append(w.segments, probe.Segment{FromClient: fromClient, At: at, Bytes: append([]byte(nil), b...)})
	}
}

// end notes how the phone ended the connection, unless this side did before.
func (w *tap) end(kind capture.EndKind) {
	if w.ending.Kind == capture.CaptureEnded && w.limit == "" && !w.hungUp {
		w.ending = capture.Ending{Kind: kind, FromClient: true}
	}
}

// reach notes which cap was reached first.
func (w *tap) reach(limit string) {
	if w.limit == "" && !w.hungUp {
		w.limit = limit
	}
}

// shaken says that the handshake is done.
func (w *tap) shaken() {
	w.release()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.done, w.held = true, nil
}

// lost are the parts that were not decoded.
func (w *tap) lost() (list []diagnosis.Lost) {
	for d, n := range w.left {
		if n > 0 {
			list = append(list, diagnosis.Lost{Kind: "too-large", Direction: handshake.Direction(d), Bytes: n})
		}
	}
	return list
}

// stop says that whatever ends the connection from now on is no news of the phone.
func (w *tap) stop() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.hungUp = true
}

// hangUp ends what is sent, and reads on for a little while until the phone ends
// its side.
func (w *tap) hangUp(timeout time.Duration) {
	w.shaken() // nothing is worked on any more
	w.mutex.Lock()
	w.hungUp = true
	over := w.ending.Kind != capture.CaptureEnded
	w.mutex.Unlock()
	half, ok := w.Conn.(interface{ CloseWrite() error })
	if over || !ok || half.CloseWrite() != nil {
		return
	}
	w.SetReadDeadline(time.Now().Add(timeout))
	io.CopyN(io.Discard, w, lingerBytes)
}

// how is the way in which the connection ended.
func (w *tap) how() capture.Ending {
	if w.ending.Kind == capture.CaptureEnded {
		return capture.Ending{Kind: capture.FIN}
	}
	return w.ending
}
