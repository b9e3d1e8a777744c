//go:build race

package inspect

// slowdown is by what the files of the test of hostile files are smaller.
const slowdown = 4
