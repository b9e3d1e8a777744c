package push_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
)

// TestFilesApart: what a run reads is not written over, nor are two things
// written into one file.
func TestFilesApart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	root := o.root("Example Root")
	phones := o.File("phones.csv", []byte("address\n192.0.2.1\n"))
	journal := filepath.Join(o.Dir, "phones.csv.journal")
	path := func(name string) string { return filepath.Join(o.Dir, name) }
	link := path("link.csv")
	if err := os.Symlink(phones, link); err != nil {
		link = phones
	}
	for name, args := range map[string][]string{
		"report on inventory":         {"--report", phones},
		"report on inventory by link": {"--report", link},
		"report on certificate":       {"--report", root},
		"failed on certificate":       {"--failed", root},
		"failed on report":            {"--failed", path("x"), "--report", path(".") + "/x"},
		"report on journal":           {"--report", journal},
		"failed on journal":           {"--failed", path("j"), "--journal", path("j")},
		"report on trace":             {"--report", path("t"), "--trace-http", path("t")},
		"journal on inventory":        {"--journal", phones},
	} {
		before := o.text("phones.csv") + o.text(filepath.Base(root))
		said := o.Run(1, append([]string{"upload", root, "--as", "trusted", "--inventory", phones, "--retries", "0"}, args...)...)
		if !strings.Contains(said.Err, "are one file") || !strings.Contains(said.Err, "hint: ") || said.Out != "" {
			t.Errorf("%s: %s%s", name, said.Out, said.Err)
		}
		if o.text("phones.csv")+o.text(filepath.Base(root)) != before {
			t.Fatalf("%s: it was written over", name)
		}
	}
	for _, left := range []string{"x", "j", "t", "phones.csv.journal"} {
		if _, err := os.Lstat(path(left)); err == nil {
			t.Errorf("%s was begun", left)
		}
	}
}

// TestNothingBegun: a run that cannot begin leaves nothing in the way of the
// next one.
func TestNothingBegun(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{Count: 1}, dialect.Plain), newOffice(t)
	root, phones, trace := o.root("Example Root"), o.inventory(s), filepath.Join(o.Dir, "trace")
	o.Run(1, "upload", "none.pem", "--as", "trusted", "--inventory", phones, "--trace-http", trace)
	if _, err := os.Lstat(trace); err == nil {
		t.Error("a trace of nothing")
	}
	said := o.Run(1, "upload", root, "--as", "trusted", "--inventory", phones, "--report", filepath.Join(o.Dir, "report.csv"), "--failed", filepath.Join(o.Dir, "none", "again.csv"))
	if strings.Count(said.Err, "cannot write") != 1 {
		t.Error(said.Err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.Dir, ".report*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	o.fleet(0, s, root)
}

// TestRateIsANumber: anything else would let all phones restart at once.
func TestRateIsANumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	nan := strconv.FormatFloat(math.NaN(), 'g', -1, 64)
	said := o.Run(1, "upload", o.root("Example Root"), "--as", "trusted", "--inventory", "none.csv", "--rate", nan, "--reboot", "always")
	if !strings.Contains(said.Err, "--rate") {
		t.Error(said.Err)
	}
}

// TestNoBrowser: a browser that cannot be started is told of before a login where
// it is no program, and is not taken for the phone's answer where it is one.
func TestNoBrowser(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{Count: 1}, dialect.Plain), newOffice(t)
	root, phone := o.root("Example Root"), s.Phones()[0].URL
	said := o.Run(1, "upload", root, "--as", "trusted", "--phone", phone, "--via", "browser", "--browser", filepath.Join(o.Dir, "none"))
	if !strings.Contains(said.Err, "--browser") || s.Requests() != 0 {
		t.Errorf("%d requests, %s", s.Requests(), said.Err)
	}
	if runtime.GOOS == "windows" {
		return // it has no scripts that are programs
	}
	broken := o.File("broken", []byte("#!/bin/sh\nexit 1\n"))
	if err := os.Chmod(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	r := o.upload(3, root, "--as", "trusted", "--phone", phone, "--via", "browser", "--browser", broken)
	text := fmt.Sprint(r.Findings)
	if r.Cause != "upload.no-route" || !strings.Contains(text, "browser: the browser did not start") || strings.Contains(text, "answered") {
		t.Errorf("%+v", r)
	}
}
