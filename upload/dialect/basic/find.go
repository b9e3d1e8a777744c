package basic

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/settings"
	"github.com/phonecert/phonecert/upload/page"
)

const (
	// maxPages is how many pages are opened to find one.
	maxPages = 40
	// configurationDownload is the number of no page, but of a file.
	configurationDownload = 26
)

// heading is what menus and headings call the page of a role, in letters.
func heading(role handset.Role) string {
	return map[handset.Role]string{handset.Trusted: "trustedcertificate", handset.Server: "servercertificate"}[role]
}

// find looks for the pages of certificates, whose numbers nobody has published:
// by the links from page to page, the status page first, and where no link
// leads on by number. A page is only looked at; nothing but Id=N is ever opened.
func (b *basic) find(ctx context.Context, role handset.Role) (*live.Page, error) {
	if heading(role) == "" {
		return nil, dialect.ErrNoList
	}
	queue, seen := []string{status}, map[string]bool{}
	for number := 2; len(seen) < maxPages; {
		if len(queue) == 0 {
			if number == configurationDownload {
				number++
			}
			queue = append(queue, path+"?Id="+strconv.Itoa(number))
			number++
		}
		ref := queue[0]
		queue = queue[1:]
		if seen[ref] {
			continue
		}
		seen[ref] = true
		p, found, err := b.open(ctx, ref)
		if err != nil {
			if !live.Absent(err) {
				return nil, err
			}
			continue
		}
		if b.recognize(p, ref, found); b.pages[role] == ref {
			return p, nil
		}
		if to := b.pages[role]; to != "" {
			p, _, err := b.open(ctx, to)
			return p, err
		}
		for _, l := range found {
			if to, ok := numbered(p.At, l.Ref); ok {
				queue = append(queue, to)
			}
		}
	}
	return nil, dialect.ErrNoList
}

// recognize notes which roles' pages a page is or links to.
func (b *basic) recognize(p *live.Page, ref string, found []page.Link) {
	text := settings.Letters(p.Title + " " + p.Text)
	note := func(role handset.Role, ref string) {
		if b.pages[role] == "" {
			b.pages[role] = ref
		}
	}
	for _, l := range found {
		// What is left once the menu is gone are headings.
		if l.Text != "" {
			text = strings.Replace(text, settings.Letters(l.Text), "", 1)
		}
		to, ok := numbered(p.At, l.Ref)
		for _, role := range []handset.Role{handset.Trusted, handset.Server} {
			if ok && strings.Contains(settings.Letters(l.Text), heading(role)) {
				note(role, to)
			}
		}
	}
	_, list := p.Certificates()
	_, _, upload := p.Upload()
	trusted, server := strings.Contains(text, heading(handset.Trusted)), strings.Contains(text, heading(handset.Server))
	switch {
	case !list && !upload || trusted == server:
	case trusted:
		note(handset.Trusted, ref)
	default:
		note(handset.Server, ref)
	}
}

// numbered gives the address of a link if it does no more than name a page.
func numbered(at *url.URL, ref string) (string, bool) {
	u, err := at.Parse(ref)
	if err != nil || u.Host != at.Host || u.Path != path {
		return "", false
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(q) != 1 || len(q["Id"]) != 1 {
		return "", false
	}
	n, err := strconv.ParseUint(q.Get("Id"), 10, 16)
	if err != nil || n == configurationDownload {
		return "", false
	}
	return path + "?Id=" + strconv.FormatUint(n, 10), true
}
