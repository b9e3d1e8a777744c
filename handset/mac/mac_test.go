package mac

import "testing"

func TestParse(t *testing.T) {
	for text, want := range map[string]Address{
		"00005e005301": "00005e005301", "00:00:5E:00:53:01": "00005e005301", "00-00-5e-00-53-01": "00005e005301",
		"0000.5e00.5301": "00005e005301", " 00005E005301 ": "00005e005301",
		"": "", "00005e00530": "", "00005e0053011": "", "00:00:5e:00:53": "", "00:00-5e:00:53:01": "", "00005e00530g": "",
	} {
		got, ok := Parse(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", text, string(got), ok)
		}
	}
	if a := Address("00005e005301"); a.String() != "00:00:5e:00:53:01" {
		t.Error(a)
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]Address{
		"yealink.com, 00005e005301": "00005e005301", "SIP-T28P (00:00:5E:00:53:01)": "00005e005301", "phone_00005e005301": "00005e005301",
		"pbx.example.com": "", "0102030405060708": "", "": "",
	} {
		if got, ok := Find(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", text, string(got), ok)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("phone_00005e005301")
	f.Add("00:00:5E:00:53:01")
	f.Fuzz(func(t *testing.T, text string) {
		if a, ok := Find(text); ok {
			if again, ok := Parse(a.String()); !ok || again != a {
				t.Errorf("%q: %q is read as %q", text, string(a), string(again))
			}
		}
	})
}
