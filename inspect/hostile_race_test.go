//go:build race

package inspect

// The race detector makes everything ten times slower.
const slowdown = 5
