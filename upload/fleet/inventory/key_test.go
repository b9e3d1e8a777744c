package inventory_test

import (
	"testing"

	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

func TestKeys(t *testing.T) {
	for _, c := range []struct{ address, mac, key, name string }{
		{"192.0.2.1", "", "address:192.0.2.1", "192.0.2.1"},
		{"https://Phone.Example.COM:443/", "", "address:phone.example.com", "https://Phone.Example.COM:443/"},
		{"http://phone.example.com", "", "address:phone.example.com", "http://phone.example.com"},
		{"http://192.0.2.1:8080", "", "address:192.0.2.1:8080", "http://192.0.2.1:8080"},
		{"http://admin:s3cret@192.0.2.1/", "", "address:192.0.2.1", "http://192.0.2.1/"},
		{"admin:s3@cret@192.0.2.1", "", "address:192.0.2.1", "192.0.2.1"},
		{"192.0.2.1", "00005e005301", "mac:00005e005301", "192.0.2.1"},
		{"192.0.2.1:443", "", "address:192.0.2.1", "192.0.2.1:443"},
		{"http://192.0.2.1/servlet?p=login", "", "address:192.0.2.1", "http://192.0.2.1/servlet?p=login"},
		{"phone.example.com.", "", "address:phone.example.com", "phone.example.com."},
		{"http://[2001:DB8:0::80]/", "", "address:2001:db8::80", "http://[2001:DB8:0::80]/"},
		{"2001:db8::80", "", "address:2001:db8::80", "2001:db8::80"},
		{"[2001:db8::80]:8080", "", "address:[2001:db8::80]:8080", "[2001:db8::80]:8080"},
		{"::ffff:192.0.2.1", "", "address:192.0.2.1", "::ffff:192.0.2.1"},
		{"http://[::FFFF:192.0.2.1]:8080", "", "address:192.0.2.1:8080", "http://[::FFFF:192.0.2.1]:8080"},
		{"", "", "", "line 7"},
	} {
		row := inventory.Row{Line: 7, Address: c.address}
		if c.mac != "" {
			row.MAC = "00005e005301"
		}
		if row.Key() != c.key || row.Name() != c.name {
			t.Errorf("%q: %q, %q", c.address, row.Key(), row.Name())
		}
	}
}

func TestOnePhoneByTwoSpellings(t *testing.T) {
	rows, _, err := read(t, "address\nhttp://192.0.2.1\nhttps://192.0.2.1:443/\n192.0.2.1:8080\n")
	if err != nil || len(rows) != 3 || rows[1].Duplicate != 2 || rows[2].Duplicate != 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}
