package sip

import (
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"github.com/icholy/digest"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// maxChallenges is how many challenges of one answer are read.
const maxChallenges = 16

// challenge is what a 401 or 407 asks for.
type challenge struct {
	// scheme is "Digest" in a challenge of that kind.
	scheme string
	*digest.Challenge
}

// challenges are those of an answer; none if it is no challenge.
func (m *message) challenges() []challenge {
	name := "www-authenticate"
	switch m.status {
	case 401:
	case 407:
		name = "proxy-authenticate"
	default:
		return nil
	}
	var list []challenge
	for _, value := range m.fields.All(name) {
		if len(list) == maxChallenges {
			break
		}
		scheme, _, _ := strings.Cut(value, " ")
		parsed, err := digest.ParseChallenge(value)
		if err != nil {
			parsed = &digest.Challenge{}
		}
		for i, qop := range parsed.QOP {
			parsed.QOP[i] = strings.TrimSpace(qop)
		}
		list = append(list, challenge{scheme, parsed})
	}
	return list
}

// describe returns the realm and the algorithm, for the report.
func (c challenge) describe() (realm, algorithm string) {
	switch {
	case c.Algorithm != "":
		return wire.Clean(c.Realm), wire.Clean(c.Algorithm)
	case strings.EqualFold(c.scheme, "Digest"):
		// RFC 8760 section 2.1: what is left out is MD5.
		return wire.Clean(c.Realm), "MD5"
	}
	return wire.Clean(c.Realm), wire.Clean(c.scheme)
}

// strength orders what can be answered; 0 cannot.
func (c challenge) strength() int {
	if c.Nonce == "" || len(c.QOP) > 0 && !c.SupportsQOP("auth") {
		return 0
	}
	return 1 + slices.Index([]string{"MD5", "SHA-256", "SHA-512-256"}, strings.ToUpper(c.algorithm()))
}

func (c challenge) algorithm() string {
	_, name := c.describe()
	return name
}

// strongest is the challenge to answer, or the first one when none can be.
func strongest(list []challenge) (challenge, bool) {
	best := list[0]
	for _, c := range list[1:] {
		if c.strength() > best.strength() {
			best = c
		}
	}
	return best, best.strength() > 0
}

// authorization is the header field that answers a challenge (RFC 3261 section
// 22, RFC 8760).
func (s *session) authorization(status int, c challenge, method string, who Credentials) (string, error) {
	nonce := make([]byte, 8)
	if _, err := io.ReadFull(s.Random, nonce); err != nil {
		return "", err
	}
	answer, err := digest.Digest(c.Challenge, digest.Options{
		Method: method, URI: s.target(), Count: 1, Cnonce: hex.EncodeToString(nonce),
		Username: who.Username, Password: who.Password,
	})
	if err != nil {
		return "", err
	}
	if status == 407 {
		return "Proxy-Authorization: " + answer.String(), nil
	}
	return "Authorization: " + answer.String(), nil
}
