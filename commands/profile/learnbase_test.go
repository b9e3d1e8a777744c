package profile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
)

// TestLearnKeepsItsBase: the file of the base is an input, by its name and by its
// id.
func TestLearnKeepsItsBase(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "phonecert", "handsets", "mine.yaml")
	if err := os.MkdirAll(filepath.Dir(own), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, []byte("id: mine\nsummary: mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"mine", own} {
		o := &handsetLearnOptions{f: &factory.Factory{ConfigDir: func() string { return dir }}, source: "phone.pcap"}
		flags := pflag.NewFlagSet("learn", pflag.ContinueOnError)
		o.profile.Add(flags)
		if err := flags.Set("base", base); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, in := range o.inputs() {
			found = found || disk.Same(in, own)
		}
		if err := o.f.MayWrite([]factory.Output{{Path: own}}, o.inputs(), true); !found || err == nil {
			t.Errorf("%q would be overwritten", base)
		}
	}
}
