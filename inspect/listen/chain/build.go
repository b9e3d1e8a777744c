package chain

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"slices"
	"strings"
)

// build makes a variant. The mutex is held.
func (a *Authority) build(v Variant) (*Chain, error) {
	if err := a.prepare(); err != nil {
		return nil, err
	}
	switch v {
	case SelfSigned:
		return a.selfSigned()
	case UnknownRoot:
		return a.belowStranger()
	}
	key := a.key
	if v == ECKey {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	leaf, err := a.leaf(v, key)
	if err != nil {
		return nil, err
	}
	made := &Chain{Variant: v, DER: [][]byte{leaf.Raw}, Key: key}
	if v != NoIntermediate {
		made.DER = append(made.DER, a.intermediate.certificate.Raw)
	}
	if v == CrossSignedExpired {
		cross, err := a.crossSign()
		if err != nil {
			return nil, err
		}
		made.DER = append(made.DER, cross.Raw)
	}
	return made, nil
}

// prepare makes what most variants share.
func (a *Authority) prepare() (err error) {
	if a.key == nil {
		if a.key, err = newKey(); err != nil {
			return err
		}
	}
	if a.intermediate == nil {
		a.intermediate, err = a.config.newIssuer("Listening intermediate CA", a.config.rootPeriod(), a.root)
	}
	return err
}

// leaf is the server's certificate below the intermediate.
func (a *Authority) leaf(v Variant, key crypto.Signer) (*x509.Certificate, error) {
	names, valid, now := a.config.Names, a.config.serverPeriod(), a.config.Now
	switch v {
	case WrongName:
		names = []string{wrongName(names)}
	case Expired:
		valid = period{now.AddDate(0, 0, -serverDays), now.Add(-margin)}
	case NotYetValid:
		valid = period{now.Add(margin), now.AddDate(0, 0, serverDays)}
	}
	template, err := a.config.server(names, valid)
	if err != nil {
		return nil, err
	}
	switch v {
	case ECKey:
		// RFC 8422, section 5.3: such a key signs, and enciphers nothing.
		template.KeyUsage = x509.KeyUsageDigitalSignature
	case SHA512:
		template.SignatureAlgorithm = x509.SHA512WithRSA
	}
	return a.intermediate.sign(template, key.Public())
}

// wrongName is a name that none of the right ones covers, as *.example.com would.
func wrongName(right []string) string {
	wrong := ""
	for _, domain := range []string{"example.com", "example.net", "example.org", "test"} {
		wrong = "wrong-name." + domain
		if !slices.ContainsFunc(right, func(name string) bool { return strings.HasSuffix(strings.ToLower(name), domain) }) {
			break
		}
	}
	return wrong
}

// selfSigned has no key usage, for one without keyCertSign is no issuer to newer
// libraries, not even its own, and they would then miss an issuer.
func (a *Authority) selfSigned() (*Chain, error) {
	template, err := a.config.server(a.config.Names, a.config.serverPeriod())
	if err != nil {
		return nil, err
	}
	template.KeyUsage = 0
	own := &issuer{template, a.key}
	leaf, err := own.sign(template, a.key.Public())
	if err != nil {
		return nil, err
	}
	return &Chain{Variant: SelfSigned, DER: [][]byte{leaf.Raw}, Key: a.key}, nil
}

// belowStranger is a whole chain below a root that nobody has and that is not
// sent.
func (a *Authority) belowStranger() (*Chain, error) {
	root, err := a.config.newIssuer("Listening unknown CA", a.config.rootPeriod(), nil)
	if err != nil {
		return nil, err
	}
	intermediate, err := a.config.newIssuer("Listening unknown intermediate CA", a.config.rootPeriod(), root)
	if err != nil {
		return nil, err
	}
	template, err := a.config.server(a.config.Names, a.config.serverPeriod())
	if err != nil {
		return nil, err
	}
	leaf, err := intermediate.sign(template, a.key.Public())
	if err != nil {
		return nil, err
	}
	return &Chain{Variant: UnknownRoot, DER: [][]byte{leaf.Raw, intermediate.certificate.Raw}, Key: a.key}, nil
}

// crossSign is the root's certificate as an older root would have given it, which
// expired a week ago. The cross-sign itself is within its dates, as that of DST
// Root CA X3 was (the fact sheet on field failures, number 1).
func (a *Authority) crossSign() (*x509.Certificate, error) {
	now := a.config.Now
	old, err := a.config.newIssuer("Listening old CA", period{now.AddDate(-2*rootYears, 0, 0), now.Add(-margin)}, nil)
	if err != nil {
		return nil, err
	}
	root := a.root.certificate
	template, err := a.config.template(root.Subject, a.config.rootPeriod())
	if err != nil {
		return nil, err
	}
	asCA(template)
	template.RawSubject, template.SubjectKeyId = root.RawSubject, root.SubjectKeyId
	return old.sign(template, root.PublicKey)
}
