package armor

import (
	"bytes"
	"encoding/base64"
)

// readClean reads one block at the start of text that is exactly as RFC 7468
// writes it: five dashes, a known label, lines of 64 characters with only the
// last one shorter, all line ends alike, whole DER. It reports what it used of
// the text and how many lines that was; ok is false for anything else, and
// nothing is lost by asking, for the lenient way then reads the same bytes.
func readClean(text []byte) (block Block, used, lines int, ok bool) {
	rest, found := bytes.CutPrefix(text, []byte(BeginPrefix))
	if !found {
		return block, 0, 0, false
	}
	i := bytes.IndexByte(rest[:min(len(rest), maxLabel)], '\n')
	if i < 0 {
		return block, 0, 0, false
	}
	eol := "\n"
	if i > 0 && rest[i-1] == '\r' {
		eol = "\r\n"
	}
	label, found := bytes.CutSuffix(rest[:i+1], []byte(Dashes+eol))
	if !found || !isPlain(string(label)) {
		return block, 0, 0, false
	}
	body := rest[i+1:]
	size, lines := bodySize(body, eol)
	if size == 0 {
		return block, 0, 0, false
	}
	end, found := bytes.CutPrefix(body[size:], []byte(EndPrefix))
	if found {
		end, found = bytes.CutPrefix(end, label)
	}
	if found {
		end, found = bytes.CutPrefix(end, []byte(Dashes))
	}
	if !found || len(end) > 0 && !bytes.HasPrefix(end, []byte(eol)) {
		return block, 0, 0, false
	}
	end = end[min(len(eol), len(end)):]
	der, whole := decodeWhole(body[:size], size-lines*len(eol))
	if !whole {
		return block, 0, 0, false
	}
	return Block{Label: string(label), Bytes: der}, len(text) - len(end), lines + 2, true
}

// bodySize returns the size of the data lines at the start of body, line ends
// included, and their number. It looks at the line ends only.
func bodySize(body []byte, eol string) (size, lines int) {
	stride := FullLine + len(eol)
	for len(body)-size >= stride && string(body[size+FullLine:size+stride]) == eol && body[size] != '-' {
		size += stride
		lines++
	}
	if size < len(body) && body[size] != '-' {
		i := bytes.IndexByte(body[size:min(len(body), size+stride)], '\n')
		if i < len(eol) || i >= stride {
			return 0, 0
		}
		size += i + 1
		lines++
	}
	return size, lines
}

// decodeWhole decodes base64 that has so many characters beside line ends, and
// reports whether a whole DER, and nothing else, came out of it. The decoder
// skips line ends wherever they are, so that their number is checked by the
// number of bytes.
func decodeWhole(body []byte, characters int) ([]byte, bool) {
	der := make([]byte, base64.StdEncoding.DecodedLen(characters))
	n, err := base64.StdEncoding.Strict().Decode(der, body)
	pads := bytes.Count(body[max(len(body)-4, 0):], []byte("="))
	if err != nil || characters%4 != 0 || n != len(der)-pads {
		return nil, false
	}
	size, known := SequenceSize(der[:n])
	return der[:n:n], known && size == n
}
