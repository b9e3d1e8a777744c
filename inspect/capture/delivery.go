package capture

import "time"

// giveUp tells what is missing up to a number, and delivers what is held in
// between.
func (c *connection) giveUp(at time.Time, fromClient bool, limit uint32) {
	s := c.stream(fromClient)
	for s.started && !s.fin && int32(limit-s.next) > 0 {
		until := limit
		if len(s.held) > 0 && int32(s.held[0].seq-limit) < 0 {
			until = s.held[0].seq
		}
		n := int32(until - s.next)
		switch {
		case n == 1 && len(s.held) == 0:
			s.presumed = true // one number and nothing behind it is a FIN that was lost
			c.noteFIN(fromClient)
		case n > 0:
			c.before(fromClient, at)
			c.sink.Gap(fromClient, at, int64(n), Lost)
		}
		s.next = until
		c.release(fromClient)
	}
}

// release delivers what is held and now in order.
func (c *connection) release(fromClient bool) {
	s := c.stream(fromClient)
	done := 0
	for done < len(s.held) && (s.fin || int32(s.held[done].seq-s.next) <= 0) {
		p := s.held[done]
		if rest := p.after(s.next); !rest.empty() && !s.fin {
			c.deliver(fromClient, rest)
		}
		s.heldBytes -= len(p.data)
		c.store.put(p.data)
		done++
	}
	s.drop(done)
}

func (c *connection) deliver(fromClient bool, p part) {
	s := c.stream(fromClient)
	if len(p.data) > 0 || p.missing > 0 {
		c.before(fromClient, p.at)
	}
	if len(p.data) > 0 {
		c.sink.Data(fromClient, p.at, p.data)
	}
	if p.missing > 0 {
		c.sink.Gap(fromClient, p.at, int64(p.missing), SnapLength)
	}
	s.next = p.end()
	if p.fin {
		s.fin = true
		c.noteFIN(fromClient)
	}
}

// before tells what has to be told before more of a direction: once, that its
// beginning was not recorded; and that a presumed FIN was a byte.
func (c *connection) before(fromClient bool, at time.Time) {
	s := c.stream(fromClient)
	if !s.told && !s.fromStart {
		c.sink.Gap(fromClient, at, 0, MidStream)
	}
	s.told = true
	if s.presumed {
		s.presumed = false
		c.sink.Gap(fromClient, at, 1, Lost)
	}
}

func (c *connection) noteFIN(fromClient bool) {
	if !c.stream(!fromClient).ended() {
		c.clientFIN = fromClient
	}
}
