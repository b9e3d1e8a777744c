package serve

import (
	"bytes"
	"encoding/csv"
)

// Inventory lists the phones as CSV, as "phonecert upload --inventory" reads it.
// It holds the web passwords.
func (f *Fleet) Inventory() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"address", "mac", "handset", "user", "password"}}
	for _, s := range f.phones {
		state := s.Phone.State()
		rows = append(rows, []string{s.URL, s.MAC.String(), s.Handset, state.User, state.Password})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
