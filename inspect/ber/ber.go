// Package ber turns BER into DER as far as lengths and segmented strings go
// (ITU-T X.690, sections 8.1.3 and 8.7 against 10.1 and 10.2), so that what
// Windows and streaming signers write can be read by parsers that know DER
// alone. It does not reorder sets nor change any value.
package ber

import "errors"

// MaxDepth is how many elements may stand in each other. Certificates, keys
// and their containers need less than 20.
const MaxDepth = 64

// The causes for which input is refused; errors wrap them with the offset.
var (
	// ErrTruncated: the input ends before an element does.
	ErrTruncated = errors.New("the data is cut off")
	// ErrSyntax: the bytes are no BER.
	ErrSyntax = errors.New("the data is not BER")
	// ErrDepth: more than MaxDepth elements stand in each other.
	ErrDepth = errors.New("the data is nested too deeply")
)

// ToDER returns the first element of in with definite, minimal lengths and
// unsegmented strings, and the bytes that follow that element. An element that
// has this form already is returned as a part of in, without a copy. Time and
// memory are linear in len(in); der is longer than its BER by at most 2 bytes
// for each element of 64 KiB and more. The error wraps ErrTruncated, ErrSyntax
// or ErrDepth and names the offset in bytes, from 0.
func ToDER(in []byte) (der, rest []byte, err error) {
	m, err := measure(in)
	if err != nil {
		return nil, nil, err
	}
	if !m.changes {
		return in[:m.end], in[m.end:], nil
	}
	return rewrite(in, m), in[m.end:], nil
}

// Length returns how many bytes the first element of in takes by its own
// account, which is more than len(in) when the input is cut off. It is false
// when the header is damaged or cut off, or when the length is indefinite and
// the end of the element is not in the input.
func Length(in []byte) (total int, ok bool) {
	h, cause := readHeader(in)
	if cause != nil {
		return 0, false
	}
	if !h.indefinite {
		return h.size + h.length, true
	}
	m, err := measure(in)
	return m.end, err == nil
}

// JoinOctets joins the segments of an OCTET STRING whose tag is implicit
// (X.690, section 8.7.3): only the reader of a structure knows that such an
// element is a string, so ToDER leaves it as it is. The content is the
// element's own after ToDER; ok is false unless it holds OCTET STRINGs alone.
func JoinOctets(content []byte) (joined []byte, ok bool) {
	for len(content) > 0 {
		h, cause := readHeader(content)
		if cause != nil || h.indefinite || h.first != octetString || h.length > len(content)-h.size {
			return nil, false
		}
		joined = append(joined, content[h.size:h.size+h.length]...)
		content = content[h.size+h.length:]
	}
	return joined, true
}

// measurement is what the first pass finds out for the second one.
type measurement struct {
	// lengths are the DER lengths of the contents of the constructed elements,
	// in the order in which these begin.
	lengths []int
	// size is the whole element's length as DER, end its end as BER.
	size, end int
	// changes says that DER and BER differ.
	changes bool
}

// measure checks the first element and finds the lengths it has as DER.
func measure(in []byte) (measurement, error) {
	var m measurement
	var open []int // the open elements' places in m.lengths
	add := func(n int) {
		if len(open) == 0 {
			m.size = n
		} else {
			m.lengths[open[len(open)-1]] += n
		}
	}
	w := walker{in: in}
	for {
		t, err := w.next()
		if err != nil {
			return measurement{}, err
		}
		length := t.length
		switch t.kind {
		case begin:
			m.changes = m.changes || t.indefinite || t.segmented() || !t.minimal
			open = append(open, len(m.lengths))
			m.lengths = append(m.lengths, 0)
			continue
		case end:
			length = m.lengths[open[len(open)-1]]
			open = open[:len(open)-1]
		case leaf:
			m.changes = m.changes || !t.minimal
		}
		if t.segment {
			add(length)
		} else {
			add(t.identifier + lengthSize(length) + length)
		}
		if len(open) == 0 {
			m.end = w.pos
			return m, nil
		}
	}
}

// rewrite is the second pass: it writes what measure has measured.
func rewrite(in []byte, m measurement) []byte {
	out := make([]byte, 0, m.size)
	w := walker{in: in}
	for len(out) < m.size {
		t, err := w.next()
		if err != nil {
			return nil // measure has read the same bytes without an error
		}
		length := t.length
		if t.kind == begin {
			length, m.lengths = m.lengths[0], m.lengths[1:]
		}
		if t.kind != end && !t.segment {
			first := t.first
			if t.segmented() {
				first &^= constructed
			}
			out = append(out, first)
			out = append(out, in[t.offset+1:t.offset+t.identifier]...)
			out = appendLength(out, length)
		}
		if t.kind == leaf {
			content := t.offset + t.header.size
			out = append(out, in[content:content+length]...)
		}
	}
	return out
}
