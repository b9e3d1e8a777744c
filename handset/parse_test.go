package handset

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// minimal is a profile that states one fact.
const minimal = `id: own
summary: a phone of my own
trusted_files:
  endings:
    value: [.pem]
    basis: documented
    source: a guide
`

func TestParseFaults(t *testing.T) {
	const head = "id: own\nsummary: mine\n"
	tests := []struct {
		name, text string
		line, col  int
		path       string
		want       string
	}{
		{"empty", "", 0, 0, "", "the file is empty"},
		{"comment only", "# nothing\n", 0, 0, "", "the file is empty"},
		{"not a mapping", "- id: own\n", 1, 1, "", "want keys with values, have a list"},
		{"text", "hello", 1, 1, "", "want keys with values, have text"},
		{"bad syntax", "id: [own\n", 1, 5, "", "not valid YAML"},
		{"tab", "id: own\n\tsummary: x\n", 2, 1, "", "not valid YAML"},
		{"escape in syntax", "a: @\x1b[2J\n", 1, 4, "", "not valid YAML"},
		{"two documents", head + "---\nid: b\n", 3, 1, "", "second document"},
		{"duplicate key", "id: own\nid: own\n", 2, 1, "", "not valid YAML"},
		{"no id", "summary: mine\n", 0, 0, "", "id and summary are needed"},
		{"no summary", "id: own\n", 0, 0, "", "id and summary are needed"},
		{"bad id", "id: ../own\n", 1, 5, "id", `"../own" is no id`},
		{"id is a number", "id: 12\n", 1, 5, "id", "want text, have a number"},
		{"unknown key", head + "colour: red\n", 3, 1, "", `unknown key "colour"; the keys here are id, base`},
		{"unknown key in a group", head + "tls:\n  snni: x\n", 4, 3, "tls", `unknown key "snni"; the keys here are versions`},
		{"unknown key in a fact", head + "tls:\n  sni:\n    vlaue: true\n", 5, 5, "tls.sni", `unknown key "vlaue"; the keys here are value`},
		{"merge key", head + "<<: {id: x}\n", 3, 1, "", `unknown key "<<"`},
		{"group is text", head + "tls: yes\n", 3, 6, "tls", "want keys with values, have text"},
		{"fact is a value", head + "brand: Acme\n", 3, 8, "brand", "want keys with values, have text"},
		{"fact is empty", head + "brand:\n", 3, 8, "brand", "want keys with values, have nothing"},
		{"no value", head + "brand: {basis: documented, source: s}\n", 3, 1, "brand", "neither value nor not_known"},
		{"both", head + "brand: {value: A, not_known: w, source: s}\n", 3, 1, "brand", "exclude each other"},
		{"no basis", head + "brand: {value: A, source: s}\n", 3, 1, "brand", "basis is missing"},
		{"no source", head + "brand: {value: A, basis: observed}\n", 3, 1, "brand", "source is missing"},
		{"no source of a gap", head + "brand: {not_known: w}\n", 3, 1, "brand", "source is missing"},
		{"basis of a gap", head + "brand: {not_known: w, source: s, basis: observed}\n", 3, 1, "brand", "stands beside not_known"},
		{"no because", head + "brand: {value: A, source: s, basis: derived}\n", 3, 1, "brand", "because is missing"},
		{"no because, nested", head + "tls:\n  sni: {value: true, source: s, basis: assumed}\n", 4, 3, "tls.sni", "because is missing"},
		{"bad basis", head + "brand: {value: A, source: s, basis: sure}\n", 3, 37, "brand.basis", `"sure" is none of documented`},
		{"empty value", head + "brand: {value: '', source: s, basis: observed}\n", 3, 16, "brand", "the text is empty"},
		{"null value", head + "brand:\n  value:\n  source: s\n  basis: observed\n", 4, 9, "brand", "want text, have nothing"},
		{"control character", head + `brand: {value: "a\u001b[2J", source: s, basis: observed}` + "\n", 3, 16, "brand", "cannot be seen"},
		{"hidden in source", head + `brand: {value: "a", source: "a\u202eb", basis: observed}` + "\n", 3, 29, "brand.source", "cannot be seen"},
		{"list wanted", head + "models: {value: A, source: s, basis: observed}\n", 3, 17, "models", "want a list, have text"},
		{"list of lists", head + "models: {value: [[A]], source: s, basis: observed}\n", 3, 18, "models", "want text, have a list"},
		{"bool wanted", head + "tls:\n  sni: {value: yes, source: s, basis: observed}\n", 4, 16, "tls.sni", "want true or false, have text"},
		{"number wanted", head + "guide_year: {value: x, source: s, basis: observed}\n", 3, 21, "guide_year", "want a whole number, have text"},
		{"float", head + "guide_year: {value: 1.5, source: s, basis: observed}\n", 3, 21, "guide_year", "want a whole number, have a number"},
		{"negative", head + "guide_year: {value: -1, source: s, basis: observed}\n", 3, 21, "guide_year", "-1 is not between 0 and"},
		{"too large", head + "guide_year: {value: 99999999999, source: s, basis: observed}\n", 3, 21, "guide_year", "is not between 0 and"},
		{"suite", head + "tls: {cipher_suites: {value: [0x10000], source: s, basis: observed}}\n", 3, 31, "tls.cipher_suites", "0x10000 is not between 0 and 65535"},
		{"encoding", head + "trusted_files: {encodings: {value: [p12], source: s, basis: observed}}\n", 3, 37, "trusted_files.encodings", `"p12" is none of pem, der`},
		{"ending without dot", head + "trusted_files: {endings: {value: [pem], source: s, basis: observed}}\n", 3, 35, "trusted_files.endings", "no file name ending"},
		{"ending in capitals", head + "trusted_files: {endings: {value: [.PEM], source: s, basis: observed}}\n", 3, 35, "trusted_files.endings", "no file name ending"},
		{"library", head + "crypto: {library: {value: openssl-9, source: s, basis: observed}}\n", 3, 27, "crypto.library", `"openssl-9" is none of openssl-0.9.8`},
		{"date", head + "crypto: {last_date: {value: \"2038\", source: s, basis: observed}}\n", 3, 29, "crypto.last_date", "is no date"},
		{"anchor", head + "brand: {value: &a A, source: s, basis: observed}\n", 3, 16, "brand", "an anchor, alias, tag"},
		{"alias", head + "brand: &b {value: A, source: s, basis: observed}\n", 3, 8, "brand", "an anchor, alias, tag"},
		{"factory not permitted", head + "settings:\n  ca:\n    values: {value: [default, all], source: s, basis: observed}\n" +
			"    factory: {value: custom, source: s, basis: observed}\n", 6, 22, "settings.ca.factory", `"custom" is not among the permitted values default, all`},
		{"unknown base", "id: own\nbase: yealink-t28\nsummary: mine\n", 2, 7, "base", "did you mean yealink-t28p"},
		{"own base", "id: own\nbase: own\nsummary: mine\n", 2, 7, "base", "circle: own -> own"},
		{"nested lists", head + "models: {value: " + strings.Repeat("[", 1000), 3, 32, "", "nested more than 16 deep"},
		{"nested entries", strings.Repeat("- ", 1000), 1, 33, "", "nested more than 16 deep"},
		{"too many tokens", head + strings.Repeat("a: b\n", 5000), 2731, 4, "", "no profile"},
		{"too long", head + strings.Repeat("#", MaxProfileBytes), 0, 0, "", "a profile has at most 65536"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("own.yaml", []byte(tt.text))
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if fault.Line != tt.line || fault.Column != tt.col || fault.Path != tt.path || !strings.Contains(fault.Problem, tt.want) {
				t.Errorf("got %v\nwant %d:%d %q …%s…", err, tt.line, tt.col, tt.path, tt.want)
			}
			if strings.IndexFunc(err.Error(), hidden) >= 0 {
				t.Errorf("the message holds what cannot be seen: %q", err)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	_, err := Parse("own.yaml", []byte("id: own\nsummary: mine\ntls:\n  snni: 1\n"))
	if want := "own.yaml:4:3: tls: unknown key \"snni\"; "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %q, want %q…", err, want)
	}
}

// What a user's profile leaves out is not known, never zero or false.
func TestUnstatedIsNotKnown(t *testing.T) {
	p, err := Parse("own.yaml", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Facts(p) {
		stated := l.Path == "trusted_files.endings"
		if l.Known != stated {
			t.Errorf("%s: known is %v", l.Path, l.Known)
		}
		if !stated && (l.Source != "own.yaml" || l.Because != "the profile does not state it" || l.Basis != "assumed") {
			t.Errorf("%s: %+v", l.Path, l)
		}
	}
}

func TestEveryPrefix(t *testing.T) {
	_, text, _ := FindShipped("yealink-t20p")
	for i := range text {
		_, err := Parse("own.yaml", text[:i])
		var fault *Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("prefix of %d bytes: %v", i, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range []string{"yealink-t20p", "yealink-vp-t49g"} {
		_, text, _ := FindShipped(id)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("own.yaml", text)
		var fault *Error
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for _, l := range Facts(p) {
			if l.Value == "" || l.Basis == "" || l.Source == "" {
				t.Errorf("%+v", l)
			}
		}
	})
}

func TestFuzzSeeds(t *testing.T) {
	seeds, err := filepath.Glob("testdata/fuzz/FuzzParse/*")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("the seed corpus is empty (%v)", err)
	}
	for _, name := range seeds {
		if text, err := os.ReadFile(name); err != nil || !strings.HasPrefix(string(text), "go test fuzz v1\n") {
			t.Errorf("%s is no seed (%v)", name, err)
		}
	}
}
