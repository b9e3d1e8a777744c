package ber

import "fmt"

// What a walker meets.
type kind int

const (
	begin kind = iota // the header of a constructed element
	leaf              // a whole primitive element
	end               // the end of a constructed element
)

// token is one step of a walk. An end carries the header of its beginning.
type token struct {
	header
	kind   kind
	offset int
	// segment says that the element is a piece of a segmented string: only its
	// octets count.
	segment bool
}

// frame is an element whose content is being walked.
type frame struct {
	token
	limit int // where the content ends, or must have ended
	// definite says that limit comes from a length and not from the input's end.
	definite bool
}

// walker goes through one element from its first to its last byte. It keeps
// its own stack, so that nesting costs no more than MaxDepth frames.
type walker struct {
	in   []byte
	pos  int
	open []frame
}

// next returns the next token. The walk ends with the token that closes the
// outermost element; next must not be called after it.
func (w *walker) next() (token, error) {
	parent, limit := frame{}, len(w.in)
	if len(w.open) > 0 {
		parent = w.open[len(w.open)-1]
		limit = parent.limit
		if t, ended := w.ended(parent); ended {
			return t, nil
		}
	}
	h, cause := readHeader(w.in[w.pos:limit])
	if cause == nil {
		cause = w.misplaced(parent, h, limit)
	}
	if cause == ErrTruncated && parent.definite {
		cause = fmt.Errorf("%w: an element is longer than the one around it", ErrSyntax)
	}
	if cause != nil {
		return token{}, fmt.Errorf("%w at byte %d", cause, w.pos)
	}
	t := token{header: h, kind: leaf, offset: w.pos, segment: parent.segmented()}
	w.pos += h.size
	if h.first&constructed == 0 {
		w.pos += h.length
		return t, nil
	}
	t.kind = begin
	if !h.indefinite {
		limit = w.pos + h.length
	}
	w.open = append(w.open, frame{t, limit, parent.definite || !h.indefinite})
	return t, nil
}

// ended closes the innermost element if its content ends here.
func (w *walker) ended(f frame) (token, bool) {
	switch {
	case f.indefinite && w.pos+2 <= f.limit && w.in[w.pos] == 0 && w.in[w.pos+1] == 0:
		w.pos += 2 // end-of-contents octets (X.690, section 8.1.5)
	case !f.indefinite && w.pos == f.limit:
	default:
		return token{}, false
	}
	w.open = w.open[:len(w.open)-1]
	f.kind = end
	return f.token, true
}

// misplaced tells why an element with header h cannot stand at this place.
func (w *walker) misplaced(parent frame, h header, limit int) error {
	switch {
	case h.first == 0:
		return fmt.Errorf("%w: an end of contents that ends nothing", ErrSyntax)
	case h.indefinite && h.first&constructed == 0:
		return fmt.Errorf("%w: a primitive element of indefinite length", ErrSyntax)
	case h.first == bitString|constructed:
		return fmt.Errorf("%w: a BIT STRING in segments is not supported", ErrSyntax)
	case parent.segmented() && h.first&^constructed != octetString && h.first != parent.first&^constructed:
		return fmt.Errorf("%w: a string has a segment that is no string", ErrSyntax)
	case h.length > limit-w.pos-h.size:
		return ErrTruncated
	case len(w.open) == MaxDepth:
		return ErrDepth
	}
	return nil
}
