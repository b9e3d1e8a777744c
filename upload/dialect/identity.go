package dialect

import (
	"net/http"
	"regexp"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/upload/page"
)

var (
	// realm is that of basic: Basic realm="Enterprise IP phone SIP-T20P".
	realm = regexp.MustCompile(`(?i)^basic\s+realm="?([^"]*\bIP phone\b\s*([^"]*))`)
	// versioned is the script of session's login page: rsa.js?2.73.0.50.
	versioned = regexp.MustCompile(`rsa\.js\?(\d+\.\d+\.\d+\.\d+)$`)
)

// identify reads what a page says of its phone: variables of scripts, labelled
// facts, the version behind rsa.js.
func identify(p *page.Page) Identity {
	firmware := ""
	for _, s := range p.Scripts {
		if m := versioned.FindStringSubmatch(s); m != nil {
			firmware = m[1]
		}
	}
	address := first(p.Labeled("MAC Address"), p.Labeled("MAC"))
	if read, ok := mac.Parse(address); ok {
		address = string(read)
	}
	return Identity{
		Model:    first(p.Labeled("Product Name"), p.Labeled("Phone Model"), p.Labeled("Model"), p.Variables["g_phonetype"]),
		Firmware: first(p.Labeled("Firmware Version"), p.Variables["g_strFirmware"], firmware),
		MAC:      address,
	}
}

// fromRealm reads the model from what basic says to somebody without a password.
func fromRealm(h http.Header) (id Identity, ok bool) {
	for _, challenge := range h.Values("WWW-Authenticate") {
		if m := realm.FindStringSubmatch(challenge); m != nil {
			return Identity{Model: m[2]}, true
		}
	}
	return Identity{}, false
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
