package uas

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/icholy/digest"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// nonceTime is how long a nonce is good for.
const nonceTime = 5 * time.Minute

// MD5 and SHA256 are the algorithms that a challenge may ask for (RFC 8760).
const (
	MD5    = "MD5"
	SHA256 = "SHA-256"
)

// gate asks for passwords (RFC 3261, section 22; RFC 8760). Its nonces carry
// their time under a seal, so that none has to be kept.
type gate struct {
	users map[string]string
	realm string
	// algorithms are those of the challenges, in their order.
	algorithms []string
	clock      func() time.Time
	seal       []byte
}

func newGate(c Config) (*gate, error) {
	g := &gate{users: c.Users, realm: c.Realm, algorithms: c.Algorithms, clock: c.Clock, seal: make([]byte, sha256.Size)}
	_, err := io.ReadFull(c.Random, g.seal)
	return g, err
}

// denial is why a request is not let in; stale says that a fresh nonce is all
// that it takes.
type denial struct {
	why   string
	stale bool
}

// check looks at the answer to a challenge; nil lets the request in. Whoever
// has a password may register any address: a phone's name for authentication
// need not be that of its account.
func (g *gate) check(q *request) (user string, d *denial) {
	if len(g.users) == 0 {
		return "", nil
	}
	d = &denial{why: "a password is asked for"}
	for _, value := range q.fields.All("authorization") {
		answer, err := digest.ParseCredentials(value)
		if err != nil || answer.Realm != g.realm {
			d = &denial{why: "the answer to the challenge is for another realm, or no digest"}
			continue
		}
		name := wire.Clean(answer.Username)
		if d = g.verify(q.method, answer); d == nil {
			return name, nil
		}
		user = name
	}
	return user, d
}

func (g *gate) verify(method string, answer *digest.Credentials) *denial {
	password, known := g.users[answer.Username]
	options := digest.Options{
		Method: method, URI: answer.URI, Count: answer.Nc, Cnonce: answer.Cnonce,
		Username: answer.Username, Password: password,
	}
	asked := &digest.Challenge{Realm: g.realm, Nonce: answer.Nonce, Algorithm: answer.Algorithm}
	if answer.QOP != "" {
		asked.QOP = []string{answer.QOP}
	}
	if !g.offers(answer.Algorithm) || answer.QOP != "" && answer.QOP != "auth" || answer.QOP == "auth" && (answer.Cnonce == "" || answer.Nc < 1) {
		return &denial{why: "the digest is not of a kind that was asked for"}
	}
	wanted, err := digest.Digest(asked, options)
	right := err == nil && subtle.ConstantTimeCompare([]byte(wanted.Response), []byte(strings.ToLower(answer.Response))) == 1
	made, ours := g.opened(answer.Nonce)
	age := g.clock().Sub(made)
	switch {
	case !known:
		return &denial{why: fmt.Sprintf("there is no user %q", answer.Username)}
	case !right:
		return &denial{why: fmt.Sprintf("the password of %q is wrong", answer.Username)}
	case !ours, age > nonceTime, age < -time.Second:
		return &denial{why: "the nonce has expired", stale: true}
	}
	return nil
}

// offers reports whether a challenge asks for an algorithm; one that is left out
// is MD5 (RFC 8760, section 2.1).
func (g *gate) offers(algorithm string) bool {
	algorithm = strings.ToUpper(cmp.Or(algorithm, MD5))
	return slices.Contains(g.algorithms, algorithm)
}

// challenge is the header field that asks for a password, proxyChallenge that of
// a proxy (RFC 3261, section 22.3).
const (
	challenge      = "WWW-Authenticate"
	proxyChallenge = "Proxy-Authenticate"
)

// challenges are the header fields that ask for a password.
func (g *gate) challenges(field string, stale bool) []string {
	nonce := g.nonce(g.clock())
	var list []string
	for _, algorithm := range g.algorithms {
		c := &digest.Challenge{Realm: g.realm, Nonce: nonce, Algorithm: algorithm, QOP: []string{"auth"}, Stale: stale}
		list = append(list, field+": "+c.String())
	}
	return list
}

func (g *gate) nonce(made time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(made.UnixMilli()))
	mac := hmac.New(sha256.New, g.seal)
	mac.Write(b)
	return hex.EncodeToString(append(b, mac.Sum(nil)[:16]...))
}

// opened is when a nonce was made; false if that was not here.
func (g *gate) opened(nonce string) (made time.Time, ours bool) {
	b, err := hex.DecodeString(nonce)
	if err != nil || len(b) != 8+16 {
		return made, false
	}
	made = time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
	return made, subtle.ConstantTimeCompare([]byte(g.nonce(made)), []byte(nonce)) == 1
}
