package page

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// maxDelay is how many seconds a page may wait before it sends on; one that
// waits longer is there to be read, and loads itself anew.
const maxDelay = 10

// Redirect is the address to which the page sends on when it is loaded, by
// script or by refresh; "" when it stays. An address in a function or behind a
// button does not count, unless there is nothing else on the page.
func (p *Page) Redirect() string {
	return cmp.Or(p.Variables[address], p.refresh)
}

// refresh reads <meta http-equiv="refresh" content="0; url=ADDRESS">.
func refresh(doc *goquery.Document) string {
	for _, n := range doc.Find("meta[http-equiv]").Nodes {
		if !strings.EqualFold(strings.TrimSpace(attribute(n, "http-equiv")), "refresh") {
			continue
		}
		content := strings.TrimSpace(attribute(n, "content"))
		i := strings.IndexAny(content, ";, ")
		if i < 0 {
			continue
		}
		delay, err := strconv.ParseFloat(content[:i], 64)
		to := strings.TrimLeft(content[i:], ";, \t")
		if len(to) > 3 && strings.EqualFold(to[:3], "url") {
			to = strings.TrimPrefix(strings.TrimSpace(to[3:]), "=")
		}
		if to = strings.Trim(strings.TrimSpace(to), `'"`); to != "" && err == nil && delay <= maxDelay {
			return to
		}
	}
	return ""
}
