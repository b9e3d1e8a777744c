package handset

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestLoadUnknown(t *testing.T) {
	tests := []struct {
		id   string
		near []string
	}{
		{"yealink-t28", []string{"yealink-t28p"}},
		{"yealink-28p", []string{"yealink-t28p"}},
		{"yaelink-t28p", []string{"yealink-t28p"}},
		{"yealink-t2xp", []string{"yealink-t2xp-2010", "yealink-t2xp-v6x"}},
		{"yealink", []string{"yealink-t20p", "yealink-t22p", "yealink-t26p", "yealink-t28p", "yealink-t2xp-2010"}},
		{"t28p", []string{"yealink-t28p"}},
		{"YEALINK-T28P", []string{"yealink-t28p"}},
		{"vp710", []string{"matrix-vp710"}},
		{"2010", []string{"yealink-t2xp-2010"}},
		{"cisco-7960", []string{}},
		{"", []string{}},
		{"SIP-T28P", []string{"yealink-t28p"}},
		{"SPARSH VP710", []string{"matrix-vp710"}},
		{"../models/yealink-t28p", []string{"yealink-t28p"}},
		{strings.Repeat("x", 100_000), []string{}},
	}
	for _, tt := range tests {
		_, err := Load(tt.id)
		var unknown *UnknownError
		if !errors.As(err, &unknown) {
			t.Fatalf("%.30q: got %v, want an *UnknownError", tt.id, err)
		}
		if unknown.ID != tt.id || !slices.Equal(unknown.Known, Shipped()) {
			t.Errorf("%.30q: %+v", tt.id, unknown)
		}
		if !slices.Equal(unknown.Near, tt.near) {
			t.Errorf("%q: near %q, want %q", tt.id, unknown.Near, tt.near)
		}
	}
	_, err := Load("YEALINK-t28p")
	if want := `no handset profile is named "YEALINK-t28p"; did you mean yealink-t28p?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Load("cisco-7960")
	if want := `no handset profile is named "cisco-7960"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A profile takes from its base each fact that it does not state, whole, and
// nothing of a fact that it does state.
func TestBasePerFact(t *testing.T) {
	const own = "id: own\nbase: yealink-t20p\nsummary: mine\ntrusted_files:\n" +
		"  max_files: {not_known: not counted, source: my desk}\n" +
		"  max_bytes: {value: 1024, basis: observed, source: my desk}\n"
	p, err := Parse("own.yaml", []byte(own))
	if err != nil {
		t.Fatal(err)
	}
	t20, err := Load("yealink-t20p")
	if err != nil {
		t.Fatal(err)
	}
	inherited := Facts(t20)
	for i, l := range Facts(p) {
		switch l.Path {
		case "trusted_files.max_files":
			if l.Known || l.Because != "not counted" || l.Source != "my desk" {
				t.Errorf("%+v", l)
			}
		case "trusted_files.max_bytes":
			if l.Value != "1 kB (1024 bytes)" || l.Because != "" {
				t.Errorf("%+v", l)
			}
		default:
			if l != inherited[i] {
				t.Errorf("%s: got %+v, want %+v", l.Path, l, inherited[i])
			}
		}
	}
	if p.ID != "own" || p.Summary != "mine" || p.Base != "yealink-t20p" {
		t.Errorf("%q %q %q", p.ID, p.Summary, p.Base)
	}
}

// Changing a profile must not change the base that the next one loads.
func TestProfilesAreSeparate(t *testing.T) {
	a, err := Load("yealink-t20p")
	if err != nil {
		t.Fatal(err)
	}
	a.TrustedFiles.Endings.Value[0] = ".changed"
	b, err := Load("yealink-t20p")
	if err != nil || b.TrustedFiles.Endings.Value[0] != ".pem" {
		t.Errorf("got %v (%v)", b.TrustedFiles.Endings.Value, err)
	}
}

func TestParseWith(t *testing.T) {
	files := map[string]string{
		"a":     "id: a\nbase: b\nsummary: a\n",
		"b":     "id: b\nbase: c\nsummary: b\nbrand: {value: Acme, basis: observed, source: s}\n",
		"c":     "id: c\nsummary: c\nfirmware: {value: V1, basis: observed, source: s}\n",
		"x":     "id: x\nbase: y\nsummary: x\n",
		"y":     "id: y\nbase: x\nsummary: y\n",
		"mine":  "id: another\nbase: mine\nsummary: written over its own base\n",
		"liar":  "id: other\nsummary: not what the name says\n",
		"fault": "id: fault\nsummary: s\ncolour: red\n",
	}
	find := func(id string) (string, []byte, bool) {
		text, ok := files[id]
		return id + ".yaml", []byte(text), ok
	}
	p, err := ParseWith("a.yaml", []byte(files["a"]), find)
	if err != nil || p.Brand.Value != "Acme" || p.Firmware.Value != "V1" || p.Models.Known() {
		t.Errorf("got %+v, %v", p, err)
	}
	for name, want := range map[string]string{
		"x":                                  "y.yaml:2:7: base: the bases run in a circle: x -> y -> x",
		"mine":                               "mine.yaml:2:7: base: the bases run in a circle: another -> mine -> another -> mine",
		"id: z\nbase: gone\nsummary: s\n":    `z.yaml:2:7: base: no handset profile is named "gone"`,
		"id: z\nbase: liar\nsummary: s\n":    `z.yaml:2:7: base: liar.yaml holds the profile "other", not "liar"`,
		"id: z\nbase: fault\nsummary: s\n":   `fault.yaml:3:1: unknown key "colour"`,
		"id: z\nbase: 'a b'\nsummary: s\n":   `z.yaml:2:7: base: "a b" is no id`,
		"id: z\nbase: z\nsummary: s\ntls: 1": `z.yaml:4:6: tls: want keys with values`,
	} {
		text, file := name, "z.yaml"
		if known, ok := files[name]; ok {
			text, file = known, name+".yaml"
		}
		if _, err := ParseWith(file, []byte(text), find); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
}

// The factory value is compared with the permitted values of the base, too.
func TestFactoryAgainstBase(t *testing.T) {
	const own = "id: own\nbase: yealink-t28p\nsummary: mine\nsettings:\n  ca:\n    factory: {value: on, basis: observed, source: s}\n"
	_, err := Parse("own.yaml", []byte(own))
	if want := `own.yaml:6:22: settings.ca.factory: the factory value "on" is not among`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s…", err, want)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, id := range []string{"yealink-t28p", "yealink-t20p"} { // without and with a base
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
