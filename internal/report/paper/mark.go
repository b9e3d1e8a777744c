package paper

import "github.com/charmbracelet/lipgloss"

// Mood is how a text is painted.
type Mood uint8

// The moods. Of a message on the wire, Badly is one that ends the handshake,
// Doubtfully one that is broken or of which it is not known whether it comes,
// Faintly one that the phone would not have seen or sent.
const (
	Plainly Mood = iota
	Badly
	Doubtfully
	Faintly
)

// Sign stands before what is told. What was not reached has none of its own.
type Sign string

// The signs.
const (
	NoSign      Sign = ""
	SignGood    Sign = "✓"
	SignBad     Sign = "✗"
	SignDoubt   Sign = "?"
	SignNothing Sign = "·"
)

// Mark is a line of what was seen: what it is about, a sign, and words.
type Mark struct {
	Label string
	Sign  Sign
	Text  string
	Mood  Mood
}

// Marks writes lines with aligned labels; a label that repeats stands once.
func (p Sheet) Marks(rows []Mark) {
	const column = 9
	last := ""
	for _, r := range rows {
		label := r.Label
		if label == last {
			label = ""
		}
		last = r.Label
		text := p.Mood(r.Mood)
		for i, part := range p.Wrap(r.Text, p.Width-column-5) {
			sign := " "
			if i == 0 && r.Sign != NoSign {
				sign = p.sign(r.Sign)
			}
			p.Line("  ", p.Faint.Render(Left(label, column)), sign, " ", text.Render(part))
			label = ""
		}
	}
}

func (p Sheet) sign(s Sign) string {
	switch s {
	case SignGood:
		return p.Good.Render(string(s))
	case SignBad:
		return p.Bad.Render(string(s))
	case SignDoubt:
		return p.Doubt.Render(string(s))
	}
	return p.Faint.Render(string(s))
}

// Mood is the colour of a mood.
func (p Sheet) Mood(m Mood) lipgloss.Style {
	switch m {
	case Badly:
		return p.Bad
	case Doubtfully:
		return p.Doubt
	case Faintly:
		return p.Faint
	}
	return p.plain
}
