package testpem

import (
	"strings"
	"testing"
	"time"
)

// EachHostile gives a reader texts over which one with quadratic steps takes
// minutes, and fails where it takes longer than a linear one can.
func EachHostile(t *testing.T, read func(t *testing.T, text []byte)) {
	const size, longest = 128 << 10, 10 * time.Second
	for name, text := range hostile(t, size) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			read(t, []byte(text))
			if took := time.Since(start); took > longest {
				t.Errorf("took %v", took)
			}
		})
	}
}

// hostile makes the texts, each of about size bytes.
func hostile(t *testing.T, size int) map[string]string {
	a := Wrap("CERTIFICATE", Load(t).A, 64)
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	return map[string]string{
		"begins":             repeat("-----BEGIN CERTIFICATE-----\n"),
		"begins-one-line":    repeat("-----BEGIN CERTIFICATE-----"),
		"ends":               repeat("-----END CERTIFICATE-----\n"),
		"ends-one-line":      repeat("-----END CERTIFICATE-----"),
		"empty-blocks":       repeat("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
		"nearly-begins":      repeat("--BEGIN KEY " + strings.Repeat("x", 88) + "\n"),
		"nearly-begins-line": repeat("--BEGIN KEY x"),
		"words":              repeat("BEGIN END "),
		"dashes":             repeat("-"),
		"dashes-spaced":      repeat("- "),
		"typographic":        repeat("–"),
		"letters":            repeat("A"),
		"letters-lines":      repeat("A\n"),
		"bare":               repeat("MIIC\n"),
		"bare-runs":          repeat(strings.Repeat("MIIC", 16) + "\n*\n"),
		"pads":               "-----BEGIN CERTIFICATE-----\n" + repeat("A="),
		"colons":             "-----BEGIN CERTIFICATE-----\n" + repeat("a: b\n"),
		"colons-folded":      "-----BEGIN CERTIFICATE-----\na: b\n" + repeat("  *\n"),
		"blank-lines":        "-----BEGIN CERTIFICATE-----\n" + repeat("\n"),
		"stars":              "-----BEGIN CERTIFICATE-----\n" + repeat("*"),
		"tags":               repeat("<a"),
		"tags-block":         a[:100] + repeat("<br>"),
		"entities":           repeat("&amp;"),
		"half-entities":      repeat("&amp"),
		"escapes":            repeat(`\n`),
		"unicode-escapes":    repeat(`\u00`),
		"backslashes":        repeat(`\`),
		"quotes":             repeat(`"`),
		"quoting":            repeat(`>`),
		"numbers":            repeat("1 "),
		"crs":                repeat("\r"),
		"crs-and-lf":         repeat("\r") + "\n",
		"nuls":               repeat("\x00"),
		"nuls-odd":           repeat("A\x00\x00"),
		"boms":               repeat("\ufeff"),
		"high":               repeat("\xff"),
		"invisible":          repeat("\u200b"),
		"blocks":             repeat(a),
		"blocks-indented":    repeat(EachLine(a, true, Before(" "))),
		"blocks-no-end":      repeat(strings.TrimSuffix(a, "-----END CERTIFICATE-----\n")),
		"blocks-broken":      repeat(strings.Replace(a, "MII", "*II", 1)),
		"printable":          "-----BEGIN CERTIFICATE-----\n" + repeat("=3D"),
		"begin-and-rest":     "-----BEGIN CERTIFICATE-----" + repeat("-A"),
	}
}
