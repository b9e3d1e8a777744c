package handshake

import (
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// Decoder makes the Transcript of one connection. It takes the bytes of both
// directions in pieces of any size; the pieces of one direction in order, and
// the two directions as they followed each other in time.
type Decoder struct {
	transcript Transcript
	halves     [2]half
	session    session
	keys       *keylog.Log
	kept       int // bytes of decoded messages
	plaintext  int // bytes of opened application data
	messages   int // entries besides application data
	data       int // entries for application data
	finished   bool
	scratch    []byte // for an opened record
}

// half is one direction.
type half struct {
	direction Direction
	at        time.Duration
	offset    int64 // of the bytes fed so far
	start     int64 // where the record, or what is not TLS, begins
	mode      mode
	buffer    []byte // of a record, or of the opening, that is not complete
	skip      int    // bytes to come of a record whose content is not needed
	record    record // whose content is being skipped or read
	message   []byte // of a handshake message that is not complete
	skipped   int    // bytes to come of a message longer than MaxMessage
	alert     []byte // the first byte of an alert whose second is to come
	version   iana.ProtocolVersion
	gap       bool // bytes are missing somewhere before
	// changed is set by ChangeCipherSpec: all that follows is protected.
	changed bool
	// finishedDue is set by ChangeCipherSpec, too: Finished is next.
	finishedDue bool
	protection  protection
}

// mode is how the next bytes of a direction are read.
type mode uint8

const (
	opening mode = iota // nothing is known yet
	records             // TLS
	foreign             // not TLS, or no longer: only counted
	resync              // bytes are missing; the next record is looked for
)

// NewDecoder returns a decoder. The key log may be nil; otherwise a
// connection's secrets have to be in it before the records that they open are
// fed.
func NewDecoder(keys *keylog.Log) *Decoder {
	d := &Decoder{keys: keys}
	d.transcript.Entries = make([]Entry, 0, 16) // a usual handshake
	d.halves[ClientToServer].direction = ClientToServer
	d.halves[ServerToClient].direction = ServerToClient
	return d
}

// Feed takes the next bytes of a direction, seen at a time counted from the
// start of the connection. It keeps none of b.
func (d *Decoder) Feed(direction Direction, at time.Duration, b []byte) {
	if d.finished {
		return
	}
	h := &d.halves[direction&1]
	h.at = at
	for len(b) > 0 {
		before := len(b)
		switch h.mode {
		case opening:
			b = d.open(h, b)
		case records:
			b = d.read(h, b)
		case resync:
			b = d.find(h, b)
		default:
			b = d.ignore(h, b)
		}
		h.offset += int64(before - len(b))
	}
}

// Gap says that n bytes of a direction were not seen; n is 0 when it is not
// known how many. Reading goes on at the next record that can be found.
func (d *Decoder) Gap(direction Direction, at time.Duration, n int64) {
	if d.finished {
		return
	}
	h := &d.halves[direction&1]
	h.at = at
	d.flush(h, "bytes of it are missing from the capture")
	d.streamProblem(h, h.offset, "bytes are missing here")
	h.offset += n
	h.buffer, h.skip, h.skipped = h.buffer[:0], 0, 0
	h.protection.lose()
	h.gap = true
	d.session.full = true // whether a Certificate was among them, nobody knows
	if h.mode != foreign {
		h.mode = resync
	}
}

// Transcript returns what was decoded so far. It is the decoder's own and
// grows with Feed.
func (d *Decoder) Transcript() *Transcript { return &d.transcript }

// Finish tells that both streams have ended and returns the transcript, with
// the messages that are cut off marked. Feed does nothing after it.
func (d *Decoder) Finish() *Transcript {
	if d.finished {
		return &d.transcript
	}
	d.finished = true
	for i := range d.halves {
		h := &d.halves[i]
		switch {
		case h.mode == opening && sslv2Hello(h.buffer):
			d.sslv2(h, h.buffer)
		case h.mode == foreign, h.mode == opening && len(h.buffer) > 0:
			d.nameForeign(h)
		case h.mode == records && (len(h.buffer) > 0 || h.skip > 0):
			d.cutRecord(h)
		}
		d.flush(h, "the stream ends before it does")
	}
	return &d.transcript
}

// Decode is NewDecoder, Feed and Finish for a connection that is wholly at
// hand as two streams, of which the client's is read first. It suits streams
// that end before keys change; a live connection is fed as it runs.
func Decode(client, server []byte) *Transcript {
	d := NewDecoder(nil)
	d.Feed(ClientToServer, 0, client)
	d.Feed(ServerToClient, 0, server)
	return d.Finish()
}

func (d *Decoder) streamProblem(h *half, at int64, reason string) {
	d.problem(Problem{"stream", "RFC 8446, section 5.1", at, h.direction.String() + ": " + reason})
}

func (d *Decoder) problem(p Problem) {
	if len(d.transcript.Problems) < maxProblems {
		d.transcript.Problems = append(d.transcript.Problems, p)
	}
}

// add puts an entry into the transcript unless it is full.
func (d *Decoder) add(h *half, e Entry) {
	count, limit := &d.messages, MaxEntries
	if e.ContentType == ContentApplicationData {
		count, limit = &d.data, MaxApplicationData
	}
	if *count >= limit {
		d.transcript.Omitted.Messages++
		d.transcript.Omitted.Bytes += int64(e.Length)
		return
	}
	*count++
	e.Index, e.TimeOffset, e.Direction = len(d.transcript.Entries), TimeOffset(h.at), h.direction
	e.RecordVersion = h.record.version
	d.transcript.Entries = append(d.transcript.Entries, e)
}
