package page

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// maxLinks caps the links that are kept of a page.
const maxLinks = 1000

// Link is a link with the text that a person reads; frames count as links.
type Link struct{ Ref, Text string }

// links reads the links of a page, in order.
func links(doc *goquery.Document) []Link {
	var found []Link
	doc.Find("a[href], area[href], frame[src], iframe[src]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		ref := s.AttrOr("href", s.AttrOr("src", ""))
		found = append(found, Link{strings.TrimSpace(ref), fold(s.Text())})
		return len(found) < maxLinks
	})
	return found
}
