package armor

import "testing"

func TestFindMarker(t *testing.T) {
	for _, c := range []struct {
		line       string
		start, end int
		begin      bool
		fault      string
	}{
		{"-----BEGIN CERTIFICATE-----", 0, 27, true, ""},
		{"-----END CERTIFICATE-----", 0, 25, false, ""},
		{"x -----BEGIN CERTIFICATE-----", 2, 29, true, ""},
		{"-----BEGIN EXAMPLE-----\r", 0, 23, true, ""},
		{"——BEGIN CERTIFICATE——", 0, 29, true, "its dashes are no hyphens"},
		{"----BEGIN CERTIFICATE-----", 0, 26, true, "it has not five dashes on each side"},
		{"END CERTIFICATE", 0, 15, false, "it has not five dashes on each side"},
		{"-----begin certificate-----", 0, 27, true, "it is not in capital letters"},
		{"-----BEGIN  CERTIFICATE-----", 0, 28, true, "it has a space too many or too few"},
	} {
		m, ok := FindMarker([]byte(c.line))
		if !ok || m.Start != c.start || m.End != c.end || m.Begin != c.begin || m.Fault() != c.fault {
			t.Errorf("%q: %v %+v %q", c.line, ok, m, m.Fault())
		}
	}
	for _, line := range []string{"", "-----", "BEGIN", "--- END OF MAIL ---", "MIIB"} {
		if m, ok := FindMarker([]byte(line)); ok {
			t.Errorf("%q: %+v", line, m)
		}
	}
}
