package inventory

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// readJSON takes in a line with one object. Values go into no message.
func readJSON(row *Row, text []byte) {
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		const fix = "write one JSON object a line"
		if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
			row.problem("inventory.json", finding.Error, fix, "it is no JSON object from byte %d on; the row is left out", syntax.Offset)
		} else {
			row.problem("inventory.json-kind", finding.Error, fix, "it is JSON, but no object; the row is left out")
		}
		return
	}
	if len(object) > MaxColumns {
		row.problem("inventory.too-many-members", finding.Error, "leave out what is not about the phone", "it has more than %d members; the row is left out", MaxColumns)
		return
	}
	taken := map[column]bool{}
	for _, label := range slices.Sorted(maps.Keys(object)) { // sorted, so that it always reads alike
		c := columnOf(label)
		value, ok := plain(object[label])
		switch {
		case !ok && c == unknownColumn:
		case !ok:
			row.problem("inventory.member", finding.Error, "write it as text", "the value of %q is neither text nor a list of texts", label)
		case c != unknownColumn && taken[c]:
			row.problem("inventory.member-twice", finding.Warning, "leave one of them out", "two members mean %s; the first one by name counts", c)
		default:
			taken[c] = true
			row.put(c, label, value)
		}
	}
}

// plain writes a value as a CSV field has it.
func plain(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		if v {
			return "on", true
		}
		return "off", true
	case []any:
		var texts []string
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return "", false
			}
			texts = append(texts, text)
		}
		return strings.Join(texts, "|"), true
	}
	return "", false
}
