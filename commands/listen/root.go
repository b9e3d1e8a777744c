package listen

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/disk"
)

// The files of --out.
const (
	rootFile = "root.pem"
	keyFile  = "root.key"
)

// rootPath is where the root is written, "" without --out.
func (o *listenOptions) rootPath() string {
	if o.out == "" {
		return ""
	}
	return filepath.Join(o.out, rootFile)
}

// authority makes the root, or takes that of the run before out of --out.
func (o *listenOptions) authority(ctx context.Context) (*chain.Authority, error) {
	c := chain.Config{Names: o.certificateNames(), SHA1: o.sign == "sha1", Now: o.f.Now(), Random: o.f.Network.Random}
	if o.out == "" {
		return o.newAuthority(c)
	}
	root, key := o.rootPath(), filepath.Join(o.out, keyFile)
	switch hasRoot, hasKey := disk.Exists(root), disk.Exists(key); {
	case hasRoot && hasKey:
		return o.load(ctx, c, root, key)
	case hasRoot != hasKey:
		missing, there := key, root
		if hasKey {
			missing, there = root, key
		}
		return nil, factory.WithHint(fmt.Errorf("%q is there and %q is not: they belong together", there, missing), "choose another folder with --out, or remove the one that is left")
	}
	a, err := o.newAuthority(c)
	if err != nil {
		return nil, err
	}
	secret, err := a.KeyPEM()
	if err != nil {
		return nil, err
	}
	if err := disk.MakeDir(o.out); err != nil {
		return nil, factory.WithHint(fmt.Errorf("cannot make the folder %q: %w", o.out, err), "choose another one with --out")
	}
	// The key comes first: a root without its key is of no use to the next run.
	return a, o.f.Save(ctx, "", []factory.Output{{Path: key, Data: secret, Secret: true}, {Path: root, Data: a.RootPEM(), Text: true}}, nil, false)
}

func (o *listenOptions) newAuthority(c chain.Config) (*chain.Authority, error) {
	a, err := chain.New(c)
	if err != nil {
		return nil, factory.WithHint(err, "give the certificate the address or the name that the phone calls, with --name")
	}
	return a, nil
}

// load reads the root and its key of a run before.
func (o *listenOptions) load(ctx context.Context, c chain.Config, root, key string) (*chain.Authority, error) {
	var texts [2][]byte
	for i, path := range []string{root, key} {
		content, err := disk.Read(ctx, path)
		if err != nil {
			return nil, factory.WithHint(fmt.Errorf("cannot read %q: %w", path, err), "choose another folder with --out")
		}
		texts[i] = content.Data
	}
	a, err := chain.Load(c, texts[0], texts[1])
	if err != nil {
		return nil, factory.WithHint(fmt.Errorf("the root in %q cannot be used: %w", o.out, err), "choose another folder with --out; the phones need its root then")
	}
	return a, nil
}

// readOwnChain reads --cert and --key.
func readOwnChain(ctx context.Context, f *factory.Factory, pw *factory.Passwords, certificate, key string) (*chain.Chain, error) {
	own, err := f.Chain(ctx, certificate, key, pw)
	if err != nil {
		return nil, err
	}
	return newChain(own)
}

func newChain(own *tls.Certificate) (*chain.Chain, error) {
	signer, ok := own.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("the private key cannot sign")
	}
	return &chain.Chain{DER: own.Certificate, Key: signer}, nil
}
