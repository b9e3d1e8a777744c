package paper

import (
	"encoding/json"
	"io"
)

// SchemaVersion is the version of the JSON contract. Fields are added, never
// renamed.
const SchemaVersion = 1

// Header leads every JSON object.
type Header struct {
	SchemaVersion int    `json:"schema_version"`
	Command       string `json:"command"`
}

// NewHeader returns the header for a command.
func NewHeader(command string) Header { return Header{SchemaVersion, command} }

// Failure is the JSON object of a command that failed.
type Failure struct {
	Header
	Error string   `json:"error"`
	Hints []string `json:"hints"`
}

// JSON writes one value as one line.
func JSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// Listed is a list that JSON writes as [] when it is empty: a program that
// reads it need not tell an empty list from a missing one.
func Listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
