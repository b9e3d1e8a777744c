package factory

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/disk"
)

// ownProfile is a profile in the user's configuration folder.
type ownProfile struct{ id, path string }

// ownProfiles lists the user's profiles. The file's name is the id.
func (f *Factory) ownProfiles() []ownProfile {
	dir := f.ConfigDir()
	if dir == "" {
		return nil
	}
	files, err := disk.Files(filepath.Join(dir, "phonecert", "handsets"))
	if err != nil {
		return nil // no such folder: no profiles
	}
	var own []ownProfile
	for _, path := range files {
		if isYAML(path) {
			id := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
			own = append(own, ownProfile{id, path})
		}
	}
	return own
}

func isYAML(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".yaml" || ending == ".yml"
}

// Profile finds a handset: a shipped id, an id of the user's own, or a file.
func (f *Factory) Profile(ctx context.Context, id string) (*handset.Profile, error) {
	if isYAML(id) || strings.ContainsAny(id, `/\`) {
		return f.parseProfile(ctx, id)
	}
	if slices.Contains(handset.Shipped(), id) {
		return handset.Load(id)
	}
	for _, own := range f.ownProfiles() {
		if own.id == id {
			return f.parseProfile(ctx, own.path)
		}
	}
	return nil, f.UnknownHandset(id)
}

func (f *Factory) parseProfile(ctx context.Context, path string) (*handset.Profile, error) {
	content, err := disk.Read(ctx, path)
	if err != nil {
		return nil, WithHint(fmt.Errorf("cannot read the handset profile %q: %w", path, err), `"phonecert handset list" shows the shipped profiles`)
	}
	return f.ParseProfile(ctx, path, content.Data)
}

// ParseProfile reads the text of a profile, whose base may be a shipped one or
// one of the user's. name stands in messages.
func (f *Factory) ParseProfile(ctx context.Context, name string, text []byte) (*handset.Profile, error) {
	p, err := handset.ParseWith(name, text, f.findProfile(ctx))
	if err != nil {
		return nil, WithHint(err, `"phonecert handset show yealink-t28p --yaml" shows how a profile is written`)
	}
	return p, nil
}

// findProfile finds the base of a profile: a shipped one or one of the user's.
func (f *Factory) findProfile(ctx context.Context) handset.Find {
	return func(id string) (name string, text []byte, ok bool) {
		if name, text, ok := handset.FindShipped(id); ok {
			return name, text, true
		}
		for _, own := range f.ownProfiles() {
			if own.id != id {
				continue
			}
			content, err := disk.Read(ctx, own.path)
			return own.path, content.Data, err == nil
		}
		return "", nil, false
	}
}

// UnknownHandset says that no profile has this name, and which ones are near.
func (f *Factory) UnknownHandset(id string) error {
	return WithHint(handset.Unknown(id, f.HandsetIDs()), `"phonecert handset list" shows all of them`)
}

// errNoHandset asks for the model.
var errNoHandset = errors.New("no handset given")

// Handsets gives the profiles that --handset asks for, and their names as the
// user gave them: one, several with commas, or "all". Without the flag
// PHONECERT_HANDSET decides.
func (f *Factory) Handsets(ctx context.Context, id string) ([]*handset.Profile, []string, error) {
	if id == "" {
		id = f.Getenv("PHONECERT_HANDSET")
	}
	names := f.handsetNames(id)
	if len(names) == 0 {
		return nil, nil, WithHint(errNoHandset, "name the model with --handset, for instance --handset yealink-t28p, or --handset all",
			`"phonecert handset list" shows the models`)
	}
	var profiles []*handset.Profile
	for _, name := range names {
		p, err := f.Profile(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		profiles = append(profiles, p)
	}
	return profiles, names, nil
}

// handsetNames parts a list at its commas and names each handset once.
func (f *Factory) handsetNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		more := []string{strings.TrimSpace(name)}
		if more[0] == "all" {
			more = f.HandsetIDs()
		}
		for _, name := range more {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
