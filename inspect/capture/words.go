package capture

import "strconv"

// Why says why bytes are missing.
type Why uint8

const (
	// Lost: the segment is not in the capture, though it was sent.
	Lost Why = iota
	// SnapLength: the packet was recorded in part only.
	SnapLength
	// MidStream: the capture began after the connection did.
	MidStream
)

// String returns the reason in words.
func (w Why) String() string {
	return word(w, "segment lost", "snap length", "capture began mid-stream")
}

// MarshalText writes what String returns.
func (w Why) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Ending is how a connection ended.
type Ending struct {
	Kind EndKind
	// FromClient says who sent the RST, or the first FIN.
	FromClient bool
}

// EndKind is a kind of Ending.
type EndKind uint8

const (
	// CaptureEnded: the connection was still open then.
	CaptureEnded EndKind = iota
	// FIN: closed in good order, by one side at least.
	FIN
	// RST: reset.
	RST
	// Replaced: the same two ports began a new connection.
	Replaced
	// Evicted: given up to bound memory; the longest silent one goes first.
	Evicted
)

// String returns the kind in words.
func (k EndKind) String() string {
	return word(k, "capture ended", "FIN", "RST", "replaced by a new connection", "evicted")
}

// MarshalText writes what String returns.
func (k EndKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

func word[T ~uint8](n T, words ...string) string {
	if int(n) < len(words) {
		return words[n]
	}
	return strconv.Itoa(int(n))
}
