package capture

import (
	"slices"
	"time"
)

// collector takes packets and counts what becomes of them.
type collector struct {
	summary   Summary
	handler   Handler
	filter    Filter
	skipped   [skips]int64
	fragments fragments
	table     table
	last      time.Time // of the packet before
}

func newCollector(filter Filter, h Handler) *collector {
	c := &collector{filter: filter, handler: h}
	c.table.init(h)
	return c
}

// packet takes one packet; missing is how many bytes at its end the snap
// length cut off.
func (c *collector) packet(link LinkType, at time.Time, b []byte, missing int) {
	c.count(at, int64(len(b)))
	if missing > 0 {
		c.summary.ShortPackets++
	}
	d, reason := c.datagram(link, at, b, missing)
	if reason != usable {
		c.skip(reason)
		return
	}
	if d.protocol != protocolTCP {
		c.skip(protocolSkip(d.protocol))
		return
	}
	seg, reason := parseSegment(d)
	if reason != usable {
		c.skip(reason)
		return
	}
	if !c.filter.wants(d.source, d.destination, seg.sourcePort, seg.destinationPort) {
		c.skip(Filtered)
		return
	}
	if c.table.segment(at, d.source, d.destination, &seg) {
		c.skip(AfterClose)
	}
}

// datagram digs the IP datagram out of a packet, joined if it is a fragment.
func (c *collector) datagram(link LinkType, at time.Time, b []byte, missing int) (datagram, Skip) {
	kind, b, reason := link.network(b)
	if reason != usable {
		if reason == Malformed && missing > 0 {
			reason = CutHeader
		}
		return datagram{}, reason
	}
	d, f, reason := parseIP(kind, b, missing)
	if reason != usable || !f.is {
		return d, reason
	}
	c.summary.Fragments++
	whole, ok := c.fragments.add(at, &d, f)
	c.summary.FragmentsDropped += c.fragments.dropped
	c.fragments.dropped = 0
	if !ok {
		return d, waiting
	}
	d.payload = whole
	if kind == etherIPv6 {
		if f, reason = d.extensions(Malformed); f.is {
			reason = Malformed // a fragment of fragments
		}
	}
	return d, reason
}

// Two results besides the reasons of Skip.
const (
	usable  = skips + iota
	waiting // for the rest of the datagram: not skipped, not usable alone
)

func (c *collector) skip(reason Skip) {
	if reason < skips {
		c.skipped[reason]++
	}
}

// unread counts a packet that was not looked into.
func (c *collector) unread(reason Skip, at time.Time, n int64) {
	c.count(at, n)
	c.skip(reason)
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

func (c *collector) linkType(link LinkType) {
	if l := &c.summary.LinkTypes; len(*l) < maxLinkTypes && !slices.Contains(*l, link&0xFFFF) {
		*l = append(*l, link&0xFFFF)
	}
}

func (c *collector) snapLength(n uint32) { c.summary.SnapLength = max(c.summary.SnapLength, n) }

// finish closes every connection and returns what was counted.
func (c *collector) finish() Summary {
	c.table.closeAll(c.last)
	s := &c.summary
	s.Connections, s.Evicted = c.table.opened, c.table.evicted
	s.FragmentsDropped += c.fragments.drop()
	for reason, n := range c.skipped {
		if n > 0 {
			if s.Skipped == nil {
				s.Skipped = map[Skip]int64{}
			}
			s.Skipped[Skip(reason)] = n
		}
	}
	return *s
}
