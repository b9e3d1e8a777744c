package resolve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// sipsOverTCP is the service of SIP over TLS (RFC 3263 section 4.1).
const sipsOverTCP = "SIPS+D2T"

// services are the names whose SRV records are to be asked for, the preferred
// first: those of the NAPTR records, else the usual one.
func (q *query) services(target diagnosis.Target) []string {
	name := dns.Fqdn(target.Host)
	usual := []string{"_sips._tcp." + name}
	if target.Discovery != diagnosis.ByNAPTR {
		return usual
	}
	if len(q.servers) == 0 {
		q.add(diagnosis.Record{Type: "NAPTR", Name: target.Host, Outcome: diagnosis.NotAsked,
			Note: "the address of a DNS server is not known here"})
		return usual
	}
	a := q.ask(name, dns.TypeNAPTR)
	services, records := choose(a.records)
	a.records = nil
	q.record(dns.TypeNAPTR, a)
	for _, record := range records {
		record.Name = plain(a.name)
		q.add(record)
	}
	if len(services) == 0 {
		return usual
	}
	return services
}

// choose takes the records for SIP over TLS out of those of a domain, and says
// of the others why not.
func choose(answered []dns.RR) (services []string, records []diagnosis.Record) {
	var pointers []*dns.NAPTR
	for _, record := range answered {
		if pointer, ok := record.(*dns.NAPTR); ok {
			pointers = append(pointers, pointer)
		}
	}
	slices.SortStableFunc(pointers, func(a, b *dns.NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	for _, pointer := range pointers {
		record := diagnosis.Record{Type: "NAPTR", Value: value(pointer), Note: unusable(pointer)}
		if record.Note == "" {
			services = append(services, pointer.Replacement)
		} else {
			record.Outcome = diagnosis.RecordIgnored
		}
		records = append(records, record)
	}
	return services, records
}

// unusable says why a record does not lead to SIP over TLS; "" if it does.
func unusable(pointer *dns.NAPTR) string {
	switch {
	case !strings.EqualFold(pointer.Service, sipsOverTCP):
		return "points to another service than " + sipsOverTCP
	case !strings.EqualFold(pointer.Flags, "s"):
		return `has not the flag "s", so that it does not point to SRV records`
	case pointer.Regexp != "" || pointer.Replacement == ".":
		return "has no replacement, so that it does not point to SRV records"
	}
	return ""
}
