package certificate

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// link is a certificate of which only the links of a chain are filled in; an
// empty key identifier is none.
func link(subject, issuer, subjectKeyID, authorityKeyID string) *Certificate {
	return &Certificate{Certificate: &x509.Certificate{
		Raw:        []byte(strings.Join([]string{subject, issuer, subjectKeyID, authorityKeyID}, "|")),
		RawSubject: []byte(subject), RawIssuer: []byte(issuer),
		SubjectKeyId: []byte(subjectKeyID), AuthorityKeyId: []byte(authorityKeyID), Version: 3,
	}}
}

func TestSelfIssued(t *testing.T) {
	for _, test := range []struct {
		c    *Certificate
		want bool
	}{
		{link("root", "root", "", ""), true},
		{link("root", "root", "1", "1"), true},
		{link("root", "root", "1", ""), true},
		{link("root", "root", "", "1"), true},
		{link("root", "root", "1", "2"), false}, // a new key signed with the old one
		{link("leaf", "root", "", ""), false},
		{link("leaf", "root", "1", "1"), false},
	} {
		if got := test.c.SelfIssued(); got != test.want {
			t.Errorf("%s: %v", test.c.Raw, got)
		}
	}
}

func TestMayIssue(t *testing.T) {
	constraints := func(c *Certificate, version int, valid, isCA bool) *Certificate {
		c.Version, c.BasicConstraintsValid, c.IsCA = version, valid, isCA
		return c
	}
	for name, test := range map[string]struct {
		c    *Certificate
		want bool
	}{
		"v3 CA":               {constraints(link("ca", "root", "", ""), 3, true, true), true},
		"v3 end entity":       {constraints(link("leaf", "root", "", ""), 3, true, false), false},
		"v3 without a word":   {constraints(link("root", "root", "", ""), 3, false, false), false},
		"v3 unreadable":       {constraints(link("root", "root", "", ""), 3, false, true), false},
		"v1 root":             {constraints(link("root", "root", "", ""), 1, false, false), true},
		"v1 intermediate":     {constraints(link("ca", "root", "", ""), 1, false, false), false},
		"v2 root":             {constraints(link("root", "root", "", ""), 2, false, false), true},
		"v4 CA":               {constraints(link("ca", "root", "", ""), 4, true, true), true},
		"v3 self-issued leaf": {constraints(link("leaf", "leaf", "", ""), 3, true, false), false},
	} {
		if got := test.c.MayIssue(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestIssued(t *testing.T) {
	for _, test := range []struct {
		issuer, child *Certificate
		want          bool
	}{
		{link("root", "root", "", ""), link("leaf", "root", "", ""), true},
		{link("root", "root", "1", "1"), link("leaf", "root", "2", "1"), true},
		{link("root", "root", "1", "1"), link("leaf", "root", "2", ""), true},
		{link("root", "root", "", ""), link("leaf", "root", "2", "1"), true},
		{link("root", "root", "1", "1"), link("leaf", "root", "2", "3"), false},
		{link("root", "root", "1", "1"), link("leaf", "other", "2", "1"), false},
	} {
		if got := test.issuer.Issued(test.child); got != test.want {
			t.Errorf("%s and %s: %v", test.issuer.Raw, test.child.Raw, got)
		}
	}
}

// chains are lists of certificates with what is to be found in them, by the
// numbers of the certificates.
func TestPathAndLeaf(t *testing.T) {
	leaf, ca, root := link("leaf", "ca", "1", "2"), link("ca", "root", "2", "3"), link("root", "root", "3", "3")
	crossed := link("root", "old", "3", "4")
	for name, test := range map[string]struct {
		list []*Certificate
		leaf *Certificate
		path []*Certificate
	}{
		"in order":           {[]*Certificate{leaf, ca, root}, leaf, []*Certificate{leaf, ca, root}},
		"backwards":          {[]*Certificate{root, ca, leaf}, leaf, []*Certificate{leaf, ca, root}},
		"without the middle": {[]*Certificate{leaf, root}, leaf, []*Certificate{leaf}},
		"without the root":   {[]*Certificate{ca, leaf}, leaf, []*Certificate{leaf, ca}},
		"a root alone":       {[]*Certificate{root}, root, []*Certificate{root}},
		"a root twice":       {[]*Certificate{root, root}, root, []*Certificate{root}},
		"copies":             {[]*Certificate{link("root", "root", "3", "3"), root, leaf, ca}, leaf, []*Certificate{leaf, ca, link("root", "root", "3", "3")}},
		"cross-signed first": {[]*Certificate{leaf, ca, crossed, root}, leaf, []*Certificate{leaf, ca, crossed}},
		"cross-signed last":  {[]*Certificate{leaf, ca, root, crossed}, leaf, []*Certificate{leaf, ca, root}},
		"a circle": {[]*Certificate{link("a", "b", "1", "2"), link("b", "a", "2", "1")}, link("a", "b", "1", "2"),
			[]*Certificate{link("a", "b", "1", "2"), link("b", "a", "2", "1")}},
		"strangers": {[]*Certificate{link("a", "x", "", ""), link("b", "y", "", "")}, link("a", "x", "", ""), []*Certificate{link("a", "x", "", "")}},
	} {
		found := Leaf(test.list)
		if !found.Equal(test.leaf.Certificate) {
			t.Errorf("%s: the leaf is %s", name, found.Raw)
			continue
		}
		path := Path(found, test.list)
		if !slices.EqualFunc(path, test.path, func(a, b *Certificate) bool { return a.Equal(b.Certificate) }) {
			t.Errorf("%s: the path has %d certificates, want %d", name, len(path), len(test.path))
		}
	}
	if Leaf(nil) != nil {
		t.Error("an empty list has a leaf")
	}
}

// Lists that a file can hold are gone through in no time, though nothing in
// them fits.
func TestLongLists(t *testing.T) {
	const count = 50_000
	same, chain := make([]*Certificate, count), make([]*Certificate, count)
	for i := range count {
		same[i] = link("ca", "ca", fmt.Sprint(i), "none")
		chain[(i*7919)%count] = link(fmt.Sprint("ca ", i), fmt.Sprint("ca ", i+1), "", "")
	}
	start := time.Now()
	if Leaf(same) != same[0] || len(Path(same[0], same)) != 1 {
		t.Error("among certificates of one name and none of whose keys fits there is a path")
	}
	leaf := Leaf(chain)
	if string(leaf.RawSubject) != "ca 0" || len(Path(leaf, chain)) != MaxPath {
		t.Errorf("the leaf of a long chain is %s, its path %d", leaf.Raw, len(Path(leaf, chain)))
	}
	if took := time.Since(start); took > time.Minute { // quadratic steps take longer
		t.Errorf("%d certificates took %s", count, took)
	}
}
