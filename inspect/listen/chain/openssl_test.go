package chain_test

import (
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestOpenSSL: a client that holds the root and looks at the name says of each
// variant what it is, and of good, ec-key and sha512 nothing.
func TestOpenSSL(t *testing.T) {
	want := map[chain.Variant]string{
		chain.SelfSigned: "18", chain.Expired: "10", chain.NotYetValid: "9", chain.WrongName: "62",
		chain.NoIntermediate: "20", chain.UnknownRoot: "20",
	}
	for _, sha1 := range []bool{false, true} {
		c, a := config(), standard(t, sha1)
		verify := verifier(t, a)
		for _, v := range chain.Variants() {
			for _, name := range c.Names {
				kind, code := "-verify_hostname", want[v]
				if name != c.Names[0] {
					kind = "-verify_ip"
				}
				if v == chain.WrongName && kind == "-verify_ip" {
					code = "64"
				}
				if got := verify(v, kind, name); got != code {
					t.Errorf("SHA-1 %v, %s, %s: error %q, want %q", sha1, v, name, got, code)
				}
			}
			// Without a look at the name, the wrong one passes: nothing else is wrong.
			if v == chain.WrongName {
				if got := verify(v); got != "" {
					t.Errorf("%s without a look at the name: error %s", v, got)
				}
			}
		}
	}
}

// TestOneWayOnly: with the one thing put right, each variant passes.
func TestOneWayOnly(t *testing.T) {
	c, a := config(), standard(t, false)
	verify := verifier(t, a)
	at := func(days int) string { return fmt.Sprint(testca.Clock().AddDate(0, 0, days).Unix()) }
	dir := t.TempDir()
	intermediate := filepath.Join(dir, "intermediate.pem")
	write(t, intermediate, made(t, a, chain.Good).DER[1:])
	self := filepath.Join(dir, "self.pem")
	write(t, self, made(t, a, chain.SelfSigned).DER)
	for _, test := range []struct {
		variant   chain.Variant
		arguments []string
	}{
		{chain.Expired, []string{"-no_check_time"}},
		{chain.NotYetValid, []string{"-no_check_time"}},
		{chain.NotYetValid, []string{"-attime", at(8)}},
		{chain.NoIntermediate, []string{"-untrusted", intermediate}},
		{chain.SelfSigned, []string{"-trusted", self}},
		{chain.UnknownRoot, []string{"-partial_chain", "-trusted", filepath.Join(dir, "unknown.pem")}},
	} {
		if test.variant == chain.UnknownRoot {
			write(t, filepath.Join(dir, "unknown.pem"), made(t, a, chain.UnknownRoot).DER[1:])
		}
		if got := verify(test.variant, append(test.arguments, "-verify_hostname", c.Names[0])...); got != "" {
			t.Errorf("%s with %v: error %s", test.variant, test.arguments, got)
		}
	}
}

// verifier gives a function that asks openssl about a variant for the number of
// the error, "" for none.
func verifier(t *testing.T, a *chain.Authority) func(chain.Variant, ...string) string {
	program, dir := realparts.Need(t, "openssl"), t.TempDir()
	root := filepath.Join(dir, "root.pem")
	if err := os.WriteFile(root, a.RootPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`(?m)^error (\d+) at`)
	return func(v chain.Variant, more ...string) string {
		t.Helper()
		sent, leaf := filepath.Join(dir, string(v)+".pem"), filepath.Join(dir, string(v)+"-leaf.pem")
		list := made(t, a, v).DER
		write(t, leaf, list[:1])
		arguments := []string{"verify", "-purpose", "sslserver", "-x509_strict"}
		if !slices.Contains(more, "-no_check_time") {
			arguments = append(arguments, "-attime", fmt.Sprint(testca.Clock().Unix()))
		}
		if slices.Contains(more, "-trusted") {
			arguments = append(arguments, "-no-CAfile")
		} else {
			arguments = append(arguments, "-CAfile", root)
		}
		if len(list) > 1 {
			write(t, sent, list[1:])
			arguments = append(arguments, "-untrusted", sent)
		}
		out, err := exec.Command(program, append(append(arguments, more...), leaf)...).CombinedOutput()
		if found := number.FindSubmatch(out); found != nil {
			return string(found[1])
		}
		if err != nil {
			t.Fatalf("%s: %v: %s", v, err, out)
		}
		return ""
	}
}

func write(t *testing.T, path string, list [][]byte) {
	t.Helper()
	var text []byte
	for _, der := range list {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
