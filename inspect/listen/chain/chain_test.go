package chain_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/testca"
)

// config is what the tests listen with; its names are of each kind.
func config() chain.Config {
	return chain.Config{Names: []string{"pbx.example.com", "192.0.2.1", "2001:db8::1"}, Now: testca.Clock(), Random: rand.Reader}
}

// standard is an authority with that config, for all tests that do not change it:
// keys are slow to make.
func standard(t testing.TB, sha1 bool) *chain.Authority {
	t.Helper()
	a, err := newStandard()
	if sha1 {
		a, err = oldStandard()
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var newStandard = sync.OnceValues(func() (*chain.Authority, error) { return chain.New(config()) })

var oldStandard = sync.OnceValues(func() (*chain.Authority, error) {
	c := config()
	c.SHA1 = true
	return chain.New(c)
})

func authority(t testing.TB, c chain.Config) *chain.Authority {
	t.Helper()
	a, err := chain.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func made(t testing.TB, a *chain.Authority, v chain.Variant) *chain.Chain {
	t.Helper()
	c, err := a.Chain(v)
	if err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	return c
}

func parsed(t testing.TB, c *chain.Chain) []*x509.Certificate {
	t.Helper()
	var list []*x509.Certificate
	for _, der := range c.DER {
		p, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// TestVariants: each has the length, key, names and digests that it should, and
// its private key is that of its certificate.
func TestVariants(t *testing.T) {
	names := config().Names
	for _, sha1 := range []bool{false, true} {
		a := standard(t, sha1)
		usual := x509.SHA256WithRSA
		if sha1 {
			usual = x509.SHA1WithRSA
		}
		for _, v := range chain.Variants() {
			made := made(t, a, v)
			list := parsed(t, made)
			length, digest, have := 2, usual, names
			switch v {
			case chain.SelfSigned, chain.NoIntermediate:
				length = 1
			case chain.CrossSignedExpired:
				length = 3
			case chain.SHA512:
				digest = x509.SHA512WithRSA
			case chain.WrongName:
				have = []string{"wrong-name.example.net"}
			}
			leaf := list[0]
			if made.Variant != v || len(list) != length || !slices.Equal(leaf.DNSNames, have) || leaf.Subject.CommonName != have[0] {
				t.Errorf("%s: %s, %d certificates, %q, names %q", v, made.Variant, len(list), leaf.Subject.CommonName, leaf.DNSNames)
			}
			if v != chain.WrongName && (len(leaf.IPAddresses) != 2 || leaf.VerifyHostname("192.0.2.1") != nil || leaf.VerifyHostname("2001:db8::1") != nil) {
				t.Errorf("%s: addresses %v", v, leaf.IPAddresses)
			}
			for i, c := range list {
				want := usual
				if i == 0 {
					want = digest
				}
				if c.SignatureAlgorithm != want {
					t.Errorf("%s: certificate %d is signed with %s", v, i, c.SignatureAlgorithm)
				}
				if c.NotAfter.Year() > 2037 {
					t.Errorf("%s: certificate %d is valid until %s, which 32-bit clocks do not reach", v, i, c.NotAfter)
				}
			}
			key, ec := made.Key.Public(), v == chain.ECKey
			if _, isEC := key.(*ecdsa.PublicKey); isEC != ec || !key.(interface{ Equal(crypto.PublicKey) bool }).Equal(leaf.PublicKey) {
				t.Errorf("%s: %T, or not the certificate's key", v, key)
			}
			if k, isRSA := key.(*rsa.PublicKey); isRSA && k.N.BitLen() != 2048 {
				t.Errorf("%s: %d bits", v, k.N.BitLen())
			}
			if slices.ContainsFunc(list, func(c *x509.Certificate) bool { return c.Equal(a.Root()) }) {
				t.Errorf("%s sends the root", v)
			}
		}
	}
}

// TestUnlikeAnother: no two certificates of an issuer share a serial number, and
// no two authorities a name.
func TestUnlikeAnother(t *testing.T) {
	a := standard(t, false)
	seen, names := map[string][]byte{}, map[string]bool{}
	for _, v := range chain.Variants() {
		for _, c := range parsed(t, made(t, a, v)) {
			id := c.Issuer.String() + c.SerialNumber.String()
			if other := seen[id]; other != nil && !bytes.Equal(other, c.Raw) {
				t.Errorf("%s: two certificates are %s", v, id)
			}
			seen[id] = c.Raw
			names[c.Issuer.CommonName] = true
		}
	}
	if len(names) != 6 { // the self-signed server and five CAs
		t.Errorf("issuers: %v", names)
	}
	if other := authority(t, config()); other.Root().Subject.CommonName == a.Root().Subject.CommonName {
		t.Errorf("two roots are called %q", a.Root().Subject.CommonName)
	}
}

// TestOnce: whoever asks at the same time gets the same chain.
func TestOnce(t *testing.T) {
	c := config()
	c.Random = &counted{}
	a := authority(t, c)
	var group sync.WaitGroup
	first := make([][10]*chain.Chain, 4)
	for i := range first {
		group.Go(func() {
			for j, v := range chain.Variants() {
				first[i][j], _ = a.Chain(v)
			}
		})
	}
	group.Wait()
	for i := range first {
		if first[i] != first[0] || first[i][0] == nil {
			t.Fatal("the same variant was made twice, or not at all")
		}
	}
}

// counted is a source without a lock: the race detector sees who shares it.
type counted struct{ n byte }

func (c *counted) Read(b []byte) (int, error) {
	c.n++
	for i := range b {
		b[i] = c.n
	}
	return len(b), nil
}

func TestNewRefuses(t *testing.T) {
	for _, names := range [][]string{nil, {""}, {"tele fon"}, {"küche.example.com"}, {"a\x00b"}, {strings.Repeat("a", 254)}} {
		c := config()
		c.Names = names
		if _, err := chain.New(c); err == nil {
			t.Errorf("%q was taken", names)
		}
	}
	c := config()
	c.Random = bytes.NewReader(make([]byte, 8)) // enough for the root alone
	a := authority(t, c)
	if _, err := a.Chain(chain.Good); err == nil {
		t.Error("a chain was made without randomness")
	}
	if _, err := a.Chain("best"); err == nil || !strings.Contains(err.Error(), `"best"`) {
		t.Errorf("a variant that is none: %v", err)
	}
	c.Random = failing{}
	if _, err := chain.New(c); !errors.Is(err, errDry) {
		t.Errorf("without randomness: %v", err)
	}
}

var errDry = errors.New("dry")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errDry }

// TestLongName: a common name has 64 characters at most.
func TestLongName(t *testing.T) {
	long := strings.Repeat("a", 63) + "." + strings.Repeat("b", 63) + ".example.com"
	for _, test := range []struct{ names, want string }{{long + " pbx.example.com", "pbx.example.com"}, {long, long[:64]}} {
		c := config()
		c.Names = strings.Fields(test.names)
		leaf := parsed(t, made(t, authority(t, c), chain.Good))[0]
		if leaf.Subject.CommonName != test.want || leaf.VerifyHostname(long) != nil {
			t.Errorf("%q: common name %q", test.names, leaf.Subject.CommonName)
		}
	}
}

// TestDates: nothing outlives what 32-bit clocks show, and nothing its issuer.
func TestDates(t *testing.T) {
	c := config()
	c.Now = time.Date(2036, 12, 1, 0, 0, 0, 0, time.UTC)
	a := authority(t, c)
	for _, v := range chain.Variants() {
		for i, p := range append(parsed(t, made(t, a, v)), a.Root()) {
			if p.NotAfter.After(time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)) || !p.NotAfter.After(p.NotBefore) {
				t.Errorf("%s, certificate %d: %s to %s", v, i, p.NotBefore, p.NotAfter)
			}
		}
	}
	good := parsed(t, made(t, a, chain.Good))
	if good[0].NotAfter.After(good[1].NotAfter) || good[1].NotAfter.After(a.Root().NotAfter) {
		t.Error("a certificate outlives its issuer")
	}
}
