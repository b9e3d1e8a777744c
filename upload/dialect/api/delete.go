package api

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/page"
)

// erasure is a call that deletes, as a script makes it.
type erasure struct {
	path string
	// paged says that the address names the page.
	paged bool
	// field is what it sends, member the member of a row that it sends there.
	field, member string
}

// Delete reads the list anew, to see that the certificate still stands where it
// stood, and makes the call that the page's script makes. ErrNoForm unless the
// script shows exactly one such call, and what of a row it sends.
func (d *api) Delete(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	listing, name, err := d.list(ctx, role)
	if err != nil {
		return dialect.Answer{}, live.NoForm(err)
	}
	at := slices.IndexFunc(listing.Certificates, func(each page.Certificate) bool {
		return each.Index == c.Index && each.IssuedTo == c.IssuedTo && each.IssuedBy == c.IssuedBy && each.Expiration == c.Expiration
	})
	if at < 0 {
		return dialect.Answer{}, dialect.ErrListChanged
	}
	row := listing.Certificates[at].Row
	all, err := d.scripts.With(ctx, d.app, "/api/")
	if err != nil {
		return dialect.Answer{}, err
	}
	calls := []erasure{}
	for _, s := range all {
		calls = append(calls, erasures(s, certificatePage(role), row, name)...)
	}
	slices.SortFunc(calls, func(a, b erasure) int { return strings.Compare(a.path+a.field+a.member, b.path+b.field+b.member) })
	if calls = slices.Compact(calls); len(calls) != 1 {
		return dialect.Answer{}, dialect.ErrNoForm
	}
	value, _ := memberOf(row, calls[0].member)
	ref := calls[0].path
	if calls[0].paged {
		ref += "?p=" + certificatePage(role)
	}
	r, err := jsonRequest(ref, map[string]any{formData: map[string]any{calls[0].field: json.RawMessage(value)}})
	if err != nil {
		return dialect.Answer{}, err
	}
	answer, _, err := d.change(ctx, r)
	return answer, err
}

// memberOf is a member of a row as JSON.
func memberOf(row page.Row, name string) (string, bool) {
	for _, f := range row.Fields {
		if f.Kind == jsonMember && f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// erasures are the calls of a script that delete a certificate of a page; list
// is the name under which the page's list is read.
func erasures(s *script.Script, page string, row page.Row, list string) []erasure {
	found := []erasure{}
	at := slices.DeleteFunc(readings([]*script.Script{s}, page), func(r reading) bool { return !slices.Contains(r.names, list) })
	for _, t := range s.Strings("/api/") {
		path, whole := t.Path()
		function := s.In(t.At)
		if !whole || !strings.HasPrefix(path, "/api/") || !live.Deletes(path) && (function == nil || !live.Deletes(function.Name)) {
			continue
		}
		what, ok := s.Sent(t, formData)
		if !ok || len(what.Fields) != 1 || !ofPage(s, t, page, path+" "+what.Fields[0].Name, at) {
			continue
		}
		for _, member := range members(s, function, what.Fields[0].Value) {
			if _, known := memberOf(row, member); known {
				found = append(found, erasure{path, t.HasQuery("p"), what.Fields[0].Name, member})
			}
		}
	}
	return found
}

// ofPage says whether a call is about the certificates of a page, since phones
// delete much else: it names the page, or certificates, or its function is
// called where the list is read.
func ofPage(s *script.Script, t script.String, page, names string, list []reading) bool {
	if p, ok := t.Query("p"); t.HasQuery("p") && (!ok || !p.Hole && p.Text != page) {
		return false
	} else if ok && p.Text == page {
		return true
	}
	function := s.In(t.At)
	if function != nil {
		names += " " + function.Name
	}
	if strings.Contains(strings.ToLower(names), "cert") {
		return true
	}
	if function == nil {
		return false
	}
	return slices.ContainsFunc(s.Calls(function.Name), func(c script.Call) bool {
		return slices.ContainsFunc(list, func(r reading) bool {
			around := s.In(c.At)
			return around != nil && around == s.In(r.at)
		})
	})
}

// selected is the member of a row: row.Index, row["Index"].
var selected = regexp.MustCompile(`^[\w$]+(?:\.([\w$]+)|\["([^"]+)"\])$`)

// members are the members of a row that a value may be: one itself, or what a
// function is called with where the value is its parameter.
func members(s *script.Script, function *script.Function, value script.Part) []string {
	if !value.Hole {
		return nil
	}
	all := []string{}
	add := func(text string) {
		if m := selected.FindStringSubmatch(text); m != nil {
			all = append(all, m[1]+m[2])
		}
	}
	add(value.Text)
	if function != nil {
		at := slices.Index(function.Params, value.Text)
		for _, c := range s.Calls(function.Name) {
			if at >= 0 && at < len(c.Arguments) {
				add(c.Arguments[at])
			}
		}
	}
	return all
}
