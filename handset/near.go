package handset

import (
	"strings"
)

const (
	// maxNear is how many ids are suggested for an unknown one.
	maxNear = 5
	// maxEdits is how many letters apart a suggestion may be.
	maxEdits = 3
	// minPart is how many letters of an id make it recognisable.
	minPart = 3
)

// near picks the ids that may have been meant: those of which a part was typed,
// as "t28p" or "SIP-T28P" of "yealink-t28p", else those that are the fewest
// typing errors away.
func near(id string, known []string) []string {
	id = strings.ToLower(id)
	if len(id) < minPart || len(id) > maxID {
		return nil
	}
	best := maxEdits
	var ids []string
	for _, k := range known {
		edits := distance(id, k)
		if strings.Contains(k, id) || holdsPart(k, id) {
			edits = 0
		}
		if edits < best {
			best, ids = edits, nil
		}
		if edits == best {
			ids = append(ids, k)
		}
	}
	return ids[:min(len(ids), maxNear)]
}

// holdsPart reports whether a model's name in what was typed is part of an id.
func holdsPart(known, typed string) bool {
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return r == '-' || r == ' ' || r == '_' }) {
		if len(part) > minPart && strings.ContainsAny(part, "0123456789") && strings.Contains(known, part) {
			return true
		}
	}
	return false
}

// distance counts the letters to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
