package learn

import (
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/handset/mac"
)

// Agent is what a phone's User-Agent says of it.
type Agent struct {
	// Maker and Model are as the phone writes them; Firmware is "" where the
	// phone does not say.
	Maker, Model, Firmware string
}

// maxAgent is how many bytes of a User-Agent are looked at, maxModel how many a
// model's name may have.
const (
	maxAgent = 256
	maxModel = 32
)

var (
	modelWord    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	firmwareWord = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]{1,6}){1,5}$`)
)

// makers are those whose phones there are profiles of. What other programs
// write in a User-Agent may look the same and mean something else.
func makers() []string { return []string{"Yealink", "Matrix"} }

// ParseAgent reads "Yealink SIP-T28P 2.73.0.50": maker, model, firmware, and the
// MAC address that some phones write behind them, which is left out. It reports
// false for what has another form.
func ParseAgent(userAgent string) (Agent, bool) {
	if len(userAgent) > maxAgent {
		return Agent{}, false
	}
	words := strings.Fields(userAgent)
	if len(words) < 2 {
		return Agent{}, false
	}
	a := Agent{Maker: maker(words[0])}
	if words = words[1:]; a.Maker == "" {
		return Agent{}, false
	}
	if _, ok := mac.Parse(words[len(words)-1]); ok {
		words = words[:len(words)-1]
	}
	if n := len(words); n > 0 && firmwareWord.MatchString(words[n-1]) {
		a.Firmware, words = words[n-1], words[:n-1]
	}
	a.Model = strings.Join(words, " ")
	for _, word := range words {
		if !modelWord.MatchString(word) {
			return Agent{}, false
		}
	}
	return a, len(a.Model) <= maxModel && strings.ContainsAny(a.Model, "0123456789")
}

func maker(word string) string {
	for _, known := range makers() {
		if strings.EqualFold(word, known) {
			return known
		}
	}
	return ""
}
