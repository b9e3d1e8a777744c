package live

import (
	"cmp"
	"regexp"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/upload/dialect"
)

// versioned is the script of session's login page: rsa.js?2.73.0.50.
var versioned = regexp.MustCompile(`rsa\.js\?(\d+\.\d+\.\d+\.\d+)$`)

// Identity reads what a page says of its phone: variables of scripts, labelled
// facts, the version behind rsa.js.
func (p *Page) Identity() dialect.Identity {
	firmware := ""
	for _, s := range p.Scripts {
		if m := versioned.FindStringSubmatch(s); m != nil {
			firmware = m[1]
		}
	}
	address := cmp.Or(p.Labeled("MAC Address"), p.Labeled("MAC"))
	if read, ok := mac.Parse(address); ok {
		address = string(read)
	}
	return dialect.Identity{
		Model:    cmp.Or(p.Labeled("Product Name"), p.Labeled("Phone Model"), p.Labeled("Model"), p.Variables["g_phonetype"]),
		Firmware: cmp.Or(p.Labeled("Firmware Version"), p.Variables["g_strFirmware"], firmware),
		MAC:      address,
	}
}
