package learn

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset/compare"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// hello takes from the ClientHello what it is made of, and what the profile says
// of it in words. One that cannot be written down is left out, for whoever calls
// may say anything.
func (l *learner) hello() {
	if len(l.seen.Hello) == 0 {
		l.note("no ClientHello of the phone was seen")
		return
	}
	data, left, err := offer.FromHello(l.seen.Hello)
	if err != nil {
		l.note("the ClientHello cannot be written down: %v", err)
		return
	}
	for _, words := range left {
		l.note("the profile's ClientHello has %s", words)
	}
	tls := &l.profile.TLS
	state(l, &tls.ClientHello, data)
	if hello := parse(l.seen.Hello); hello != nil {
		state(l, &tls.CipherSuites, compare.Suites(data))
		state(l, &tls.Extensions, compare.Extensions(data))
		l.versions(hello)
		l.library(hello)
		l.serverName(hello)
	}
}

// versions: a client that names its versions shows all of them (RFC 8446,
// section 4.2.1); one that does not shows the best alone (RFC 5246, appendix
// E.1), and then a base that ends with the same version may well be right.
func (l *learner) versions(hello *handshake.ClientHello) {
	offered := slices.DeleteFunc(slices.Clone(hello.Versions()), func(v iana.ProtocolVersion) bool { return v < iana.SSL30 || v > iana.TLS13 })
	if len(offered) == 0 {
		return
	}
	if hello.Extensions.Find(iana.ExtensionSupportedVersions) != nil {
		slices.Sort(offered)
		var names []string
		for _, v := range slices.Compact(offered) {
			names = append(names, v.String())
		}
		state(l, &l.profile.TLS.Versions, names)
		return
	}
	best := offered[0]
	if l.base != nil {
		if known := offer.Versions(l.base); len(known) > 0 && slices.Max(known) == best {
			return
		}
	}
	gap(l, &l.profile.TLS.Versions, "the ClientHello names "+best.String()+" as the best; whether the phone takes an older version does not show in it")
}

// serverName: a name that is missing means something only where there was one
// to send.
func (l *learner) serverName(hello *handshake.ClientHello) {
	host := strings.TrimSuffix(l.seen.Host, ".")
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	isName := host != "" && err != nil
	sent := hello.Extensions.Find(iana.ExtensionServerName) != nil
	switch {
	case sent, isName:
		state(l, &l.profile.TLS.SNI, sent)
	case l.base == nil || !l.base.TLS.SNI.Known():
		gap(l, &l.profile.TLS.SNI, "no name was sent, and whether the phone was told to reach a name or an address is not known")
		fallthrough
	default:
		l.note("whether the phone sends the server's name does not show: it sent none, and was perhaps told to reach an address")
	}
}

// Kind tells ClientHellos apart by what does not change from one connection to
// the next: versions, cipher suites, extensions. "" is no ClientHello.
func Kind(record []byte) string {
	hello := parse(record)
	if hello == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprint(&b, hello.Version, hello.CompressionMethods, hello.CipherSpecs)
	for _, suite := range hello.CipherSuites {
		if !iana.GREASE(suite) {
			fmt.Fprintf(&b, " %d", suite)
		}
	}
	for _, e := range hello.Extensions {
		switch {
		case iana.GREASE(e.Type):
		case e.Type == iana.ExtensionServerName, e.Type == iana.ExtensionPadding,
			e.Type == iana.ExtensionPreSharedKey, e.Type == iana.ExtensionSessionTicket:
			// They come and go with the server and with what was before.
		default:
			fmt.Fprintf(&b, "/%d", e.Type)
		}
	}
	return b.String()
}
