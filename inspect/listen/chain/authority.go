package chain

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Authority is the private root and what hangs below it. It makes each variant
// once, when it is first asked for, and may be used by several goroutines.
type Authority struct {
	config Config
	root   *issuer

	mutex  sync.Mutex // holds what follows, and config.Random
	chains map[Variant]*Chain
	// What variants share, made when first needed: the server's key, and the
	// intermediate below the root.
	key          crypto.Signer
	intermediate *issuer
}

// New makes a root. The error says which name cannot stand in a certificate, or
// is that of the randomness.
func New(c Config) (*Authority, error) {
	if err := checkNames(c.Names); err != nil {
		return nil, err
	}
	c = c.complete()
	root, err := c.newIssuer("Listening CA", c.rootPeriod(), nil)
	if err != nil {
		return nil, err
	}
	return newAuthority(c, root), nil
}

func newAuthority(c Config, root *issuer) *Authority {
	return &Authority{config: c, root: root, chains: map[Variant]*Chain{}}
}

func (c Config) complete() Config {
	c.Names = slices.Clone(c.Names)
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return c
}

// Root is the certificate to upload to a phone.
func (a *Authority) Root() *x509.Certificate { return a.root.certificate }

// Chain makes a variant. The error is that of the randomness, or says that there
// is no such variant. The answer is shared, and not to be changed.
func (a *Authority) Chain(v Variant) (*Chain, error) {
	if !slices.Contains(Variants(), v) {
		return nil, fmt.Errorf("no chain is called %q", v)
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if made := a.chains[v]; made != nil {
		return made, nil
	}
	made, err := a.build(v)
	if err == nil {
		a.chains[v] = made
	}
	return made, err
}

// maxName is the longest host name (RFC 1035, section 2.3.4).
const maxName = 253

func checkNames(names []string) error {
	if len(names) == 0 {
		return errors.New("a server's certificate needs a name")
	}
	for _, name := range names {
		// RFC 5280, section 4.2.1.6: dNSName is an IA5String.
		if name == "" || len(name) > maxName || strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			return fmt.Errorf("%q cannot stand in a certificate: a name has letters, digits, dots and hyphens, with xn--… for any others, and at most %d of them", name, maxName)
		}
	}
	return nil
}
