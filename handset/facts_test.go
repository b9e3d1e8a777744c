package handset

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// Every field of a profile is reached, by a path and words of its own.
func TestLeavesCoverTheProfile(t *testing.T) {
	want := countFacts(reflect.TypeFor[Profile]())
	leaves := Leaves(new(Profile))
	if len(leaves) != want {
		t.Errorf("%d leaves, but the profile has %d facts", len(leaves), want)
	}
	paths, labels := map[string]bool{}, map[string]bool{}
	for _, l := range leaves {
		if paths[l.Path] || labels[l.Label] || strings.HasSuffix(l.Path, ".") || strings.HasSuffix(l.Label, ", ") || l.Label == "" {
			t.Errorf("path %q, label %q: missing or there twice", l.Path, l.Label)
		}
		paths[l.Path], labels[l.Label] = true, true
	}
}

// countFacts counts by the types' names, in another way than Leaves does.
func countFacts(t reflect.Type) int {
	if strings.HasPrefix(t.Name(), "Fact[") {
		return 1
	}
	n := 0
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			n += countFacts(t.Field(i).Type)
		}
	}
	return n
}

// No dead fields: whatever changes in a profile shows in Facts.
func TestFactsShowEveryChange(t *testing.T) {
	p, err := Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	before := Facts(p)
	changes := []struct {
		name   string
		change func(reflect.Value)
	}{
		{"value", func(f reflect.Value) {
			f.FieldByName("NotKnown").SetString("")
			another(t, f.FieldByName("Value"))
		}},
		{"known or not", func(f reflect.Value) {
			if gap := f.FieldByName("NotKnown"); gap.String() == "" {
				gap.SetString("no longer")
			} else {
				gap.SetString("")
			}
		}},
		{"basis", func(f reflect.Value) { f.FieldByName("Basis").SetString("another") }},
		{"source", func(f reflect.Value) { f.FieldByName("Source").SetString("another") }},
		{"because", func(f reflect.Value) { f.FieldByName("Because").SetString("another") }},
	}
	for i, l := range Leaves(p) {
		f := reflect.ValueOf(l.Fact).Elem()
		old := reflect.New(f.Type()).Elem()
		old.Set(f)
		for _, c := range changes {
			c.change(f)
			for j, after := range Facts(p) {
				if changed := after != before[j]; changed != (i == j) {
					t.Errorf("%s changed in %s: changed in %s is %v", c.name, l.Path, after.Path, changed)
				}
			}
			f.Set(old)
		}
	}
}

// another changes a value to a different one of its type.
func another(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Uint16:
		v.SetUint(v.Uint() + 1)
	case reflect.Struct: // a Hello
		another(t, v.Field(0))
	default:
		t.Fatalf("no other value of type %v", v.Type())
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{"text", "text"},
		{OpenSSL100, "openssl-1.0.0"},
		{true, "yes"},
		{false, "no"},
		{0, "0"},
		{2010, "2010"},
		{int64(5 << 20), "5 MB (5242880 bytes)"},
		{int64(512 << 10), "512 kB (524288 bytes)"},
		{int64(5_000_000), "5000000 bytes"},
		{int64(0), "0 bytes"},
		{[]string{}, "none"},
		{[]string(nil), "none"},
		{[]string{".pem", ".cer"}, ".pem, .cer"},
		{[]Encoding{PEM, DER}, "PEM, DER"},
		{Hello{RecordVersion: 0x0301, Version: 0x0303, SessionIDLength: 32, CipherSuites: []uint16{0x0A0A, 0x1301}, Extensions: []HelloExtension{{Type: 0x0A0A}, {Type: 0}, {Type: 0xABCD}}},
			"TLS 1.2 in a record of TLS 1.0, a session id of 32 bytes, 2 cipher suites, 3 extensions: server_name, 0xABCD"},
		{Hello{Version: 0x0301, NoExtensions: true}, "TLS 1.0 in a record of 0x0000, a session id of 0 bytes, 0 cipher suites, no extensions"},
		{[]uint16{0x0035, 0xFFFF}, "0x0035 AES256-SHA (TLS_RSA_WITH_AES_256_CBC_SHA), 0xFFFF"},
	}
	for _, tt := range tests {
		if got := words(tt.value); got != tt.want {
			t.Errorf("%#v: got %q, want %q", tt.value, got, tt.want)
		}
	}
}

// The closed sets of words in the tags are those of the code.
func TestTagsAgreeWithCode(t *testing.T) {
	tag := func(group any, field string) string {
		f, _ := reflect.TypeOf(group).FieldByName(field)
		return f.Tag.Get("words")
	}
	var libraries []string
	for _, l := range Libraries() {
		libraries = append(libraries, string(l))
	}
	for _, tt := range []struct{ got, want string }{
		{tag(Crypto{}, "Library"), strings.Join(libraries, "|")},
		{tag(Builtin{}, "RootList"), strings.Join(RootLists(), "|")},
		{tag(FileRules{}, "Encodings"), string(PEM + "|" + DER)},
	} {
		if tt.got != tt.want {
			t.Errorf("the tag permits %q, the code has %q", tt.got, tt.want)
		}
	}
}

func TestCipherSuitesHaveNames(t *testing.T) {
	seen := map[uint16]bool{}
	for _, p := range shipped(t) {
		for _, id := range p.TLS.CipherSuites.Value {
			s := CipherSuiteByID(id)
			if s.ID != id || !strings.HasPrefix(s.IANA, "TLS_") || s.OpenSSL == "" {
				t.Errorf("%s: %v has no name", p.ID, s)
			}
			seen[id] = true
		}
	}
	for _, s := range cipherSuites() {
		if !seen[s.ID] {
			t.Errorf("%v is in no profile", s)
		}
	}
	for id, want := range map[uint16]string{0x1301: "0x1301 TLS_AES_128_GCM_SHA256", 0xFFFE: "0xFFFE"} {
		if got := CipherSuiteByID(id).String(); got != want {
			t.Errorf("a suite without a name of OpenSSL's is %q", got)
		}
	}
}

// shipped loads all shipped profiles.
func shipped(t *testing.T) []*Profile {
	t.Helper()
	var list []*Profile
	for _, id := range Shipped() {
		p, err := Load(id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestLastDateIsTheEndOf32Bits(t *testing.T) {
	for _, p := range shipped(t) {
		if got, want := p.Crypto.LastDate.Value, time.Unix(1<<31-1, 0).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", p.ID, got, want)
		}
	}
}
