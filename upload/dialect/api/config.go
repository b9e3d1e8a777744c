package api

import (
	"context"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/script"
)

const (
	readConfig  = "/api/inner/readconfig"
	writeConfig = "/api/inner/writeconfig"
	// formData is the member in which both calls take names or values.
	formData = "formData"
)

// load gets the one page, once: it is the same for everybody.
func (d *api) load(ctx context.Context) (*live.Page, error) {
	if d.app != nil {
		return d.app, nil
	}
	a, err := d.client.Get(ctx, "/")
	if err != nil {
		return nil, err
	}
	if a.Status >= 400 {
		return nil, &dialect.StatusError{Status: a.Status}
	}
	d.app = live.Read(a)
	return d.app, nil
}

// reading is a place in a script where a role's list is read.
type reading struct {
	at    script.Place
	names []string
}

// readings finds where the page's scripts read the configuration of a role's
// page, and under which names: those places that name the page, or else those
// that leave it open.
func readings(all []*script.Script, page string) []reading {
	named, open := []reading{}, []reading{}
	for _, s := range all {
		for _, t := range s.Strings(readConfig) {
			what, ok := s.Sent(t, formData)
			p, known := t.Query("p")
			switch {
			case !ok || len(what.Names) == 0 || !known:
			case p.Hole:
				open = append(open, reading{t.At, what.Names})
			case p.Text == page:
				named = append(named, reading{t.At, what.Names})
			}
		}
	}
	if len(named) > 0 {
		return named
	}
	return open
}

// maxNames caps the names that are asked for at once.
const maxNames = 64

// Certificates asks for the names that the page's scripts ask for, and finds the
// list in the answer. No names, no list or several are ErrNoList.
func (d *api) Certificates(ctx context.Context, role handset.Role) (dialect.Listing, error) {
	listing, _, err := d.list(ctx, role)
	return listing, err
}

// list is Certificates, with the name under which the list was read.
func (d *api) list(ctx context.Context, role handset.Role) (dialect.Listing, string, error) {
	if certificatePage(role) == "" {
		return dialect.Listing{}, "", dialect.ErrNoList
	}
	app, err := d.load(ctx)
	if err != nil {
		return dialect.Listing{}, "", err
	}
	all, err := d.scripts.With(ctx, app, readConfig)
	if err != nil {
		return dialect.Listing{}, "", err
	}
	names := []string{}
	for _, r := range readings(all, certificatePage(role)) {
		names = append(names, r.names...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 || len(names) > maxNames {
		return dialect.Listing{}, "", dialect.ErrNoList
	}
	answer, err := d.read(ctx, role, names)
	if err != nil {
		return dialect.Listing{}, "", err
	}
	name, rows, ok := listFor(lists(answer.Data, names), role)
	if !ok {
		return dialect.Listing{}, "", dialect.ErrNoList
	}
	return dialect.Listing{Certificates: certificatesOf(rows), Max: app.Most(d.scripts.Fetched()...)}, name, nil
}

// read asks for values by name.
func (d *api) read(ctx context.Context, role handset.Role, names []string) (reply, error) {
	return d.ask(ctx, readConfig+"?p="+certificatePage(role), map[string]any{formData: names})
}

// listFor picks the one list, or the one whose name has a word of the role in it
// and not of the other. Of empty ones only a list of certificates by its name
// counts, or the only one there is.
func listFor(found map[string][]any, role handset.Role) (name string, rows []any, ok bool) {
	words := map[handset.Role]string{handset.Trusted: "trust", handset.Server: "server"}
	ofRole, certs, all := []string{}, []string{}, []string{}
	for name, rows := range found {
		text := strings.ToLower(name)
		other := false
		for each, word := range words {
			other = other || each != role && strings.Contains(text, word)
		}
		switch {
		case other:
			continue
		case strings.Contains(text, words[role]):
			ofRole = append(ofRole, name)
		case len(rows) > 0 || strings.Contains(text, "cert"):
			certs = append(certs, name)
		}
		all = append(all, name)
	}
	for _, names := range [][]string{ofRole, certs, all} {
		if len(names) == 1 {
			return names[0], found[names[0]], true
		}
		if len(names) > 1 {
			break
		}
	}
	return "", nil, false
}
