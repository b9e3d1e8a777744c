package md2

import (
	"encoding/hex"
	"testing"
)

// TestSum holds the test vectors of RFC 1319, appendix A.5.
func TestSum(t *testing.T) {
	for text, want := range map[string]string{
		"":               "8350e5a3e24c153df2275c9f80692773",
		"a":              "32ec01ec4a6dac72c0ab96fb34c0b5d1",
		"abc":            "da853b0d3f88d99b30283a69e6ded6bb",
		"message digest": "ab4f496bfb2a530b219ff33031fe06b0",
	} {
		sum := Sum([]byte(text))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
