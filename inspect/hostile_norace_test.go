//go:build !race

package inspect

// slowdown is by what the hostile files are smaller than a file may be.
const slowdown = 1
