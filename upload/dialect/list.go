package dialect

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/phonecert/phonecert/upload/page"
)

// ErrListChanged: the list is no longer the one from which a certificate was
// chosen, so that another one might be deleted.
var ErrListChanged = errors.New("the list of certificates has changed since it was read")

// maximum is a sentence of the page or of its scripts.
var maximum = regexp.MustCompile(`(?i)maximum number of certificates is (\d{1,4})\b`)

// listing reads a page with a list.
func listing(p *page.Page) (Listing, error) {
	list, ok := p.Certificates()
	if !ok {
		return Listing{}, ErrNoList
	}
	l := Listing{Certificates: list}
	for _, text := range append([]string{p.Text}, p.Inline...) {
		if m := maximum.FindStringSubmatch(text); m != nil {
			l.Max, _ = strconv.Atoi(m[1])
			break
		}
	}
	return l, nil
}

// rowOf finds a certificate of an earlier reading on the page.
func rowOf(p *page.Page, c page.Certificate) (page.Row, error) {
	list, ok := p.Certificates()
	if !ok {
		return page.Row{}, ErrNoList
	}
	for _, each := range list {
		if each.Index == c.Index && each.IssuedTo == c.IssuedTo && each.IssuedBy == c.IssuedBy && each.Expiration == c.Expiration {
			return each.Row, nil
		}
	}
	return page.Row{}, ErrListChanged
}
