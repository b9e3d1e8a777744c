package armor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
)

// hostile are texts that would keep a reader with quadratic steps busy for
// hours.
func hostile(t testing.TB, size int) map[string]string {
	a := wrap("CERTIFICATE", loadMaterial(t).a, 64)
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
		"blocks-indented":    repeat(eachLine(a, true, before(" "))),
		"blocks-no-end":      repeat(strings.TrimSuffix(a, "-----END CERTIFICATE-----\n")),
		"blocks-broken":      repeat(strings.Replace(a, "MII", "*II", 1)),
		"printable":          "-----BEGIN CERTIFICATE-----\n" + repeat("=3D"),
		"begin-and-rest":     "-----BEGIN CERTIFICATE-----" + repeat("-A"),
	}
}

// TestHostileTexts only has to end: with a quadratic step one of these texts
// takes longer than the test's time limit.
func TestHostileTexts(t *testing.T) {
	const size = 512 << 10
	for name, text := range hostile(t, size) {
		t.Run(name, func(t *testing.T) {
			x := Read([]byte(text))
			if len(x.Blocks) > MaxBlocks {
				t.Errorf("%d blocks", len(x.Blocks))
			}
			if len(x.Findings) > int(oddCount)+maxDamages {
				t.Errorf("%d findings", len(x.Findings))
			}
			OpenSSL([]byte(text), handset.OpenSSL100, Bundle)
			OpenSSL([]byte(text), handset.OpenSSL3, PrivateKey)
		})
	}
}

func TestTooManyBlocks(t *testing.T) {
	block := wrap("CERTIFICATE", []byte{0x30, 0}, 64)
	x := Read([]byte(strings.Repeat(block, MaxBlocks+5)))
	if len(x.Blocks) != MaxBlocks {
		t.Errorf("%d blocks", len(x.Blocks))
	}
	want := fmt.Sprintf("the file holds more than %d blocks, and nothing is read from line %d on", MaxBlocks, MaxBlocks*3+1)
	if len(x.Findings) != 1 || x.Findings[0].Message != want {
		t.Errorf("findings %v", x.Findings)
	}
	if x = Read([]byte(strings.Repeat(block, MaxBlocks))); len(x.Findings) != 0 {
		t.Errorf("at the limit: %v", x.Findings)
	}
}
