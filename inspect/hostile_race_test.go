//go:build race

package inspect

import "time"

// The race detector makes everything ten times slower.
const (
	slowdown  = 5
	timeLimit = 5 * time.Second
)
