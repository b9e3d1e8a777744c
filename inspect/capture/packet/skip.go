package packet

import "strconv"

// Skip is a reason why a packet of a capture gave nothing, wherever it was
// passed over: in the file, for its headers, or with its connection.
type Skip uint8

const (
	// NotIP: ARP, LLDP and the like.
	NotIP Skip = iota
	// UDP packets.
	UDP
	// OtherProtocol: IP, but neither TCP nor UDP.
	OtherProtocol
	// UnknownLinkType: recorded on a kind of link that is not decoded.
	UnknownLinkType
	// Malformed: a header contradicts itself or the packet's size.
	Malformed
	// CutHeader: the snap length cut the packet within its headers.
	CutHeader
	// Filtered: the filter does not want it.
	Filtered
	// Oversize: longer than what is decoded.
	Oversize
	// NoInterface: of an interface that the file does not describe.
	NoInterface
	// AfterClose: data on a connection that was over.
	AfterClose
	// Skips is how many reasons there are.
	Skips
)

// What Decoder.Segment says besides the reasons.
const (
	// Usable: there is a segment.
	Usable = Skips + iota
	// Waiting for the rest of the datagram: not skipped, not Usable alone.
	Waiting
)

// String returns the reason in words.
func (s Skip) String() string {
	words := [Skips]string{"not IP", "UDP", "neither TCP nor UDP", "unknown link type", "malformed",
		"headers cut by the snap length", "filtered out", "too large", "unknown interface", "after the connection's end"}
	if s < Skips {
		return words[s]
	}
	return strconv.Itoa(int(s))
}

// MarshalText writes what String returns.
func (s Skip) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
