package rehearse

import "testing"

// TestUserOf: each phone of many has a user of its own, or there is none.
func TestUserOf(t *testing.T) {
	for _, test := range []struct {
		user   string
		number int
		want   string
		ok     bool
	}{
		{"1001", 0, "1001", true},
		{"1001", 9, "1010", true},
		{"desk-007", 5, "desk-012", true},
		{"099", 1, "100", true},
		{"999", 1, "1000", true},
		{"alice", 0, "alice", true},
		{"alice", 1, "", false},
		{"99999999999999999999", 1, "", false},
		{"phone-$MAC", 7, "phone-00005e005301", true},
	} {
		got, ok := userOf(test.user, test.number, "00005e005301")
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s, %d: %q, %t", test.user, test.number, got, ok)
		}
	}
}
