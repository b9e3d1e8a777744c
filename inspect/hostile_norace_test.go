//go:build !race

package inspect

import "time"

// slowdown is by what the hostile files are smaller than a file may be,
// timeLimit how long one of them may take.
const (
	slowdown  = 1
	timeLimit = 2 * time.Second
)
