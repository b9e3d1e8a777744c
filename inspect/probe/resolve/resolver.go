package resolve

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// What one target may lead to. A domain with more servers has enough.
const (
	maxHosts     = 16
	maxAddresses = 64
)

// System looks names up as the computer does, its hosts file included; a
// *net.Resolver is one.
type System interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupCNAME(ctx context.Context, host string) (string, error)
}

// Resolver finds the addresses of a target.
type Resolver struct {
	// System answers A and AAAA, and SRV where there are no Servers.
	System System
	// Servers are the system's DNS servers: only they are asked for NAPTR, which
	// systems do not look up.
	Servers []netip.AddrPort
	// Server, when set, is asked everything, and the system nothing.
	Server netip.AddrPort
	// Dial connects to DNS servers, by "udp" and "tcp".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Rand returns a number from 0 to below n, for the weights of SRV records;
	// nil takes one of the standard library's.
	Rand func(n int) int
	// wait is how long one server has for one question; 0 is attempt.
	wait time.Duration
}

// query is one target on its way to addresses.
type query struct {
	*Resolver
	ctx     context.Context
	servers []netip.AddrPort
	// direct says that the system is asked nothing.
	direct bool
	// silent says that no server answered a question in time: later questions
	// do not wait as long again.
	silent atomic.Bool
	lookup diagnosis.Lookup
}

func (q *query) rounds() int {
	if q.silent.Load() {
		return 1
	}
	return rounds
}

// host is where a server is to be found.
type host struct {
	name string
	port uint16
}

// Resolve finds the addresses of a target, in the order in which they are to
// be tried. The time is bounded by ctx. Where there is no address, the error
// in the answer says why.
func (r *Resolver) Resolve(ctx context.Context, target diagnosis.Target) diagnosis.Lookup {
	q := &query{Resolver: r, ctx: ctx, servers: r.Servers}
	if r.Server.IsValid() {
		q.servers, q.direct = []netip.AddrPort{r.Server}, true
	}
	if address, err := netip.ParseAddr(target.Host); err == nil {
		q.lookup.Addresses = []netip.AddrPort{netip.AddrPortFrom(address, target.Port)}
		return q.lookup
	}
	hosts, err := q.hosts(target)
	if err != "" {
		q.lookup.Error = err
		return q.lookup
	}
	for _, h := range hosts {
		for _, address := range q.addresses(h.name) {
			if len(q.lookup.Addresses) < maxAddresses {
				q.lookup.Addresses = append(q.lookup.Addresses, netip.AddrPortFrom(address, h.port))
			}
		}
	}
	if len(q.lookup.Addresses) == 0 {
		q.lookup.Error = q.why(hosts)
	}
	return q.lookup
}

// hosts are those of the SRV records, else the target's own.
func (q *query) hosts(target diagnosis.Target) ([]host, string) {
	own := []host{{target.Host, target.Port}}
	if target.Discovery == diagnosis.ByAddress {
		return own, ""
	}
	for _, name := range q.services(target) {
		hosts, none := q.serviceHosts(name)
		if none {
			return nil, plain(name) + " says that there is no SIP over TLS here: its SRV record points to \".\""
		}
		if len(hosts) > 0 {
			return hosts, ""
		}
	}
	return own, ""
}

// why says why no host has an address: what may pass comes before what will
// not.
func (q *query) why(hosts []host) string {
	if q.ctx.Err() != nil {
		return "the time was up before the DNS had answered for " + plain(hosts[len(hosts)-1].name)
	}
	for _, reason := range []struct {
		outcome diagnosis.LookupOutcome
		words   string
	}{
		{diagnosis.NoAnswer, "no DNS server answered for %s"},
		{diagnosis.LookupRefused, "the DNS server refuses to answer for %s"},
		{diagnosis.LookupFailed, "the DNS failed for %s"},
		{diagnosis.NoSuchName, "%s does not exist in the DNS"},
	} {
		for _, record := range q.lookup.Records {
			if record.Outcome == reason.outcome && (record.Type == "A" || record.Type == "AAAA") {
				return fmt.Sprintf(reason.words, record.Name)
			}
		}
	}
	return plain(hosts[len(hosts)-1].name) + " has no address"
}

// record keeps what a question came to. An alias is met by both A and AAAA.
func (q *query) record(kind uint16, a answer) {
	for _, alias := range a.aliases {
		q.add(diagnosis.Record{Type: "CNAME", Name: plain(alias.Hdr.Name), Value: plain(alias.Target)})
	}
	for _, record := range a.records {
		q.add(diagnosis.Record{Type: dns.TypeToString[kind], Name: plain(a.name), Value: value(record)})
	}
	if a.outcome != "" || a.note != "" {
		if a.outcome == "" {
			a.outcome = diagnosis.RecordIgnored
		}
		q.add(diagnosis.Record{Type: dns.TypeToString[kind], Name: plain(a.name), Outcome: a.outcome, Note: a.note})
	}
}

func (q *query) add(record diagnosis.Record) {
	for _, known := range q.lookup.Records {
		if known == record {
			return
		}
	}
	q.lookup.Records = append(q.lookup.Records, record)
}

func (q *query) random(n int) int {
	if q.Rand == nil {
		return rand.IntN(n)
	}
	return q.Rand(n)
}
