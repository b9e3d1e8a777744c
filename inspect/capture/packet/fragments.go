package packet

import (
	"slices"
	"time"
)

// MaxDatagrams is how many IP datagrams wait for fragments at a time.
const MaxDatagrams = 64

const (
	maxDatagramSize = 65535
	maxPieces       = 512 // of one datagram that do not touch each other
	// fragmentTimeout is how long a receiver waits (RFC 8200, section 4.5).
	fragmentTimeout = 60 * time.Second
)

type datagramKey struct {
	source, destination Address
	id                  uint32
	protocol            uint8
}

// fragments joins IP fragments in any order. Where they overlap the first copy
// stays. It holds at most MaxDatagrams; the oldest goes first.
type fragments struct {
	waiting []*partial // in order of arrival
	dropped int64      // fragments of datagrams given up
	whole   []byte     // the last that was joined; kept to be used again
}

// partial is a datagram that waits for the rest.
type partial struct {
	key    datagramKey
	since  time.Time
	count  int64
	total  int // -1: the last fragment was not yet seen
	bytes  []byte
	pieces []piece // sorted, not touching each other
}

type piece struct{ from, to int }

// add takes a fragment and returns the payload of its datagram once it is
// whole, valid until the next call.
func (t *fragments) add(at time.Time, d *datagram, f fragment) ([]byte, bool) {
	end := f.offset + len(d.payload)
	if d.missing > 0 || len(d.payload) == 0 || end > maxDatagramSize || f.more && len(d.payload)%8 != 0 {
		t.dropped++ // it can never become whole
		return nil, false
	}
	p := t.find(at, datagramKey{d.source, d.destination, f.id, d.protocol})
	p.count++
	if !f.more && p.total < 0 {
		p.total = end
	}
	if !p.put(f.offset, d.payload) {
		t.forget(p)
		return nil, false
	}
	if p.total < 0 || len(p.pieces) != 1 || p.pieces[0].from != 0 || p.pieces[0].to < p.total {
		return nil, false
	}
	p.count = 0
	t.forget(p)
	t.whole = p.bytes
	return p.bytes[:p.total], true
}

func (t *fragments) find(at time.Time, key datagramKey) *partial {
	i := slices.IndexFunc(t.waiting, func(p *partial) bool { return p.key == key })
	if i >= 0 {
		if p := t.waiting[i]; at.Sub(p.since) <= fragmentTimeout {
			return p
		}
		t.forget(t.waiting[i]) // the identification is in use again
	}
	if len(t.waiting) == MaxDatagrams {
		t.forget(t.waiting[0])
	}
	p := &partial{key: key, since: at, total: -1, bytes: t.whole}
	t.whole = nil
	t.waiting = append(t.waiting, p)
	return p
}

func (t *fragments) forget(p *partial) {
	t.dropped += p.count
	t.waiting = slices.DeleteFunc(t.waiting, func(o *partial) bool { return o == p })
}

// drop gives up all that wait and returns how many fragments that were.
func (t *fragments) drop() int64 {
	n := t.dropped
	for _, p := range t.waiting {
		n += p.count
	}
	t.waiting = nil
	return n
}

// put copies what is new of b to its place; false: there are too many holes.
func (p *partial) put(from int, b []byte) bool {
	to := from + len(b)
	if len(p.bytes) < to {
		p.bytes = append(p.bytes, make([]byte, to-len(p.bytes))...)
	}
	merged := make([]piece, 0, len(p.pieces)+1)
	at := from // up to here b is placed, or was there before
	span := piece{from, to}
	for _, have := range p.pieces {
		if have.to < span.from || have.from > span.to {
			merged = append(merged, have)
			continue
		}
		if at < have.from {
			copy(p.bytes[at:have.from], b[at-from:])
		}
		at = max(at, have.to)
		span = piece{min(span.from, have.from), max(span.to, have.to)}
	}
	if at < to {
		copy(p.bytes[at:to], b[at-from:])
	}
	merged = append(merged, span)
	slices.SortFunc(merged, func(a, b piece) int { return a.from - b.from })
	p.pieces = merged
	return len(merged) <= maxPieces
}
