// Package live reads what nobody has published, where a phone's dialect sends
// what and how it answers, from the pages as they were loaded. It is what the
// dialects with pages share.
package live

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Page is a page as it was loaded.
type Page struct {
	*page.Page
	// Token is what the page's writes must carry, "" where there is none.
	Token string
	// At is where it stands.
	At *url.URL
	// latin1 says that the page is not UTF-8; what it sends is not either.
	latin1 bool
	// shown are the phone's sentences that stand on it all the time.
	shown []string
}

// Read reads an answer as a page. Its token is not known yet.
func Read(a *web.Answer) *Page {
	p := page.Parse(a.Body)
	return &Page{Page: p, At: a.URL, latin1: !utf8.Valid(a.Body), shown: shownOn(p)}
}

// Resolve gives the path and query of a reference on the page, and all of it
// when it leads to another host, which is for the conversation to refuse.
func (p *Page) Resolve(ref string) (string, error) { return resolve(p.At, ref) }

// Signed adds the token without which every write is forbidden.
func (p *Page) Signed(fields []web.Pair) []web.Pair {
	if p.Token == "" {
		return fields
	}
	return overlay(fields, web.Pair{Name: "token", Value: p.Token})
}

// Submit is the request that sends a form's fields.
func (p *Page) Submit(method, ref string, fields []web.Pair) web.Request {
	body, kind := web.Form(p.encoded(fields)...)
	if strings.EqualFold(method, http.MethodPost) {
		return web.Request{Method: http.MethodPost, Ref: ref, Body: body, Kind: kind, Changes: true}
	}
	before, _, _ := strings.Cut(ref, "?")
	return web.Request{Method: http.MethodGet, Ref: before + "?" + string(body), Changes: true}
}

// encoded writes fields in the character set of the page, as a browser does.
func (p *Page) encoded(fields []web.Pair) []web.Pair {
	if !p.latin1 {
		return fields
	}
	all := []web.Pair{}
	for _, f := range fields {
		all = append(all, web.Pair{Name: latin1(f.Name), Value: latin1(f.Value)})
	}
	return all
}

// latin1 writes the letters of that set in one byte each, others as they are.
func latin1(text string) string {
	out := []byte{}
	for _, r := range text {
		if r <= 0xff {
			out = append(out, byte(r))
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// NoForm says of a page that is not there that it shows no form either.
func NoForm(err error) error {
	if errors.Is(err, dialect.ErrNoList) {
		return dialect.ErrNoForm
	}
	return err
}

// Absent says whether an error means no more than that a page is not there.
func Absent(err error) bool {
	var status *dialect.StatusError
	return errors.As(err, &status) && status.Status < 500 || errors.Is(err, dialect.ErrNoList)
}
