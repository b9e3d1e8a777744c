// Package armor reads text that wraps DER: PEM (RFC 7468), its headers
// (RFC 1421) and bare base64. It recovers what can be recovered, names every
// damage with a code and a fix of its own, and drops nothing in silence.
//
// Package openssl, a room of this one, answers another question: not what can
// be read, but what the PEM reader of a handset's own library would take. For
// it stand here the parts of a BEGIN line, FindMarker and the outer length of a
// DER.
//
// The package is pure: bytes in, findings out.
package armor

import (
	"encoding/pem"

	"github.com/phonecert/phonecert/inspect/finding"
)

// MaxBlocks is how many blocks Read reads from one text.
const MaxBlocks = 20_000

// Text is what Read found in a file.
type Text struct {
	// Armored reports whether the file is text that holds PEM or base64 of a
	// DER, or was meant to. When it is false nothing else is set.
	Armored bool
	// Encoding is how the characters are written.
	Encoding Encoding
	// Blocks are the blocks in the file's order, damaged ones included.
	Blocks []Block
	// Findings are the damages and oddities in the file's order. An Error says
	// that bytes could not be recovered whole, a Warning that something was
	// mended over which a phone's reader may fall, a Note is harmless. Lines
	// are those of the file, from 1. A Fix has the gaps {file} and {out} for
	// the file's name and that of a mended copy.
	Findings []finding.Finding
}

// Mended returns the findings that cost no bytes: everything below an Error.
func (t Text) Mended() []finding.Finding {
	var list []finding.Finding
	for _, f := range t.Findings {
		if f.Severity != finding.Error {
			list = append(list, f)
		}
	}
	return list
}

// Block is what stands between BEGIN and END, or was meant to.
type Block struct {
	// Label is the type in the BEGIN line, in upper case and without
	// superfluous spaces. It is the END line's when BEGIN is missing or bare,
	// and empty for bare base64.
	Label string
	// Headers are the lines before the data, for instance Proc-Type.
	Headers []Header
	// Bytes are the decoded bytes, all of them: see Trailing.
	Bytes []byte
	// Trailing is how many of Bytes follow the outer DER.
	Trailing int
	// Line and EndLine are the first and the last line of the block.
	Line, EndLine int
	// Bare reports whether there is neither a BEGIN nor an END line.
	Bare bool
	// Damaged reports whether the bytes could not be recovered whole; Bytes
	// then holds what there is.
	Damaged bool
}

// DER returns the bytes without what follows the outer DER.
func (b Block) DER() []byte { return b.Bytes[:len(b.Bytes)-b.Trailing] }

// Header is one header of a block, as RFC 1421 has it.
type Header struct{ Name, Value string }

// Header returns the value of the first header of a name, or "".
func (b Block) Header(name string) string {
	for _, h := range b.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// Encode writes DER as RFC 7468 wants it: 64 characters a line, LF, no text
// around.
func Encode(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}
