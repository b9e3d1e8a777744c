package factory

import (
	"fmt"
	"time"
)

// Clock is the phone's time: now, or as --clock says. It takes a moment (RFC
// 3339), a date, or a distance from now.
func (f *Factory) Clock(text string) (time.Time, error) {
	now := f.Now()
	if text == "" {
		return now, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return now, WithHint(fmt.Errorf("--clock does not understand %q", text),
		"give a moment such as 2010-01-01T00:00:00Z, a date such as 2010-01-01, or a distance from now such as -48h")
}
