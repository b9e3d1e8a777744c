package main

import (
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// body is a TBSCertificate (RFC 5280, section 4.1).
type body struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     *big.Int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	Key        asn1.RawValue
	Extensions []pkix.Extension `asn1:"optional,explicit,tag:3"`
}

type signed struct {
	Body      asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// rekeyed gives every certificate an RSA key and a signature with SHA-1, or
// with MD5 where the suite's is with SHA-1 because that is deprecated. Nothing
// else changes. The keys are kept in memory alone.
func rekeyed(f *file) (*file, error) {
	out := &file{f.Source, f.Vectors, map[string][]byte{}}
	k := &keyring{}
	rootKey, err := k.next()
	if err != nil {
		return nil, err
	}
	for _, v := range f.Vectors {
		k.used = 1 // every case begins anew, with the root's key taken
		root, err := x509.ParseCertificate(f.Certificates["root"])
		if err != nil {
			return nil, err
		}
		bySubject := map[string]*rsa.PrivateKey{string(root.RawSubject): rootKey}
		for _, id := range append(v.Sent, v.Store...) {
			c, err := x509.ParseCertificate(f.Certificates[id])
			if err != nil {
				return nil, err
			}
			for _, name := range [][]byte{c.RawSubject, c.RawIssuer} {
				if bySubject[string(name)] == nil {
					if bySubject[string(name)], err = k.next(); err != nil {
						return nil, err
					}
				}
			}
			if out.Certificates[id] != nil {
				continue
			}
			if out.Certificates[id], err = sign(c, bySubject[string(c.RawSubject)], bySubject[string(c.RawIssuer)]); err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
		}
	}
	return out, nil
}

// keyring makes the keys of one case, and uses them again for the next.
type keyring struct {
	keys []*rsa.PrivateKey
	used int
}

func (k *keyring) next() (*rsa.PrivateKey, error) {
	if k.used == len(k.keys) {
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			return nil, err
		}
		k.keys = append(k.keys, key)
	}
	k.used++
	return k.keys[k.used-1], nil
}

func sign(c *x509.Certificate, own, issuer *rsa.PrivateKey) ([]byte, error) {
	var b body
	if _, err := asn1.Unmarshal(c.RawTBSCertificate, &b); err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKIXPublicKey(own.Public())
	if err != nil {
		return nil, err
	}
	b.Key = asn1.RawValue{FullBytes: key}
	const md5WithRSA, sha1WithRSA = 4, 5 // RFC 3279, section 2.2.1
	kind := sha1WithRSA
	if c.SignatureAlgorithm == x509.ECDSAWithSHA1 {
		kind = md5WithRSA
	}
	b.Algorithm = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, kind}, Parameters: asn1.NullRawValue}
	message, err := asn1.Marshal(b)
	if err != nil {
		return nil, err
	}
	hash, digest := crypto.SHA1, sha1.Sum(message)
	sum := digest[:]
	if kind == md5WithRSA {
		weak := md5.Sum(message)
		hash, sum = crypto.MD5, weak[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, issuer, hash, sum)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(signed{asn1.RawValue{FullBytes: message}, b.Algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
}
