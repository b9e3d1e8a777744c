package resolve

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// addresses are those of a host: IPv4 first, so that a computer without IPv6
// loses no time. Both questions are asked at once.
func (q *query) addresses(name string) []netip.Addr {
	if address, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{address}
	}
	if q.System == nil && !q.direct {
		q.add(diagnosis.Record{Type: "A", Name: name, Outcome: diagnosis.NotAsked})
		return nil
	}
	var v4, v6 answer
	var canonical string
	var wait sync.WaitGroup
	if q.direct {
		wait.Go(func() { v4 = q.ask(dns.Fqdn(name), dns.TypeA) })
		wait.Go(func() { v6 = q.ask(dns.Fqdn(name), dns.TypeAAAA) })
	} else {
		wait.Go(func() { v4 = q.system(name, dns.TypeA) })
		wait.Go(func() { v6 = q.system(name, dns.TypeAAAA) })
		wait.Go(func() { canonical, _ = q.System.LookupCNAME(q.ctx, name) })
	}
	wait.Wait()
	if canonical = plain(canonical); canonical != "" && !strings.EqualFold(canonical, plain(name)) {
		q.alias(name, canonical)
		v4.name, v6.name = canonical, canonical
	}
	if !q.direct {
		q.tellApart(name, &v4, &v6)
	}
	q.record(dns.TypeA, v4)
	q.record(dns.TypeAAAA, v6)
	var addresses []netip.Addr
	for _, record := range append(v4.records, v6.records...) {
		var ip net.IP
		switch record := record.(type) {
		case *dns.A:
			ip = record.A
		case *dns.AAAA:
			ip = record.AAAA
		}
		if address, ok := netip.AddrFromSlice(ip); ok {
			addresses = append(addresses, address.Unmap())
		}
	}
	return addresses
}

// alias tells the name at which the system arrived.
func (q *query) alias(name, canonical string) {
	record := diagnosis.Record{Type: "CNAME", Name: plain(name), Value: canonical}
	if strings.HasPrefix(strings.ToLower(canonical), strings.ToLower(name)+".") {
		record.Note = "completed with this computer's own domain, which the phone need not have"
	}
	q.add(record)
}

// system asks the computer for the addresses of one kind.
func (q *query) system(name string, kind uint16) answer {
	network, a := "ip4", answer{name: name}
	if kind == dns.TypeAAAA {
		network = "ip6"
	}
	found, err := q.System.LookupNetIP(q.ctx, network, name)
	for _, address := range found[:min(len(found), maxRecords)] {
		header := dns.RR_Header{Name: name}
		if kind == dns.TypeA {
			a.records = append(a.records, &dns.A{Hdr: header, A: address.Unmap().AsSlice()})
		} else {
			a.records = append(a.records, &dns.AAAA{Hdr: header, AAAA: address.AsSlice()})
		}
	}
	if len(a.records) == 0 {
		a.outcome, a.note = systemOutcome(err)
	}
	return a
}

// tellApart finds out what a system's "not found" means: a name that does not
// exist, or one without addresses of the kind.
func (q *query) tellApart(name string, v4, v6 *answer) {
	exists := len(v4.records) > 0 || len(v6.records) > 0
	if v4.outcome == diagnosis.NoSuchName && v6.outcome == diagnosis.NoSuchName && len(q.servers) > 0 {
		exists = q.ask(dns.Fqdn(name), dns.TypeA).outcome == diagnosis.EmptyAnswer
	}
	for _, a := range []*answer{v4, v6} {
		if exists && a.outcome == diagnosis.NoSuchName {
			a.outcome = diagnosis.EmptyAnswer
		}
	}
}

// systemOutcome reads the system's error. Systems do not tell a name that does
// not exist from one without records.
func systemOutcome(err error) (diagnosis.LookupOutcome, string) {
	var failed *net.DNSError
	switch {
	case err == nil:
		return diagnosis.EmptyAnswer, ""
	case isTimeout(err):
		return diagnosis.NoAnswer, ""
	case errors.As(err, &failed) && failed.IsNotFound:
		return diagnosis.NoSuchName, ""
	case errors.As(err, &failed):
		return diagnosis.LookupFailed, failed.Err
	}
	// What LookupNetIP says of a name that has addresses of the other kind only.
	var address *net.AddrError
	if errors.As(err, &address) {
		return diagnosis.EmptyAnswer, ""
	}
	return diagnosis.LookupFailed, cause(err)
}
