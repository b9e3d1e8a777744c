package capture

import (
	"slices"
	"time"
)

// stream is one direction of a connection. Numbers are sequence numbers: only
// their differences count (RFC 9293, section 3.4).
type stream struct {
	started   bool   // begin is known
	fromStart bool   // because the handshake was seen
	seen      bool   // there was a packet
	told      bool   // the sink got something
	fin       bool   // closed, and all delivered
	presumed  bool   // closed by a FIN that was acknowledged but not recorded
	begin     uint32 // the first byte
	next      uint32 // the first that was not delivered
	acked     uint32 // the first that the other side has not acknowledged
	held      []part // waits for something before it; sorted, without overlap
	heldBytes int
}

// part is what a segment adds to a stream. It takes up len(data)+missing
// numbers, and one more for a FIN.
type part struct {
	seq     uint32
	at      time.Time
	data    []byte
	missing int
	fin     bool
}

func (p *part) end() uint32 {
	n := p.seq + uint32(len(p.data)) + uint32(p.missing)
	if p.fin {
		n++
	}
	return n
}

func (p *part) empty() bool { return len(p.data) == 0 && p.missing == 0 && !p.fin }

// after leaves out what stands before a number.
func (p part) after(seq uint32) part {
	n := int(int32(seq - p.seq))
	if n <= 0 {
		return p
	}
	cut := min(n, len(p.data))
	p.seq, p.data, n = p.seq+uint32(cut), p.data[cut:], n-cut
	cut = min(n, p.missing)
	p.seq, p.missing, n = p.seq+uint32(cut), p.missing-cut, n-cut
	if n > 0 {
		p.fin = false
	}
	return p
}

// before leaves out what stands from a number on.
func (p part) before(seq uint32) part {
	n := int(int32(seq - p.seq))
	if length := len(p.data) + p.missing; n <= length {
		p.fin = false
		n = max(n, 0)
		p.data = p.data[:min(n, len(p.data))]
		p.missing = n - len(p.data)
	}
	return p
}

// start says where the stream begins, unless that is known.
func (s *stream) start(seq uint32, fromStart bool) {
	if !s.started {
		s.started, s.fromStart, s.begin, s.next, s.acked = true, fromStart, seq, seq, seq
	}
}

func (s *stream) ended() bool { return s.fin || s.presumed }

func (s *stream) acknowledge(ack uint32) {
	if d := int32(ack - s.acked); d > 0 && d <= maxWindow {
		s.acked = ack
	}
}

// lacks reports whether the other side has got what was not seen here.
func (s *stream) lacks() bool {
	if s.fin || int32(s.acked-s.next) <= 0 {
		return false
	}
	seen := s.next
	for i := range s.held {
		if s.held[i].seq != seen {
			break
		}
		seen = s.held[i].end()
	}
	return int32(s.acked-seen) > 0
}

// hold keeps what is new in a part: where it overlaps, the first copy stays.
func (s *stream) hold(p part, from *store) {
	p = p.after(s.next)
	if p.empty() || int32(p.seq-s.next) > maxWindow {
		return
	}
	i := len(s.held)
	for i > 0 && int32(p.seq-s.held[i-1].seq) < 0 {
		i--
	}
	if i > 0 {
		p = p.after(s.held[i-1].end())
	}
	for ; i < len(s.held) && !p.empty(); i++ {
		if first := p.before(s.held[i].seq); !first.empty() {
			s.insert(i, first, from)
			i++
		}
		p = p.after(s.held[i].end())
	}
	if !p.empty() {
		s.insert(i, p, from)
	}
}

func (s *stream) insert(i int, p part, from *store) {
	p.data = from.copy(p.data)
	s.heldBytes += len(p.data)
	s.held = slices.Insert(s.held, i, p)
}

// drop forgets the first n parts held.
func (s *stream) drop(n int) {
	if n > 0 {
		s.held = slices.Delete(s.held, 0, n)
	}
	if len(s.held) == 0 && cap(s.held) > 4 {
		s.held = nil
	}
}

// store keeps copies of segments in buffers that are used again.
type store struct {
	free  [][]byte
	bytes int // that are held
}

const (
	bufferSize = 2 << 10 // a segment of Ethernet; longer ones get their own
	maxFree    = 512
)

func (t *store) copy(b []byte) []byte {
	t.bytes += max(len(b), bufferSize) // what has no bytes costs memory, too
	if len(b) == 0 {
		return nil
	}
	if len(b) > bufferSize {
		return append([]byte(nil), b...)
	}
	if n := len(t.free); n > 0 {
		to := t.free[n-1][:len(b)]
		t.free = t.free[:n-1]
		copy(to, b)
		return to
	}
	return append(make([]byte, 0, bufferSize), b...)
}

func (t *store) put(b []byte) {
	t.bytes -= max(len(b), bufferSize)
	if cap(b) == bufferSize && len(t.free) < maxFree {
		t.free = append(t.free, b[:0])
	}
}
