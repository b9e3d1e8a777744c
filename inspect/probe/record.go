package probe

import (
	"io"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// maxRecorded is how many bytes of one connection are kept for saving. The
// transcript goes on beyond it.
const maxRecorded = 32 << 20

// recorder keeps what goes over the wire: decoded, and as it was where that is
// to be saved.
type recorder struct {
	start   time.Time
	record  bool
	keys    *keylog.Log
	decoder *handshake.Decoder
	// out takes the key log as well; nil where nobody wants it.
	out io.Writer

	segments []Segment
	size     int
}

func newRecorder(start time.Time, r Request) *recorder {
	keys := &keylog.Log{}
	return &recorder{start: start, record: r.Record, keys: keys, decoder: handshake.NewDecoder(keys), out: r.KeyLog}
}

// Write takes lines of the key log.
func (r *recorder) Write(line []byte) (int, error) {
	if r.out != nil {
		if n, err := r.out.Write(line); err != nil {
			return n, err
		}
	}
	return r.keys.Write(line)
}

// observe takes a record as it went over the wire.
func (r *recorder) observe(direction handshake.Direction, at time.Time, record []byte) {
	r.decoder.Feed(direction, at.Sub(r.start), record)
	if r.size += len(record); !r.record || r.size > maxRecorded {
		return
	}
	r.segments = append(r.segments, Segment{
		FromClient: direction == handshake.ClientToServer, At: at, Bytes: append([]byte(nil), record...),
	})
}
