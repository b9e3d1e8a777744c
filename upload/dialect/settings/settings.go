// Package settings reads the four trust settings from the drop-downs of a page,
// and finds what to send for them.
package settings

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// The labels of the four settings on the phones' pages, and the one field whose
// name is known (a T20P, where the value 0 is disabled).
const (
	labelOnlyTrusted  = "Only Accept Trusted Certificates"
	labelCA           = "CA Certificates"
	labelCNValidation = "Common Name Validation"
	labelDeviceCert   = "Device Certificates"
	fieldOnlyTrusted  = "HTTPSTrustCertificates"
)

// Choices are the drop-downs of the four settings, nil where the page has none.
// A group of radio buttons stands here as the drop-down that it might have been.
type Choices struct{ onlyTrusted, ca, cnValidation, deviceCert *page.Field }

// Find finds them by their labels, and the first by its name as well.
func Find(p *page.Page) Choices {
	fields := choosers(p)
	find := func(label string) *page.Field {
		for i := range fields {
			if label == labelOnlyTrusted && (fields[i].Name == fieldOnlyTrusted || fields[i].ID == fieldOnlyTrusted) ||
				strings.HasPrefix(Letters(fields[i].Label), Letters(label)) {
				return &fields[i]
			}
		}
		return nil
	}
	return Choices{find(labelOnlyTrusted), find(labelCA), find(labelCNValidation), find(labelDeviceCert)}
}

// Letters folds a text to what counts when words are compared.
func Letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// choosers are the drop-downs of a page, radio buttons of one name as one. What
// stands before them in the row of a table is their label where the page gives
// no other.
func choosers(p *page.Page) []page.Field {
	captions := map[string]string{}
	for _, t := range p.Tables {
		for _, row := range t.Rows {
			for _, f := range row.Fields {
				if len(row.Cells) > 0 && Key(f) != "" && captions[Key(f)] == "" {
					captions[Key(f)] = row.Cells[0]
				}
			}
		}
	}
	found := []page.Field{}
	groups := map[string]int{}
	for _, f := range p.Fields() {
		switch f.Kind {
		case "select":
			if f.Label == "" {
				f.Label = captions[Key(f)]
			}
			found = append(found, f)
		case "radio":
			at, seen := groups[f.Name]
			if !seen {
				at = len(found)
				groups[f.Name] = at
				found = append(found, page.Field{Name: f.Name, Kind: "radio", Label: captions[Key(f)]})
			}
			_, checked := f.Attributes["checked"]
			found[at].Options = append(found[at].Options, page.Option{Value: f.Value, Text: f.Label, Selected: checked})
		}
	}
	return found
}

// Key is the name under which a field is sent: pages of basic give ids alone.
func Key(f page.Field) string {
	if f.Name != "" {
		return f.Name
	}
	return f.ID
}

// meaning is what an option stands for, spelled as the flags spell it; "" when
// its words are not known.
func meaning(f *page.Field, o page.Option) string {
	// "Default Certificates" and the like are known by their first word.
	word, _, _ := strings.Cut(strings.TrimSpace(o.Text), " ")
	switch word = Letters(word); word {
	case "enabled", "enable", "on", "yes":
		return "on"
	case "disabled", "disable", "off", "no":
		return "off"
	case "default", "custom", "all":
		return word
	}
	zero := slices.ContainsFunc(f.Options, func(o page.Option) bool { return o.Value == "0" })
	switch {
	case f.Name != fieldOnlyTrusted && f.ID != fieldOnlyTrusted || len(f.Options) != 2 || !zero:
		return ""
	case o.Value == "0":
		return "off"
	}
	return "on"
}

// Read gives the choice that is marked. A drop-down without a mark is left to a
// script, so it says nothing.
func (c Choices) Read() dialect.Settings {
	chosen := func(f *page.Field) string {
		if f == nil {
			return ""
		}
		for _, o := range f.Options {
			if o.Selected {
				return meaning(f, o)
			}
		}
		return ""
	}
	return dialect.Settings{
		OnlyTrusted: chosen(c.onlyTrusted), CA: chosen(c.ca),
		CNValidation: chosen(c.cnValidation), DeviceCert: chosen(c.deviceCert),
	}
}

// Write gives the fields that say what is wanted, in the order of Settings. The
// error is ErrNoSetting or ErrNoChoice with the label of the setting.
func (c Choices) Write(s dialect.Settings) ([]web.Pair, error) {
	pairs := []web.Pair{}
	for _, each := range []struct {
		label, want string
		field       *page.Field
	}{
		{labelOnlyTrusted, s.OnlyTrusted, c.onlyTrusted},
		{labelCA, s.CA, c.ca},
		{labelCNValidation, s.CNValidation, c.cnValidation},
		{labelDeviceCert, s.DeviceCert, c.deviceCert},
	} {
		if each.want == "" {
			continue
		}
		if each.field == nil || Key(*each.field) == "" {
			return nil, fmt.Errorf("%w %q", dialect.ErrNoSetting, each.label)
		}
		value, ok := valueOf(each.field, each.want)
		if !ok {
			return nil, fmt.Errorf("%w %q: %q", dialect.ErrNoChoice, each.label, each.want)
		}
		pairs = append(pairs, web.Pair{Name: Key(*each.field), Value: value})
	}
	return pairs, nil
}

func valueOf(f *page.Field, want string) (string, bool) {
	for _, o := range f.Options {
		if meaning(f, o) == want {
			return o.Value, true
		}
	}
	return "", false
}
