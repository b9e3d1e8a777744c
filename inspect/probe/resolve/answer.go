package resolve

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// What is taken of one answer. A SIP domain has a handful of records.
const (
	maxRecords = 32
	maxAliases = 8
)

const tooManyAliases = "the aliases do not end"

// answer is what came of one question.
type answer struct {
	// name is the one that was asked for, aliases followed.
	name string
	// aliases are the CNAMEs on the way, records what was asked for.
	aliases []*dns.CNAME
	records []dns.RR
	// outcome is "" when there are records.
	outcome diagnosis.LookupOutcome
	note    string
	// open says that the last alias is still to be asked for: the server does not
	// do that itself.
	open bool
}

// readAnswer takes what belongs to a question out of an answer: what a server
// adds about other names is not believed.
func readAnswer(name string, kind uint16, message *dns.Msg) answer {
	a := answer{name: name}
	switch message.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
	case dns.RcodeRefused:
		a.outcome = diagnosis.LookupRefused
		return a
	default:
		a.outcome, a.note = diagnosis.LookupFailed, "the DNS server answered "+rcode(message.Rcode)
		return a
	}
	for alias := find(message.Answer, a.name); alias != nil; alias = find(message.Answer, a.name) {
		if len(a.aliases) == maxAliases {
			a.outcome, a.note = diagnosis.LookupFailed, tooManyAliases
			return a
		}
		a.aliases, a.name, a.open = append(a.aliases, alias), alias.Target, !message.RecursionAvailable
	}
	left := 0
	for _, record := range message.Answer {
		header := record.Header()
		switch {
		case header.Rrtype != kind || header.Class != dns.ClassINET || !strings.EqualFold(header.Name, a.name):
		case len(a.records) == maxRecords:
			left++
		default:
			a.records = append(a.records, record)
		}
	}
	if left > 0 {
		a.note = fmt.Sprintf("%d more records are left out", left)
	}
	switch {
	case len(a.records) > 0:
	case message.Rcode == dns.RcodeNameError:
		a.outcome = diagnosis.NoSuchName
	default:
		a.outcome = diagnosis.EmptyAnswer
	}
	return a
}

func find(records []dns.RR, name string) *dns.CNAME {
	for _, record := range records {
		if alias, ok := record.(*dns.CNAME); ok && strings.EqualFold(alias.Hdr.Name, name) && alias.Hdr.Class == dns.ClassINET {
			return alias
		}
	}
	return nil
}

func rcode(code int) string {
	if name, known := dns.RcodeToString[code]; known {
		return name
	}
	return fmt.Sprintf("code %d", code)
}

// value is what a record holds, as a zone file has it.
func value(record dns.RR) string {
	return strings.TrimPrefix(record.String(), record.Header().String())
}

// plain is a name without the dot at its end.
func plain(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}
