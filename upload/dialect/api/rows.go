package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect/settings"
	"github.com/phonecert/phonecert/upload/page"
)

// lists finds the arrays that look like a list of certificates, each under the
// name of the member in which it stands: arrays of objects with the column heads
// for keys. An array without elements, or null, counts under the names given.
func lists(v any, names []string) map[string][]any {
	found := map[string][]any{}
	collect(v, "", names, 0, found)
	return found
}

func collect(v any, name string, names []string, depth int, found map[string][]any) {
	if depth > maxNested {
		return
	}
	switch v := v.(type) {
	case nil:
		if slices.Contains(names, name) {
			found[name] = nil
		}
	case []any:
		if len(v) == 0 && slices.Contains(names, name) || len(v) > 0 && isCertificate(v[0]) {
			found[name] = v
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			collect(v[key], key, names, depth+1, found)
		}
	}
}

// column is the member of a row whose key is like a column head: Issued To,
// issuedTo, issued_to, certIssuedTo.
func column(row any, heads ...string) (string, bool) {
	members, _ := row.(map[string]any)
	for _, head := range heads {
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if strings.Contains(settings.Letters(name), head) {
				return textOf(members[name]), true
			}
		}
	}
	return "", false
}

func isCertificate(row any) bool {
	_, to := column(row, "issuedto")
	_, by := column(row, "issuedby")
	_, expires := column(row, "expir")
	return to && by && expires
}

// certificatesOf reads a list. The members of each row stay with it, so that
// deleting finds what the page's script would send.
func certificatesOf(list []any) []page.Certificate {
	all := []page.Certificate{}
	for _, row := range list {
		if !isCertificate(row) {
			continue
		}
		c := page.Certificate{Index: len(all)}
		c.IssuedTo, _ = column(row, "issuedto")
		c.IssuedBy, _ = column(row, "issuedby")
		c.Expiration, _ = column(row, "expiration", "expir")
		c.Expires, c.DayOnly = page.Date(c.Expiration)
		c.Row.Cells = []string{c.IssuedTo, c.IssuedBy, c.Expiration}
		members := row.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if value, err := json.Marshal(members[name]); err == nil && textOf(members[name]) != "" {
				c.Row.Fields = append(c.Row.Fields, page.Field{Name: name, Value: string(value), Kind: jsonMember})
			}
		}
		all = append(all, c)
	}
	return all
}

// jsonMember is the kind of a field that is the member of a row of JSON; its
// value is JSON.
const jsonMember = "json"
