package handset

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/csv"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// readSources reads the facts from which the files were generated.
func readSources(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open("roots/sources.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestRootsAgreeWithSources(t *testing.T) {
	roots, err := Roots(RootListT2xPV7x)
	if err != nil {
		t.Fatal(err)
	}
	sources := readSources(t)
	if len(roots) != 35 || len(sources) != 35 {
		t.Fatalf("%d roots, %d sources, want 35 of each", len(roots), len(sources))
	}
	names := map[string]bool{}
	for i, r := range roots {
		s := sources[i]
		got := []string{r.Slug, r.Variant, r.Subject, r.SignatureAlgorithm, r.Key, r.X509Version, r.SHA256,
			r.NotBefore.Format(time.DateOnly), r.NotAfter.Format(time.DateOnly)}
		for j, column := range []string{"slug", "variant", "subject", "signature_algorithm", "key", "x509_version", "sha256", "not_before", "not_after"} {
			if got[j] != s[column] {
				t.Errorf("%s: %s is %q, the source says %q", r.Slug, column, got[j], s[column])
			}
		}
		sum := sha256.Sum256(r.DER())
		if hex.EncodeToString(sum[:]) != s["sha256"] {
			t.Errorf("%s: the file has another certificate", r.Slug)
		}
		c, err := x509.ParseCertificate(r.DER())
		if err != nil {
			t.Errorf("%s: %v", r.Slug, err)
			continue
		}
		if subject := certificate.NameString(c.Subject); subject != s["subject"] {
			t.Errorf("%s: the certificate's subject is %q", r.Slug, subject)
		}
		if !c.NotBefore.Equal(r.NotBefore) || !c.NotAfter.Equal(r.NotAfter) {
			t.Errorf("%s: valid from %v to %v", r.Slug, c.NotBefore, c.NotAfter)
		}
		if again := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.DER()}); string(again) != string(r.PEM()) {
			t.Errorf("%s: the file has more than the certificate", r.Slug)
		}
		names[r.Subject] = true
	}
	if len(names) != 30 {
		t.Errorf("%d names, want 30", len(names))
	}
	if files, _ := filepath.Glob("roots/*.pem"); len(files) != 35 {
		t.Errorf("%d PEM files, want 35", len(files))
	}
}

// The phones' guides count the names, so profile and list must agree.
func TestRootCounts(t *testing.T) {
	for _, p := range shipped(t) {
		if !p.Builtin.RootList.Known() {
			continue
		}
		roots, err := Roots(p.Builtin.RootList.Value)
		if err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
		names := map[string]bool{}
		for _, r := range roots {
			names[r.Subject] = true
			// A root that is younger than the guide cannot be in the list.
			if year := p.GuideYear; year.Known() && r.NotBefore.Year() > year.Value {
				t.Errorf("%s: %s is younger than the guide", p.ID, r.Slug)
			}
		}
		if len(names) != p.Builtin.RootCount.Value {
			t.Errorf("%s: %d names in the list, %d in the profile", p.ID, len(names), p.Builtin.RootCount.Value)
		}
	}
}

func TestRootLists(t *testing.T) {
	for _, list := range RootLists() {
		if _, err := Roots(list); err != nil {
			t.Errorf("%s: %v", list, err)
		}
	}
	if roots, err := Roots(RootListNone); len(roots) != 0 || err != nil {
		t.Errorf("none: %v, %v", roots, err)
	}
	if _, err := Roots("t46"); err == nil || !strings.Contains(err.Error(), `"t46"`) {
		t.Errorf("unknown list: %v", err)
	}
}

func TestRootBySHA256(t *testing.T) {
	roots, err := Roots(RootListT2xPV7x)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range roots {
		if got, ok := RootBySHA256(RootListT2xPV7x, want.SHA256); !ok || got != want {
			t.Errorf("got %+v, %v, want %+v", got, ok, want)
		}
		if _, ok := RootBySHA256(RootListNone, want.SHA256); ok {
			t.Errorf("%s is in no list", want.Slug)
		}
	}
	first := roots[0].SHA256
	for _, absent := range []string{"", "sha256", strings.Repeat("0", 64), strings.ToUpper(first), first[1:], first + "\n", "\n" + first[1:]} {
		if r, ok := RootBySHA256(RootListT2xPV7x, absent); ok {
			t.Errorf("%q finds %s", absent, r.Slug)
		}
	}
}

// A Root of somebody's own making has no file, and that is no panic.
func TestForeignRoot(t *testing.T) {
	for _, slug := range []string{"", "nobody", "../models/yealink-t28p"} {
		if r := (Root{Slug: slug}); r.PEM() != nil || r.DER() != nil {
			t.Errorf("%q has a file", slug)
		}
	}
}

// The notice names where the certificates come from and under which terms.
func TestNotice(t *testing.T) {
	text, err := os.ReadFile("roots/NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range readSources(t) {
		module, version, _ := strings.Cut(row["module"], "@")
		for _, want := range []string{module, version, row["file_in_module"]} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the notice does not name %s", want)
			}
		}
	}
	for _, want := range []string{"Mozilla Public\n    # License, v. 2.0", "MPL 1.1/GPL 2.0/LGPL 2.1", "Copyright (c) 2014 CloudFlare Inc."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the notice lacks %q", want)
		}
	}
}

func BenchmarkRootBySHA256(b *testing.B) {
	for b.Loop() {
		RootBySHA256(RootListT2xPV7x, strings.Repeat("0", 64))
	}
}
