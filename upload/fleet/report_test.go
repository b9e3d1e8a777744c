package fleet_test

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.csv")
	r, err := fleet.NewReport(path)
	if err != nil {
		t.Fatal(err)
	}
	f := fleet.Finished{Result: upload.Result{
		Phone: "192.0.2.1", MAC: "00:00:5e:00:53:01", Model: "=cmd|' /C calc'!A0", Firmware: " +2.70", Dialect: "basic", Route: upload.Form, Result: upload.Failed,
		Stage: upload.Upload, Cause: "upload.full", DurationMS: 1234, Rebooted: true,
		Findings: []finding.Finding{{Code: "upload.note", Message: "no"}, {Code: "upload.full", Message: "a \"text\",\nin\ttwo lines"}},
		Files:    []upload.FileResult{{File: "ca.pem", Result: upload.Uploaded}, {File: "b.pem", Result: upload.Failed}},
	}}
	other := fleet.Finished{Result: upload.Result{Phone: "@192.0.2.2", Handset: "yealink-t28p", Result: upload.Skipped, Cause: "run.stopped"}}
	if err := errors.Join(r.Add(f), r.Add(other)); err != nil {
		t.Fatal(err)
	}
	if disk.Exists(path) {
		t.Error("it is there before it is whole")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	got, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(got) != 3 || strings.Count(string(text), "\n") != 3 {
		t.Fatalf("%s, %v", text, err)
	}
	for i, want := range []string{
		"address|mac|model|firmware|dialect|route|result|stage|cause|message|duration_ms|files|rebooted",
		"192.0.2.1|00:00:5e:00:53:01|'=cmd/' /C calc'!A0|' +2.70|basic|form|failed|upload|upload.full|a \"text\", in two lines|1234|ca.pem=uploaded; b.pem=failed|true",
		"'@192.0.2.2||yealink-t28p||||skipped||run.stopped||0||false",
	} {
		for j := range got[i] {
			got[i][j] = strings.ReplaceAll(got[i][j], "|", "/")
		}
		if row := strings.Join(got[i], "|"); row != want {
			t.Errorf("%s", row)
		}
	}
	left(t, filepath.Dir(path), "report.csv")
}

// left checks which files a folder holds.
func left(t *testing.T, dir string, want ...string) {
	t.Helper()
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("%q are left, not %q", names, want)
	}
}

func TestNoPlaceForAReport(t *testing.T) {
	dir := t.TempDir()
	if _, err := fleet.NewReport(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
	if _, err := fleet.NewFailed(filepath.Join(dir, "none", "failed.csv"), func() string { return "" }); err == nil || strings.Count(err.Error(), dir) != 1 {
		t.Error(err)
	}
	r, err := fleet.NewReport(filepath.Join(dir, "report.csv"))
	if err != nil {
		t.Fatal(err)
	}
	r.Abandon()
	left(t, dir)
}

// TestFailedUntilNoneIsLeft runs with the list that the run before has left,
// until there is none.
func TestFailedUntilNoneIsLeft(t *testing.T) {
	for name, list := range map[string]string{
		"CSV": "\xef\xbb\xbfHost;floor;password;MAC\r\n" + address(1) + ";\"1;2\";\" s3cret\";00005e005301\r\n# a remark\r\n" + address(2) + ";2;;\r\n" + address(3) + ";;x;\r\n" + address(3) + ";;x;\r\n",
		"JSON": `{"address":"` + address(1) + `","floor":"1;2","password":" s3cret","mac":"00005e005301"}` + "\n" +
			`{"address":"` + address(2) + `","floor":"2"}` + "\n" + `{"address":"` + address(3) + `"}` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "phones.csv")
		if err := os.WriteFile(path, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
		w := newWorld()
		for run, broken := range [][]int{{1, 2}, {1}, nil} {
			w.broken = map[string]bool{}
			for _, i := range broken {
				w.broken[address(i)] = true
			}
			rest(t, path, w)
			if disk.Exists(path) != (len(broken) > 0) {
				t.Fatalf("%s, run %d: the list is there: %v", name, run, disk.Exists(path))
			}
			if broken == nil {
				continue
			}
			stat, _ := os.Stat(path)
			if runtime.GOOS != "windows" && stat.Mode().Perm() != 0o600 {
				t.Errorf("%v", stat.Mode())
			}
			text, _ := os.ReadFile(path)
			var phones int
			for row, err := range rows(string(text)) {
				phones++
				if err != nil || len(row.Problems) > 0 || row.Address == address(1) && (row.Password.Reveal() != " s3cret" || row.MAC == "" || row.Extra["floor"] != "1;2") {
					t.Errorf("%s: %+v, %v", name, row, err)
				}
			}
			if phones != len(broken) {
				t.Errorf("%s, run %d:\n%s", name, run, text)
			}
		}
		if n := w.visits[address(1)]; n != 3 || w.visits[address(3)] != 1 {
			t.Errorf("%v", w.visits)
		}
		left(t, filepath.Dir(path))
	}
}

// rest runs with a list and leaves there what is not done.
func rest(t *testing.T, path string, w *world) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := inventory.NewReader(file)
	failed, err := fleet.NewFailed(path, reader.Header)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fleet.Run(context.Background(), reader.All(), fleet.Config{Visit: w.visit, Concurrency: 1, Each: failed.Add})
	if err := errors.Join(err, file.Close(), failed.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestFailedHoldsWhoWasNotReached: rows that cannot be used are in it as they
// were, to be mended.
func TestFailedHoldsWhoWasNotReached(t *testing.T) {
	path := filepath.Join(t.TempDir(), "failed.csv")
	reader := inventory.NewReader(strings.NewReader("address,ca\n" + address(1) + ",\n" + address(2) + ",strange\n" + address(3) + ",\n" + address(1) + ",\n" + address(4) + ",\n"))
	failed, err := fleet.NewFailed(path, reader.Header)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	w.mute[address(1)] = true
	_, err = fleet.Run(context.Background(), reader.All(), fleet.Config{Visit: w.visit, Canary: 1, Each: failed.Add})
	if err := errors.Join(err, failed.Close()); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if lines[0] != "address,ca" || strings.Join(slices.Sorted(slices.Values(lines[1:])), " ") != "198.51.100.1, 198.51.100.2,strange 198.51.100.3, 198.51.100.4," {
		t.Errorf("%q", lines)
	}
}

// TestFailedStays: neither a dry run nor a list that cannot be read takes away
// what an earlier run has left.
func TestFailedStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "failed.csv")
	const before = "address\n198.51.100.1\n198.51.100.2\n"
	for name, c := range map[string]struct {
		list   string
		result upload.Outcome
	}{
		"dry run": {before, upload.Planned}, "no list": {"nonsense\n1\n", upload.Uploaded},
	} {
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		reader := inventory.NewReader(strings.NewReader(c.list))
		failed, err := fleet.NewFailed(path, reader.Header)
		if err != nil {
			t.Fatal(err)
		}
		visit := func(context.Context, fleet.Task) upload.Result { return upload.Result{Result: c.result} }
		_, _ = fleet.Run(context.Background(), reader.All(), fleet.Config{Visit: visit, Concurrency: 1, Each: failed.Add})
		if err := failed.Close(); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != before {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
