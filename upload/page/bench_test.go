package page_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/page"
	"golang.org/x/net/html"
)

// typical is a page of the size that phones serve.
func typical(rows int) []byte {
	var b strings.Builder
	b.WriteString(`<html><head><script src="/js/a.js"></script><script>var g_strToken = "1";`)
	for i := range rows {
		fmt.Fprintf(&b, "function f%d(a) { if (a == %d) { return \"x\" + a; } /* text */ }\n", i, i)
	}
	b.WriteString(`</script></head><body><form action="/servlet?p=x" method=post><table>`)
	for i := range rows {
		fmt.Fprintf(&b, `<tr><td class="label"><label>Setting %d</label></td><td><select name="s%d"><option value=0>Disabled</option><option value=1 selected>Enabled</option></select><input type="hidden" name="h%d" value="1"></td><td><a href="#" onclick="help(%d)">?</a></td></tr>`, i, i, i, i)
	}
	b.WriteString(`</table></form></body></html>`)
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	body := typical(310)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		page.Parse(body)
	}
}

// BenchmarkTree is what the HTML parser alone takes of BenchmarkParse.
func BenchmarkTree(b *testing.B) {
	body := typical(310)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = html.Parse(bytes.NewReader(body))
	}
}

// Pages that are made to take long do not. What took the square of their length
// once stands here; longer pages took minutes.
func TestNoPageTakesLong(t *testing.T) {
	for _, s := range []string{
		"<label><script>/[", "<input onclick=a>", "<td><input>", "<input type=checkbox>", "<a><table>", "<b><p>", "<br>x", "<td>", "<option>",
	} {
		for _, before := range []string{"", "<label>", "<script>"} {
			text := []byte(before + strings.Repeat(s, 100_000/len(s)))
			if d := parsing(text); d > slow {
				t.Errorf("%s%s… took %v", before, s, d)
			}
		}
	}
}

// slow is a hundred times what the longest page takes on an idle machine.
const slow = 10 * time.Second

// parsing is how long a page takes at its best: a machine that is held up is not
// held up every time.
func parsing(text []byte) time.Duration {
	best := time.Duration(math.MaxInt64)
	for try := 0; try < 3 && best > slow; try++ {
		start := time.Now()
		page.Parse(text)
		best = min(best, time.Since(start))
	}
	return best
}
