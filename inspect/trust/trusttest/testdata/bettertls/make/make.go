// Make writes the cases of BetterTLS: of path building all, as the suite makes
// them and once more with the keys and signatures that every OpenSSL knows, and
// of name constraints those that differ in kind.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/Netflix/bettertls/test-suites/certutil"
	"github.com/Netflix/bettertls/test-suites/nameconstraints"
	"github.com/Netflix/bettertls/test-suites/pathbuilding"
	suite "github.com/Netflix/bettertls/test-suites/test-case"
)

// file is one of the files. Certificates are DER.
type file struct {
	Source       string            `json:"source"`
	Vectors      []vector          `json:"vectors"`
	Certificates map[string][]byte `json:"certificates"`
}

// vector is a case: what the server sends, what the client trusts, the time at
// which the suite made it, and whether the suite expects a path.
type vector struct {
	Line   string   `json:"line"`
	Name   string   `json:"name"`
	Sent   []string `json:"sent"`
	Store  []string `json:"store"`
	Clock  int64    `json:"clock"`
	Host   string   `json:"host"`
	Accept bool     `json:"accept"`
}

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	paths, err := export(pathbuilding.NewTestCaseProvider(), name)
	if err != nil {
		return err
	}
	old, err := rekeyed(paths)
	if err != nil {
		return err
	}
	names, err := export(nameconstraints.NewTestCaseProvider(), newSelection().name)
	if err != nil {
		return err
	}
	return errors.Join(paths.write("../suite.json.gz"), old.write("../rsa.json.gz"), names.write("../names.json.gz"))
}

// export lets the suite make its cases, under one root. A case without a name
// is left out.
func export(provider suite.TestCaseProvider, name func(suite.TestCase) string) (*file, error) {
	root, key, err := certutil.GenerateSelfSignedCert("bettertls_trust_root")
	if err != nil {
		return nil, err
	}
	f := &file{Source: source(), Certificates: map[string][]byte{"root": root.Raw}}
	clock := time.Now().Unix() // the suite's certificates begin a day before, or end an hour before
	count, err := provider.GetTestCaseCount()
	if err != nil {
		return nil, err
	}
	for i := range count {
		c, err := provider.GetTestCase(i)
		if err != nil {
			return nil, err
		}
		called := name(c)
		if called == "" {
			continue
		}
		chain, err := c.GetCertificates(root, key)
		if err != nil {
			return nil, err
		}
		expected := c.ExpectedResult()
		v := vector{Line: "bettertls", Name: fmt.Sprintf("%d %s", i, called), Store: []string{"root"}, Clock: clock, Host: c.GetHostname(),
			Accept: expected == suite.EXPECTED_RESULT_PASS || expected == suite.EXPECTED_RESULT_SOFT_PASS}
		for j, der := range chain.Certificate {
			id := fmt.Sprintf("%02d.%02d", i, j)
			if bytes.Equal(der, root.Raw) {
				id = "root"
			}
			f.Certificates[id] = der
			v.Sent = append(v.Sent, id)
		}
		f.Vectors = append(f.Vectors, v)
	}
	return f, nil
}

// name says what a case is: its graph, from where to where, what is broken.
func name(given suite.TestCase) string {
	c := given.(*pathbuilding.TestCaseImpl)
	e := c.ExplicitTestCase
	text := fmt.Sprintf("%s, %s to %s", e.TrustGraph.Name(), e.SrcNode, e.DstNode)
	for i, edge := range e.InvalidEdges {
		text += [...]string{", " + c.InvalidReason.String() + " ", " and "}[min(i, 1)] + edge.Source + " to " + edge.Destination
	}
	return text
}

// source is the module that made the cases, with its version and hash.
func source() string {
	if info, known := debug.ReadBuildInfo(); known {
		for _, d := range info.Deps {
			if strings.HasSuffix(d.Path, "/bettertls") {
				return d.Path + " " + d.Version + " " + d.Sum
			}
		}
	}
	return ""
}

func (f *file) write(path string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(z).Encode(f), z.Close())
}
