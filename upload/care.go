package upload

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

// Shelf is what is on a phone, as far as its pages show it.
type Shelf struct {
	Trusted, Server dialect.Listing
	// TrustedListed and ServerListed say that there is such a list.
	TrustedListed, ServerListed bool
	Settings                    dialect.Settings
}

// Look reads both lists and the trust settings.
func (p *Phone) Look(ctx context.Context) (s Shelf, err error) {
	if s.Trusted, s.TrustedListed, err = p.Certificates(ctx, handset.Trusted); err != nil {
		return s, err
	}
	if s.Server, s.ServerListed, err = p.Certificates(ctx, handset.Server); err != nil {
		return s, err
	}
	s.Settings, err = p.Settings(ctx)
	return s, err
}

// Pick says which certificates of a list are meant.
type Pick struct {
	// Certificates are meant by what the list shows of them.
	Certificates []*certificate.Certificate
	// Subject is the name in the list, "" for none.
	Subject string
	// ExpiredAt means all that are expired at this moment; zero for none.
	ExpiredAt time.Time
}

// Of gives those of a list that are meant.
func (k Pick) Of(list []page.Certificate) []page.Certificate {
	return slices.DeleteFunc(slices.Clone(list), func(line page.Certificate) bool { return !k.means(line) })
}

func (k Pick) means(line page.Certificate) bool {
	if k.Subject != "" && fold(line.IssuedTo) == fold(k.Subject) {
		return true
	}
	if !k.ExpiredAt.IsZero() && !line.Expires.IsZero() {
		end := line.Expires
		if line.DayOnly {
			end = end.Add(24 * time.Hour)
		}
		if end.Before(k.ExpiredAt) {
			return true
		}
	}
	return slices.ContainsFunc(k.Certificates, func(c *certificate.Certificate) bool { return Compare(line, c) == Same })
}

// Discarded is what became of one certificate that was to be deleted.
type Discarded struct {
	Certificate page.Certificate
	// Gone says that the list no longer shows it; that is the proof.
	Gone bool
	// Text is the phone's own sentence, "" if there was none.
	Text string
}

// Discard deletes one certificate and reads the list back.
func (p *Phone) Discard(ctx context.Context, role handset.Role, c page.Certificate) (Discarded, error) {
	d := Discarded{Certificate: c}
	// The list may have moved since it was read: what is deleted is what has
	// the same names now.
	list, _, err := p.Certificates(ctx, role)
	if err != nil {
		return d, err
	}
	at := slices.IndexFunc(list.Certificates, func(line page.Certificate) bool { return alike(line, c) })
	if at < 0 {
		d.Gone = true
		return d, nil
	}
	answer, err := p.Remove(ctx, role, list.Certificates[at])
	if err != nil {
		return d, err
	}
	d.Text = answer.Text
	for n := 0; p.config.Again(ctx, n); n++ {
		now, listed, err := p.Certificates(ctx, role)
		if err != nil {
			return d, err
		}
		if d.Gone = count(now, c) < count(list, c) && (listed || len(list.Certificates) == 1); d.Gone {
			break
		}
	}
	return d, nil
}

func alike(a, b page.Certificate) bool {
	return a.IssuedTo == b.IssuedTo && a.IssuedBy == b.IssuedBy && a.Expiration == b.Expiration
}

func count(l dialect.Listing, c page.Certificate) (n int) {
	for _, line := range l.Certificates {
		if alike(line, c) {
			n++
		}
	}
	return n
}

// Change is one setting that was to be changed.
type Change struct {
	// Setting is its flag without the dashes; Before, Want and After are values
	// as flags spell them, "" where the page does not show it.
	Setting, Before, Want, After string
}

// Done reports whether the page shows what was wanted.
func (c Change) Done() bool { return strings.EqualFold(c.After, c.Want) }

// Adjust writes those settings that differ and reads them back. reboot says that
// the page asks for a restart.
func (p *Phone) Adjust(ctx context.Context, want dialect.Settings) (changes []Change, reboot bool, err error) {
	before, err := p.Settings(ctx)
	if err != nil {
		return nil, false, err
	}
	write := dialect.Settings{}
	for _, s := range settings(&before, &want, &write) {
		if *s.want == "" {
			continue
		}
		changes = append(changes, Change{Setting: s.name, Before: *s.before, Want: *s.want, After: *s.before})
		if *s.before != *s.want {
			*s.write = *s.want
		}
	}
	if write == (dialect.Settings{}) {
		return changes, false, nil
	}
	answer, err := p.Set(ctx, write)
	if err != nil {
		return changes, false, err
	}
	after, err := p.Settings(ctx)
	if err != nil {
		return changes, answer.Reboot, err
	}
	for i := range changes {
		for _, s := range settings(&after, &want, &write) {
			if s.name == changes[i].Setting {
				changes[i].After = *s.before
			}
		}
	}
	return changes, answer.Reboot, nil
}

// setting is one of the four in three values.
type setting struct {
	name                string
	before, want, write *string
}

func settings(before, want, write *dialect.Settings) []setting {
	return []setting{
		{"only-trusted", &before.OnlyTrusted, &want.OnlyTrusted, &write.OnlyTrusted},
		{"ca", &before.CA, &want.CA, &write.CA},
		{"cn-validation", &before.CNValidation, &want.CNValidation, &write.CNValidation},
		{"device-cert", &before.DeviceCert, &want.DeviceCert, &write.DeviceCert},
	}
}

// returnPause is how often a phone that restarts is looked for.
const returnPause = 2 * time.Second

// Return waits until a phone that was told to restart has gone away and its
// page answers again, or ctx ends. gone is false when it never went.
func Return(ctx context.Context, address string, c *Config) (gone bool, err error) {
	patient := *c
	patient.Retries = 0
	for {
		p, err := Open(ctx, address, &patient)
		if err == nil {
			p.Close(ctx)
			if gone {
				return true, nil
			}
		} else if problem := new(Problem); errors.As(err, &problem) && !problem.passing {
			return gone, err
		} else {
			gone = true
		}
		if err := patient.Wait(ctx, returnPause); err != nil {
			return gone, Explain(err)
		}
	}
}
