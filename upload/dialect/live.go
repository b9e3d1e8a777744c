package dialect

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// live is a page as it was loaded.
type live struct {
	*page.Page
	at *url.URL
	// token is what the page's writes must carry, "" where there is none.
	token string
	// latin1 says that the page is not UTF-8; what it sends is not either.
	latin1 bool
	// shown are the phone's sentences that stand on it all the time.
	shown []string
}

func newLive(p *page.Page, a *web.Answer) *live {
	return &live{Page: p, at: a.URL, latin1: !utf8.Valid(a.Body), shown: shownOn(p)}
}

// signed adds the token without which every write is forbidden.
func (l *live) signed(fields []web.Pair) []web.Pair {
	if l.token == "" {
		return fields
	}
	return overlay(fields, web.Pair{Name: "token", Value: l.token})
}

// submit is the request that sends a form's fields.
func (l *live) submit(method, ref string, fields []web.Pair) web.Request {
	body, kind := web.Form(l.encoded(fields)...)
	if strings.EqualFold(method, http.MethodPost) {
		return web.Request{Method: http.MethodPost, Ref: ref, Body: body, Kind: kind, Changes: true}
	}
	before, _, _ := strings.Cut(ref, "?")
	return web.Request{Method: http.MethodGet, Ref: before + "?" + string(body), Changes: true}
}

// encoded writes fields in the character set of the page, as a browser does.
func (l *live) encoded(fields []web.Pair) []web.Pair {
	if !l.latin1 {
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

// noForm says of a page that is not there that it shows no form either.
func noForm(err error) error {
	if errors.Is(err, ErrNoList) {
		return ErrNoForm
	}
	return err
}
