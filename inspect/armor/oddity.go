package armor

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// oddity is one way in which a text can differ from a plain PEM file.
type oddity uint8

const (
	// Of the whole text.
	oddBOM oddity = iota
	oddUTF16
	oddHalfCharacter
	oddNUL
	oddCR
	oddDoubledCR
	// Of a line, whatever it holds.
	oddIndent
	oddTrailingSpace
	oddMailQuote
	oddLineNumber
	oddQuote
	oddSmartQuote
	oddPunctuation
	oddInvisible
	oddTag
	oddEntity
	oddEscapedLineEnd
	oddEscapedChar
	// Of a BEGIN or END line.
	oddDashCount
	oddTypographicDash
	oddMarkerSpace
	oddLabelCase
	oddTextBeside
	oddNoLabel
	oddMismatch
	oddUnknownLabel
	oddOldLabel
	oddBeginMissing
	oddBeginAlone
	oddEndMissing
	oddEndAlone
	oddBare
	// Of the lines between them.
	oddHeaders
	oddHeaderEnd
	oddBlankFirst
	oddBlankInside
	oddShortLine
	oddLongLine
	oddOneLine
	oddTextInside
	oddSpaceInside
	oddURLAlphabet
	oddQuotedPrintable
	oddPadMissing
	oddPadExtra
	oddPadInside
	oddPadBits
	oddForeign
	oddTrailing
	oddTrusted
	// Of the text outside the blocks.
	oddTextBefore
	oddTextBetween
	oddTextAfter
	oddBagAttributes
	oddTextDump
	// Damages: bytes are lost.
	oddLost
	oddLength
	oddCutOff
	oddNotDER
	oddEmpty
	oddTooMany
	oddMore
	oddCount
)

// oddities is a set of them.
type oddities uint64

// set returns a set of some oddities.
func set(list ...oddity) (s oddities) {
	for _, o := range list {
		s.add(o)
	}
	return s
}

func (s *oddities) add(o oddity)    { *s |= 1 << o }
func (s *oddities) remove(o oddity) { *s &^= 1 << o }
func (s oddities) has(o oddity) bool {
	return s&(1<<o) != 0
}

// maxDamages is how many damages are named one by one.
const maxDamages = 100

// damage is a place where bytes are lost.
type damage struct {
	oddity     oddity
	line       int
	have, want int
	detail     string
}

// occurrence is where an oddity was first seen, and how often.
type occurrence struct {
	line, last    int
	count         int
	detail, other string
}

// report gathers what is odd about a text. An oddity is told once, with its
// first line and the number of further ones; a damage is told each time.
type report struct {
	seen    []occurrence // by oddity; nil as long as nothing is odd
	damages []damage
	untold  int
}

func (r *report) add(o oddity, line int) { r.addMany(o, line, 1) }

func (r *report) addMany(o oddity, line, count int) {
	if r.seen == nil {
		r.seen = make([]occurrence, oddCount)
	}
	seen := &r.seen[o]
	if seen.count == 0 {
		seen.line = line
	} else if seen.last == line {
		return
	}
	seen.last = line
	seen.count += count
}

func (r *report) addAll(set oddities, line int) {
	for ; set != 0; set &= set - 1 {
		r.add(oddity(bits.TrailingZeros64(uint64(set))), line)
	}
}

// detail adds an oddity whose message says what stands there.
func (r *report) detail(o oddity, line int, detail, other string) {
	r.add(o, line)
	if seen := &r.seen[o]; seen.count == 1 {
		seen.detail, seen.other = detail, other
	}
}

func (r *report) damage(d damage) {
	if len(r.damages) == maxDamages {
		r.untold++
		return
	}
	r.damages = append(r.damages, d)
}

// findings puts everything into words, in the order of the lines.
func (r *report) findings() []finding.Finding {
	type told struct {
		line    int
		finding finding.Finding
	}
	var list []told
	for o, seen := range r.seen {
		if seen.count == 0 {
			continue
		}
		more := ""
		if seen.count > 1 {
			more = fmt.Sprintf(" (%d more like it)", seen.count-1)
		}
		list = append(list, told{seen.line, oddity(o).finding(more, "{line}", strconv.Itoa(seen.line),
			"{detail}", seen.detail, "{other}", seen.other)})
	}
	if r.untold > 0 {
		r.damages = append(r.damages, damage{oddity: oddMore, have: r.untold, line: r.damages[maxDamages-1].line})
	}
	for _, d := range r.damages {
		list = append(list, told{d.line, d.oddity.finding("", "{line}", strconv.Itoa(d.line), "{detail}", d.detail,
			"{have}", strconv.Itoa(d.have), "{want}", strconv.Itoa(d.want))})
	}
	slices.SortStableFunc(list, func(a, b told) int { return cmp.Compare(a.line, b.line) })
	var findings []finding.Finding
	for _, t := range list {
		findings = append(findings, t.finding)
	}
	return findings
}

// ByteCount writes a number of bytes with its unit, as messages have it.
func ByteCount(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return strconv.Itoa(n) + " bytes"
}

func (o oddity) finding(more string, placeholders ...string) finding.Finding {
	w := o.words()
	return finding.Finding{
		Code:     w.code,
		Severity: w.severity,
		Message:  strings.NewReplacer(placeholders...).Replace(w.message) + more,
		Fix:      w.fix,
		Basis:    finding.Documented,
		Source:   w.source,
	}
}
