package handshake

// What a connection may cost in memory, whatever is sent.
const (
	// MaxMessage is the largest handshake message that is joined and decoded,
	// in bytes. A longer one (the format allows 16 MiB) is counted and marked.
	MaxMessage = 1 << 20
	// MaxKept is the sum of all messages of a connection that are decoded.
	MaxKept = 4 << 20
	// MaxEntries is the number of messages besides application data.
	MaxEntries = 4096
	// MaxApplicationData is the number of entries for application data.
	MaxApplicationData = 1024
	// MaxPlaintext is the sum of opened application data that is kept.
	MaxPlaintext = 1 << 20
	// maxExtensions is the number of extensions kept of one message.
	maxExtensions = 1024
	// maxProblems is the number of problems told of one message or stream.
	maxProblems = 16
	// maxFragment is the largest content of a protected record (RFC 5246,
	// section 6.2.3); longer ones are told and read all the same.
	maxFragment = 1<<14 + 2048
	// maxOpening is how much is kept of a stream that is not TLS.
	maxOpening = 256
)
