package pcap

import (
	"testing"
	"time"
)

func TestTimestamps(t *testing.T) {
	for _, c := range []struct {
		resolution byte
		offset     int64
		stamp      uint64
		want       time.Time
	}{
		{6, 0, 1_700_000_000_123_456, time.Unix(1_700_000_000, 123_456_000)},
		{9, 0, 1_700_000_000_123_456_789, time.Unix(1_700_000_000, 123_456_789)},
		{0, 0, 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{3, 1_600_000_000, 100_000_001, time.Unix(1_600_100_000, 1e6)},
		{3, -100, 200_000, time.Unix(100, 0)},
		{19, 0, 15_000_000_000_000_000_000, time.Unix(1, 5e8)},
		{0x80 | 20, 0, 1_700_000_000<<20 | 1<<19, time.Unix(1_700_000_000, 5e8)},
		{0x80 | 63, 0, 3 << 62, time.Unix(1, 5e8)},
		{0xFF, 0, 1, time.Time{}}, {20, 0, 1, time.Time{}}, // more than can be counted
		{0, 0, 1 << 63, time.Time{}}, {0, 1 << 62, 1, time.Time{}}, {0, -5, 1, time.Time{}}, // no time at all
	} {
		d := device{ticks: ticks(c.resolution), offset: c.offset}
		if got := d.time(c.stamp); !got.Equal(c.want) {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
