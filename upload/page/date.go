package page

import (
	"strings"
	"time"
)

// maxDate is the longest text that is taken for a date, in bytes.
const maxDate = 100

// utcTime is ASN.1's, with two digits for the year.
const utcTime = "060102150405"

// days are the formats of days, as they stand when normal has taken out the
// weekday, the zone and commas.
func days() []string {
	return []string{
		"Jan 2 2006", "2006-1-2", "2006/1/2", "2006.1.2", "2 Jan 2006", "2-Jan-2006", "2/Jan/2006",
		"January 2 2006", "2 January 2006", "20060102",
	}
}

// clocks are those of the time that follows a day.
func clocks() []string { return []string{" 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM"} }

// odd are formats in which the time does not just follow the day; OpenSSL's is
// the first.
func odd() []string {
	return []string{"Jan 2 15:04:05 2006", "Jan 2 15:04 2006", "2006-1-2T15:04:05", "2006-1-2T15:04", "20060102150405", utcTime}
}

// Date reads a date as phones may print it, as of OpenSSL, ISO 8601, RFC 1123
// or ASN.1; dayOnly says that it has no time of day. A text without a zone is
// taken as UTC. What is not understood is the zero time: that is so for
// 03/01/2026, which is a day in March or in January, and for zones that are
// only named, GMT and UTC excepted.
func Date(text string) (t time.Time, dayOnly bool) {
	if len(text) > maxDate || !strings.ContainsAny(text, "0123456789") {
		return time.Time{}, false
	}
	text, zone := normal(text)
	for _, layout := range odd() {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			// RFC 5280, section 4.1.2.5.1: 50 to 99 are of the last century.
			if layout == utcTime && t.Year() >= 2050 {
				t = t.AddDate(-100, 0, 0)
			}
			return sane(t), false
		}
	}
	for _, day := range append(days(), numeric(text)...) {
		if t, err := time.Parse(day, text); err == nil {
			t = sane(t)
			return t, !t.IsZero()
		}
		for _, clock := range clocks() {
			if t, err := time.ParseInLocation(day+clock, text, zone); err == nil {
				return sane(t), false
			}
		}
	}
	return time.Time{}, false
}

// numeric returns the format of a day and a month in numbers before a year when
// only one order makes a date, or both the same.
func numeric(text string) []string {
	day, _, _ := strings.Cut(text, " ")
	for _, by := range []string{"/", ".", "-"} {
		european, american := "2"+by+"1"+by+"2006", "1"+by+"2"+by+"2006"
		e, noE := time.Parse(european, day)
		a, noA := time.Parse(american, day)
		switch {
		case noE == nil && (noA != nil || e.Equal(a)):
			return []string{european}
		case noA == nil && noE != nil:
			return []string{american}
		}
	}
	return nil
}

// sane drops years that no certificate has: X.509 knows 1950 to 9999.
func sane(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 1950 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// normal takes out of a date what does not matter, and its zone.
func normal(text string) (rest string, zone *time.Location) {
	zone = time.UTC
	var kept []string
	for i, word := range strings.Fields(strings.ReplaceAll(text, ",", " ")) {
		switch upper := strings.ToUpper(word); {
		case i == 0 && weekday(upper), upper == "GMT", upper == "UTC", upper == "Z":
			continue
		case upper == "AM", upper == "PM":
			word = upper
		}
		word, off := offset(word)
		if off != nil {
			zone = off
		}
		if word != "" {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " "), zone
}

func weekday(upper string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := strings.ToUpper(day.String()); upper == name || upper == name[:3] {
			return true
		}
	}
	return false
}

// offset cuts Z, +01:00 or +0100 off a time; a year after a dash is none.
func offset(word string) (rest string, zone *time.Location) {
	if rest, ok := strings.CutSuffix(word, "Z"); ok {
		return rest, time.UTC
	}
	for _, layout := range []string{"-07:00", "-0700"} {
		at := len(word) - len(layout)
		if at < 0 || at > 0 && !strings.Contains(word[:at], ":") && strings.Trim(word[:at], "0123456789") != "" {
			continue
		}
		if t, err := time.Parse(layout, word[at:]); err == nil {
			_, seconds := t.Zone()
			return word[:at], time.FixedZone("", seconds)
		}
	}
	return word, nil
}
