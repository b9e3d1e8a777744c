package capture

import (
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// Summary is what a capture was, and what of it could not be used.
type Summary struct {
	// Format is "pcap" or "pcapng"; Compressed is set for gzip around it.
	Format     string `json:"format"`
	Compressed bool   `json:"compressed,omitempty"`
	// LinkTypes are those of the interfaces, each once.
	LinkTypes []packet.LinkType `json:"link_types"`
	// Packets and Bytes count what is recorded; Skipped the packets that gave
	// nothing, by reason.
	Packets int64                 `json:"packets"`
	Bytes   int64                 `json:"bytes"`
	Skipped map[packet.Skip]int64 `json:"skipped,omitempty"`
	// SnapLength is the largest that the file tells, 0 when it tells none;
	// ShortPackets counts packets of which only a part is recorded.
	SnapLength   uint32 `json:"snap_length,omitempty"`
	ShortPackets int64  `json:"short_packets,omitempty"`
	// First and Last are the earliest and the latest time of a packet.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Truncated is set when the file ends within a packet. All before is used.
	Truncated bool `json:"truncated,omitempty"`
	// Connections counts the Flows that were opened, Evicted those of them
	// that were given up to bound memory.
	Connections int64 `json:"connections"`
	Evicted     int64 `json:"evicted,omitempty"`
	// Fragments counts IP fragments, FragmentsDropped those of datagrams that
	// never became whole.
	Fragments        int64 `json:"fragments,omitempty"`
	FragmentsDropped int64 `json:"fragments_dropped,omitempty"`
	// SecretsDropped counts key logs in the file that were above pcap.MaxSecrets.
	SecretsDropped int64 `json:"secrets_dropped,omitempty"`
}

// describe takes over what the file said of itself.
func (s *Summary) describe(f pcap.File) {
	s.Format, s.Compressed, s.Truncated = f.Format, f.Compressed, f.Truncated
	s.LinkTypes, s.SnapLength, s.SecretsDropped = f.LinkTypes, f.SnapLength, f.SecretsDropped
}

// What following connections may cost in memory, whatever the file holds.
const (
	// MaxConnections is how many connections are followed at a time, those
	// counted that are over but not yet forgotten.
	MaxConnections = 16384
	// MaxHeld is what one direction holds back, in bytes, while it waits for
	// an earlier segment; MaxHeldTotal is the same over all connections.
	MaxHeld      = 1 << 20
	MaxHeldTotal = 8 << 20

	maxHeldSegments = 2048
)
