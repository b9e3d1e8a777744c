package resolve

import (
	"cmp"
	"net"
	"slices"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// serviceHosts are the hosts of a service in the order in which they are to be
// tried; none says that there is decidedly no such service.
func (q *query) serviceHosts(name string) (hosts []host, none bool) {
	a := q.srv(name)
	q.record(dns.TypeSRV, a)
	var services []*dns.SRV
	for _, record := range a.records {
		if service, ok := record.(*dns.SRV); ok {
			services = append(services, service)
		}
	}
	// A single record with the target "." (RFC 2782).
	if len(services) == 1 && services[0].Target == "." {
		return nil, true
	}
	for _, service := range q.order(services) {
		if service.Target != "." && len(hosts) < maxHosts {
			hosts = append(hosts, host{plain(service.Target), service.Port})
		}
	}
	return hosts, false
}

// srv asks the servers; where none is known, the system.
func (q *query) srv(name string) answer {
	if len(q.servers) > 0 {
		return q.ask(name, dns.TypeSRV)
	}
	if q.System == nil {
		return answer{name: name, outcome: diagnosis.NotAsked, note: "the address of a DNS server is not known here"}
	}
	owner, found, err := q.System.LookupSRV(q.ctx, "", "", name)
	a := answer{name: cmp.Or(owner, name)}
	for _, s := range found[:min(len(found), maxRecords)] {
		a.records = append(a.records, &dns.SRV{Hdr: dns.RR_Header{Name: a.name}, Priority: s.Priority, Weight: s.Weight, Port: s.Port, Target: dns.Fqdn(s.Target)})
	}
	if len(a.records) == 0 {
		a.outcome, a.note = systemOutcome(err)
	}
	return a
}

// order puts records by priority and draws among those of one priority by
// weight (RFC 2782).
func (q *query) order(services []*dns.SRV) []*dns.SRV {
	// Those without weight come first, so that they are drawn seldom, yet can be.
	slices.SortStableFunc(services, func(a, b *dns.SRV) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(min(a.Weight, 1), min(b.Weight, 1)))
	})
	ordered := make([]*dns.SRV, 0, len(services))
	for len(services) > 0 {
		last := slices.IndexFunc(services, func(s *dns.SRV) bool { return s.Priority != services[0].Priority })
		if last < 0 {
			last = len(services)
		}
		drawn := q.draw(services[:last])
		ordered = append(ordered, services[drawn])
		services = slices.Delete(services, drawn, drawn+1)
	}
	return ordered
}

func (q *query) draw(equals []*dns.SRV) int {
	sum := 0
	for _, service := range equals {
		sum += int(service.Weight)
	}
	number := q.random(sum + 1)
	for i, service := range equals {
		if number -= int(service.Weight); number <= 0 {
			return i
		}
	}
	return len(equals) - 1
}

var _ System = (*net.Resolver)(nil)
