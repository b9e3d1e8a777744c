package rules

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
)

// fill puts the file's own names into a fix.
func (s *subject) fill(fix string) string {
	if !strings.Contains(fix, "{") {
		return fix
	}
	if s.Role != handset.PBX {
		fix = strings.Replace(fix, "convert {file} -o", "convert {file} {for} -o", 1)
	}
	fix = inspect.FillFix(fix, s.file.Name, s.outputName())
	return strings.NewReplacer(
		"{for}", fmt.Sprintf("--for %s --as %s", inspect.ShellQuote(s.Name), s.Role),
		"{dir}", inspect.ShellQuote(stem(s.file.Name)+"-split"),
	).Replace(fix)
}

// outputName suggests a name for a mended copy beside the file: an accepted
// ending, and not the name of a file that is there.
func (s *subject) outputName() string {
	ending := preferredEnding(s.files)
	base := stem(s.file.Name)
	for _, suffix := range []string{"", "-" + s.Profile.ID, "-" + s.Profile.ID + "-" + string(s.Role)} {
		name := base + suffix + ending
		if name != s.file.Name && (s.Exists == nil || !s.Exists(name)) {
			return name
		}
	}
	return base + "-converted" + ending
}

// preferredEnding is .pem where the handset takes it, for every tool knows it.
func preferredEnding(files handset.FileRules) string {
	if files.Endings.Known() && len(files.Endings.Value) > 0 && !slices.Contains(files.Endings.Value, ".pem") {
		return files.Endings.Value[0]
	}
	return ".pem"
}

func stem(name string) string {
	if name == "-" || name == "" {
		return "certificate"
	}
	return strings.TrimSuffix(name, filepath.Ext(name))
}
