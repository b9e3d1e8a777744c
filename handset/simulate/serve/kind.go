package serve

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// Kind is one kind of phone.
type Kind struct {
	// Profile says which files it takes and how it speaks TLS.
	Profile *handset.Profile
	Dialect dialect.Name
	// Model and Firmware are what its pages show.
	Model, Firmware string
}

// standard is the phone that stands for a dialect.
type standard struct {
	dialect         dialect.Name
	handset         string
	model, firmware string
}

// standards: the releases and the models T46S and T54W are those of the fact
// sheet on the web interface; the numbers after the release are invented.
func standards() []standard {
	return []standard{
		{dialect.Basic, "yealink-t2xp-v6x", "SIP-T28P", "2.61.0.0"},
		{dialect.Plain, "yealink-t28p", "SIP-T28P", "2.71.0.0"},
		{dialect.Session, "yealink-t28p", "SIP-T28P", "2.73.0.0"},
		{dialect.Listener, "yealink-t4x-v8x", "SIP-T46S", "66.84.0.0"},
		// No profile of a T3x is at hand. This is the nearest by release, and its
		// model goes with it: a client would refuse another one.
		{dialect.ListenerRSA, "yealink-t4x-v8x", "SIP-T46S", "66.85.0.0"},
		{dialect.API, "yealink-t5x-v86", "SIP-T54W", "96.86.0.0"},
	}
}

// DefaultHandset is the profile of a dialect whose phone is not named; "" for a
// dialect that does not exist.
func DefaultHandset(d dialect.Name) string { return standardOf(d).handset }

func standardOf(d dialect.Name) standard {
	for _, s := range standards() {
		if s.dialect == d {
			return s
		}
	}
	return standard{}
}

// DialectOf is the dialect of a phone of which only the profile is known: of
// those that the profile names the one for which it stands, else the newest.
// It is false where the profile names none.
func DialectOf(p *handset.Profile) (dialect.Name, bool) {
	known := p.Web.Dialects
	if !known.Known() || len(known.Value) == 0 {
		return "", false
	}
	for _, s := range standards() {
		if (s.handset == p.ID || s.handset == p.Base) && slices.Contains(known.Value, string(s.dialect)) {
			return s.dialect, true
		}
	}
	return dialect.Name(known.Value[len(known.Value)-1]), true
}

// KindFor is a phone of a profile with a dialect, with a model of the profile
// and a firmware of the dialect's releases.
func KindFor(d dialect.Name, p *handset.Profile) Kind {
	s := standardOf(d)
	k := Kind{Profile: p, Dialect: d, Model: s.model, Firmware: s.firmware}
	if p.ID != s.handset && p.Models.Known() && len(p.Models.Value) > 0 {
		k.Model = oneOf(p.Models.Value[0])
	}
	return k
}

// oneOf is a model of what profiles write: a name, a series whose digit is an x
// ("T5x"), or a range ("T40 to T48").
func oneOf(models string) string {
	first, _, _ := strings.Cut(models, " to ")
	if strings.HasPrefix(first, "SIP-T2xP") {
		return "SIP-T28P"
	}
	return strings.Replace(first, "x", "4", 1)
}

// Attested reports whether the profile names the dialect.
func (k Kind) Attested() bool {
	return k.Profile.Web.Dialects.Known() && slices.Contains(k.Profile.Web.Dialects.Value, string(k.Dialect))
}
