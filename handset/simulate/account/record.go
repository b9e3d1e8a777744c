package account

import (
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// record decodes a handshake, and nothing of what comes after it: a phone stays
// connected for days.
type record struct {
	mu      sync.Mutex
	keys    *keylog.Log
	decoder *handshake.Decoder
	start   time.Time
}

func newRecord() *record {
	keys := &keylog.Log{}
	return &record{keys: keys, decoder: handshake.NewDecoder(keys), start: time.Now()}
}

// Write takes lines of the key log.
func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.decoder == nil {
		return len(line), nil
	}
	return r.keys.Write(line)
}

// observe takes a record as it went over the wire.
func (r *record) observe(direction handshake.Direction, at time.Time, content []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.decoder != nil {
		r.decoder.Feed(direction, at.Sub(r.start), content)
	}
}

// finish ends it.
func (r *record) finish() *handshake.Transcript {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.decoder.Finish()
	r.decoder, r.keys = nil, nil
	return t
}
