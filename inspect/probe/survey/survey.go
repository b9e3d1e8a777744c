// Package survey finds out what a TLS server takes, with connections that go no
// further than the server's first answer: which versions, which cipher suites,
// and whether a phone's own offer fares better with the server's name or with
// the extensions of later clients in it.
package survey

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	// MaxConnections bounds what one survey asks of a server.
	MaxConnections = 80
	// atOnce is how many connections are open side by side.
	atOnce = 4
)

// Question is what to ask.
type Question struct {
	// Dial opens a connection to the server.
	Dial func(context.Context) (net.Conn, error)
	// Offer is the ClientHello that the server refused; nil where none was
	// made, and then its variants are not tried.
	Offer *handshake.ClientHello
	// ServerName is sent with every attempt but the variants; "" sends none.
	ServerName string
}

// Ask makes the survey. It ends with ctx, with what is known by then.
func Ask(ctx context.Context, q Question) *diagnosis.Survey {
	s := &survey{question: q, places: make(chan struct{}, atOnce)}
	var group sync.WaitGroup
	group.Go(func() { s.result.WithServerName = s.variant(ctx, s.named()) })
	group.Go(func() { s.result.WithExtensions = s.variant(ctx, s.extended()) })
	group.Go(func() { s.result.InTLSFormat = s.variant(ctx, s.reformatted()) })
	group.Go(func() { s.versions(ctx) })
	group.Wait()
	s.result.CipherSuites = s.cipherSuites(ctx)
	s.result.Complete = ctx.Err() == nil && !s.cut
	return &s.result
}

type survey struct {
	question Question
	// places bounds the connections that are open at once.
	places chan struct{}

	mutex  sync.Mutex
	result diagnosis.Survey
	// cut says that MaxConnections was reached, or a connection failed.
	cut bool
}

// ask sends a ClientHello and returns the ServerHello, nil when there is none.
func (s *survey) ask(ctx context.Context, hello *handshake.ClientHello) *handshake.ServerHello {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return nil
	}
	s.mutex.Lock()
	full := s.result.Connections >= MaxConnections
	if full {
		s.cut = true
	} else {
		s.result.Connections++
	}
	s.mutex.Unlock()
	if full {
		return nil
	}
	answer, err := exchange(ctx, s.question.Dial, hello)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err != nil {
		s.cut = true
		return nil
	}
	if s.result.Leaf == nil && len(answer.chain) > 0 {
		s.result.Leaf = answer.chain[0]
	}
	return answer.hello
}

// takes asks for one version alone with every suite there is. Below TLS 1.3 a
// server may choose an older version than the one asked for.
func (s *survey) takes(ctx context.Context, v iana.ProtocolVersion) bool {
	answer := s.ask(ctx, s.offerFor(v, suitesFor(v)))
	return answer != nil && answer.Selected() == v
}

// cipherSuites takes away what the server chose until it chooses no more. It
// asks for the newest version below TLS 1.3 that the server takes and that the
// phone could have spoken, else for the newest of all, and for TLS 1.3 beside.
func (s *survey) cipherSuites(ctx context.Context) []iana.CipherSuite {
	var chosen []iana.CipherSuite
	for _, v := range s.versionsToAsk() {
		left := suitesFor(v)
		for len(left) > 0 {
			answer := s.ask(ctx, s.offerFor(v, left))
			if answer == nil || !slices.Contains(left, answer.CipherSuite) {
				break
			}
			chosen = append(chosen, answer.CipherSuite)
			left = slices.DeleteFunc(left, func(c iana.CipherSuite) bool { return c == answer.CipherSuite })
		}
	}
	return chosen
}

func (s *survey) versionsToAsk() []iana.ProtocolVersion {
	best := iana.TLS12
	if s.question.Offer != nil {
		best = slices.Max(append(s.question.Offer.Versions(), 0))
	}
	var list []iana.ProtocolVersion
	var common, newest iana.ProtocolVersion
	for _, v := range s.result.Versions {
		switch {
		case v == iana.TLS13:
			list = append(list, v)
		case v <= best:
			common, newest = v, v
		default:
			newest = v
		}
	}
	// With nothing in common, what newer clients get says most.
	if v := cmp.Or(common, newest); v != 0 {
		list = append([]iana.ProtocolVersion{v}, list...)
	}
	return list
}

// variant tells whether the server takes a variant of the phone's offer; nil
// when there is nothing to try.
func (s *survey) variant(ctx context.Context, hello *handshake.ClientHello) *bool {
	if hello == nil {
		return nil
	}
	answer := s.ask(ctx, hello)
	if answer == nil && ctx.Err() != nil {
		return nil
	}
	taken := answer != nil && slices.Contains(hello.CipherSuites, answer.CipherSuite) && answer.Selected() <= hello.Version
	return &taken
}

// named is the phone's offer with the server's name in it.
func (s *survey) named() *handshake.ClientHello {
	own := s.question.Offer
	if own == nil || s.question.ServerName == "" || own.Extensions.Find(iana.ExtensionServerName) != nil {
		return nil
	}
	return extendedBy(own, offer.ServerName(s.question.ServerName))
}

// extended is the phone's offer with the extensions of later clients in it.
func (s *survey) extended() *handshake.ClientHello {
	if s.question.Offer == nil {
		return nil
	}
	return extendedBy(s.question.Offer, offer.Modern()...)
}

// reformatted is the phone's offer in the format of TLS, where it has that of SSL
// 2.0.
func (s *survey) reformatted() *handshake.ClientHello {
	if own := s.question.Offer; own != nil && own.SSLv2 {
		return own.InTLSFormat()
	}
	return nil
}

func extendedBy(hello *handshake.ClientHello, more ...handshake.Extension) *handshake.ClientHello {
	changed := *hello.InTLSFormat()
	changed.NoExtensions = false
	changed.Extensions = slices.Clone(hello.Extensions)
	for _, e := range more {
		if hello.Extensions.Find(e.Type) == nil {
			changed.Extensions = append(changed.Extensions, e)
		}
	}
	return &changed
}

// suitesFor are the suites of a version that authenticate the server by a
// certificate.
func suitesFor(v iana.ProtocolVersion) []iana.CipherSuite {
	var list []iana.CipherSuite
	for _, suite := range iana.CipherSuites() {
		name := suite.String()
		new13 := suite>>8 == 0x13
		usual := strings.HasPrefix(name, "TLS_RSA_") || strings.HasPrefix(name, "TLS_DHE_") || strings.HasPrefix(name, "TLS_ECDHE_")
		if new13 != (v == iana.TLS13) || !new13 && (!usual || strings.Contains(name, "PSK")) {
			continue
		}
		list = append(list, suite)
	}
	return list
}

// offerFor is the ClientHello of today's clients for one version and the suites
// given.
func (s *survey) offerFor(v iana.ProtocolVersion, suites []iana.CipherSuite) *handshake.ClientHello {
	hello := &handshake.ClientHello{
		Version: min(v, iana.TLS12), CipherSuites: suites,
		CompressionMethods: []handshake.CompressionMethod{0},
	}
	if v == iana.SSL30 {
		hello.NoExtensions = true
		return hello
	}
	if name := s.question.ServerName; name != "" {
		hello.Extensions = append(hello.Extensions, offer.ServerName(name))
	}
	hello.Extensions = append(hello.Extensions, offer.Modern()...)
	if v == iana.TLS13 {
		// Without a key share the server answers HelloRetryRequest, which
		// names its choice as well (RFC 8446, section 4.1.4).
		hello.Extensions = append(hello.Extensions, offer.SupportedVersions(v),
			handshake.Extension{Type: iana.ExtensionKeyShare, Data: []byte{0, 0}})
	}
	return hello
}
