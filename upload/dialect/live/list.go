package live

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

// maximum is a sentence of the page or of its scripts.
var maximum = regexp.MustCompile(`(?i)maximum number of certificates is (\d{1,4})\b`)

// Listing reads a page with a list.
func (p *Page) Listing() (dialect.Listing, error) {
	list, ok := p.Certificates()
	if !ok {
		return dialect.Listing{}, dialect.ErrNoList
	}
	return dialect.Listing{Certificates: list, Max: p.Most()}, nil
}

// Most is how many certificates may be in a list, as a sentence of the page, of
// the scripts in it, or of those that it loads says it; 0 when none does.
func (p *Page) Most(loaded ...string) int {
	for _, text := range slices.Concat([]string{p.Text}, p.Inline, loaded) {
		if m := maximum.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
	}
	return 0
}

// rowOf finds a certificate of an earlier reading on the page.
func rowOf(p *page.Page, c page.Certificate) (page.Row, error) {
	list, ok := p.Certificates()
	if !ok {
		return page.Row{}, dialect.ErrNoList
	}
	for _, each := range list {
		if each.Index == c.Index && each.IssuedTo == c.IssuedTo && each.IssuedBy == c.IssuedBy && each.Expiration == c.Expiration {
			return each.Row, nil
		}
	}
	return page.Row{}, dialect.ErrListChanged
}
