package push

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload/fleet"
)

const (
	// barEvery is the time between two looks of the bar.
	barEvery = 100 * time.Millisecond
	// barText is how many columns the counts beside the bar take.
	barText = 62
)

// bar is the progress at the bottom of a screen. A nil bar shows nothing. The
// module that draws it writes nowhere: its line is put on the screen here, so
// that it never stands in the way of other lines.
type bar struct {
	w     io.Writer
	width int
	now   func() time.Time
	began time.Time
	drawn time.Time
	bar   *progressbar.ProgressBar
	// text is the bar as it was last drawn; shown says that it is on the screen.
	text  string
	shown bool
}

func newBar(w io.Writer, width int, now func() time.Time) *bar {
	return &bar{w: w, width: max(width-1, 1), now: now, began: now()}
}

// show draws the bar for some counts, unless it was drawn a moment ago.
func (b *bar) show(c fleet.Counts) {
	if b == nil {
		return
	}
	now := b.now()
	if b.bar != nil && b.shown && now.Sub(b.drawn) < barEvery {
		return
	}
	b.drawn = now
	if b.bar == nil {
		b.bar = b.begin(c.Total)
	}
	b.bar.Set(c.Seen)
	b.bar.Describe(counts(c, now.Sub(b.began)))
	b.text = strings.TrimRight(strings.TrimPrefix(b.bar.String(), "\r"), " ")
	b.redraw()
}

// begin makes the bar, or what turns where nobody knows how many phones come.
func (b *bar) begin(total int) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1
	}
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetWidth(min(max(b.width-barText, 8), 30)),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetSpinnerChangeInterval(0), // else it has a goroutine that turns it
		progressbar.OptionSpinnerType(14),
		progressbar.OptionShowDescriptionAtLineEnd(),
	)
}

// redraw puts the bar on the screen as it was.
func (b *bar) redraw() {
	if b == nil || b.text == "" {
		return
	}
	io.WriteString(b.w, "\r"+paper.Left(b.text, b.width))
	b.shown = true
}

// clear takes the bar off the screen and leaves the cursor where it began. Spaces
// do that on every terminal.
func (b *bar) clear() {
	if b == nil || !b.shown {
		return
	}
	io.WriteString(b.w, "\r"+strings.Repeat(" ", b.width)+"\r")
	b.shown = false
}

// close takes the bar off for good.
func (b *bar) close() {
	if b == nil {
		return
	}
	b.clear()
	b.text = ""
}

// counts are done, failed, left, the rate and the time left.
func counts(c fleet.Counts, since time.Duration) string {
	parts := []string{fmt.Sprintf("%d done", c.Done)}
	if c.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", c.Failed))
	}
	if c.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", c.Skipped))
	}
	left := c.Total - c.Seen
	if c.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d left", max(left, 0)))
	}
	if seconds := since.Seconds(); c.Visited > 0 && seconds > 0 {
		rate := float64(c.Visited) / seconds
		parts = append(parts, fmt.Sprintf("%.1f/s", rate))
		if left > 0 {
			remaining := time.Duration(float64(left) / rate * float64(time.Second))
			parts = append(parts, "about "+remaining.Round(time.Second).String()+" to go")
		}
	}
	return strings.Join(parts, " · ")
}
