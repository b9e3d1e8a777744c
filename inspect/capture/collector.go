package capture

import (
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// collector takes packets and counts what becomes of them.
type collector struct {
	summary Summary
	handler Handler
	filter  Filter
	skipped [packet.Skips]int64
	packets packet.Decoder
	table   table
	last    time.Time // of the packet before
}

func newCollector(filter Filter, h Handler) *collector {
	c := &collector{filter: filter, handler: h}
	c.table.init(h)
	return c
}

// Packet takes one packet: see pcap.Handler.
func (c *collector) Packet(link packet.LinkType, at time.Time, b []byte, missing int) {
	c.count(at, int64(len(b)))
	if missing > 0 {
		c.summary.ShortPackets++
	}
	s, reason := c.packets.Segment(link, at, b, missing)
	switch {
	case reason != packet.Usable:
		c.skip(reason)
	case !c.filter.wants(&s):
		c.skip(packet.Filtered)
	case c.table.segment(at, &s):
		c.skip(packet.AfterClose)
	}
}

// Unread counts a packet that was not looked into.
func (c *collector) Unread(reason packet.Skip, at time.Time, n int64) {
	c.count(at, n)
	c.skip(reason)
}

// Secrets hands a key log on.
func (c *collector) Secrets(keyLog []byte) { c.handler.Secrets(keyLog) }

func (c *collector) skip(reason packet.Skip) {
	if reason < packet.Skips {
		c.skipped[reason]++
	}
}

func (c *collector) count(at time.Time, n int64) {
	c.summary.Packets++
	c.summary.Bytes += n
	if at.IsZero() {
		return
	}
	c.last = at
	if c.summary.First.IsZero() || at.Before(c.summary.First) {
		c.summary.First = at
	}
	if at.After(c.summary.Last) {
		c.summary.Last = at
	}
}

// finish closes every connection and returns what was counted.
func (c *collector) finish() Summary {
	c.table.closeAll(c.last)
	s := &c.summary
	s.Connections, s.Evicted = c.table.opened, c.table.evicted
	s.Fragments, s.FragmentsDropped = c.packets.Fragments, c.packets.Drop()
	for reason, n := range c.skipped {
		if n > 0 {
			if s.Skipped == nil {
				s.Skipped = map[packet.Skip]int64{}
			}
			s.Skipped[packet.Skip(reason)] = n
		}
	}
	return *s
}
