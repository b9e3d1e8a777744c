package device

import (
	"slices"
	"time"

	"github.com/phonecert/phonecert/handset"
)

// State is all of a phone that outlives a restart of the simulation, ready for
// encoding/json. It holds the web password and the private key of the uploaded
// server certificate, so its file is for the owner alone.
type State struct {
	Model    string `json:"model"`
	Firmware string `json:"firmware"`
	MAC      string `json:"mac"`
	User     string `json:"user"`
	Password string `json:"password"`
	// Trusted are the custom trusted certificates, in the order of the page.
	Trusted []Certificate `json:"trusted"`
	// Server is the phone's own certificate; nil while the built-in one is
	// all there is.
	Server *Certificate `json:"server,omitempty"`
	// Presented is what a browser is shown since the last boot: a copy of the
	// Server of that time where Device Certificates was Custom (the fact sheet
	// on handsets, "Certificate roles"); nil for the built-in one.
	Presented *Certificate `json:"presented,omitempty"`
	// Settings are those on the page, InForce those since the last boot.
	Settings Settings `json:"settings"`
	InForce  Settings `json:"in_force"`
	// BackAt is when a reboot ends, LockedUntil when the lock does.
	BackAt      time.Time `json:"back_at,omitzero"`
	LockedUntil time.Time `json:"locked_until,omitzero"`
	// Wrong counts the wrong passwords since the last right one.
	Wrong int `json:"wrong,omitempty"`
}

// Certificate is one that was uploaded.
type Certificate struct {
	// File is the name it was uploaded under.
	File string `json:"file"`
	DER  []byte `json:"der"`
	// Key is the private key of a server certificate as PKCS#8 DER; nil where
	// the file held none that fits and can be opened without a password.
	Key []byte `json:"key,omitempty"`
}

// Settings are the four trust settings, by the numbers of the provisioning
// keys (the fact sheet on provisioning): off 0, on 1; default 0, custom 1, all 2.
type Settings struct {
	OnlyTrusted  int `json:"only_trusted"`
	CA           int `json:"ca"`
	CNValidation int `json:"cn_validation"`
	DeviceCert   int `json:"device_cert"`
}

// Valid reports whether every value is one that the phone knows.
func (s Settings) Valid() bool {
	return between(s.OnlyTrusted, 1) && between(s.CA, 2) && between(s.CNValidation, 1) && between(s.DeviceCert, 1)
}

// custom is the value of DeviceCert that selects the uploaded certificate.
const custom = 1

func between(value, most int) bool { return value >= 0 && value <= most }

// Factory is an unused phone: login admin/admin, no certificate, and the
// profile's factory settings, 0 where a factory value is not known. A profile that
// was learned from a phone has that phone's settings.
func Factory(p *handset.Profile, model, firmware, mac string) State {
	s := Settings{
		OnlyTrusted:  number(p.Settings.OnlyTrusted),
		CA:           number(p.Settings.CA),
		CNValidation: number(p.Settings.CNValidation),
		DeviceCert:   number(p.Settings.DeviceCert),
	}
	return State{Model: model, Firmware: firmware, MAC: mac, User: "admin", Password: "admin", Settings: s, InForce: s}
}

func number(s handset.Setting) int {
	value := s.Factory.Value
	if s.InForce.Known() {
		value = s.InForce.Value
	}
	switch value {
	case "on", "custom":
		return 1
	case "all":
		return 2
	}
	return 0
}

func (s State) clone() State {
	s.Trusted = slices.Clone(s.Trusted)
	s.Server, s.Presented = s.Server.clone(), s.Presented.clone()
	return s
}

func (c *Certificate) clone() *Certificate {
	if c == nil {
		return nil
	}
	held := *c
	return &held
}
