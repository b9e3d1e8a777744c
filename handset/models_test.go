package handset

import "testing"

func TestMatching(t *testing.T) {
	var list []*Profile
	for _, id := range Shipped() {
		p, err := Load(id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	for _, c := range []struct{ model, dialect, want string }{
		{"SIP-T28P", "session", "yealink-t28p"},
		{"T28P", "basic", "yealink-t28p yealink-t2xp-2010 yealink-t2xp-v6x"},
		{"SIP-T46S", "listener", "yealink-t4x-v8x"},
		{"SIP-T46U", "api", "yealink-t4xu-v86"},
		{"SIP-T46U", "listener", ""},
		{"T54W", "api", "yealink-t5x-v86"},
		{"SIP-T38G", "listener-rsa", ""},
		{"T460", "listener", ""},
		{"SPARSH VP710", "plain", "matrix-vp710"},
		{"", "listener", "matrix-vp710 yealink-t4x-v8x yealink-vp-t49g"},
		{"T", "", ""},
	} {
		got := ""
		for _, p := range Matching(list, c.model, c.dialect) {
			if got != "" {
				got += " "
			}
			got += p.ID
		}
		if got != c.want {
			t.Errorf("%q in %q matches %q, want %q", c.model, c.dialect, got, c.want)
		}
	}
}
