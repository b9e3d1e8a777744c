package resolve

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/realparts"
)

// told is a lookup as lines: each record, then the addresses, then the error.
func told(l diagnosis.Lookup) string {
	var lines []string
	for _, r := range l.Records {
		lines = append(lines, strings.Join(slices.DeleteFunc([]string{r.Type, r.Name, r.Value, string(r.Outcome), r.Note}, func(s string) bool { return s == "" }), " "))
	}
	lines = append(lines, fmt.Sprint(l.Addresses))
	if l.Error != "" {
		lines = append(lines, l.Error)
	}
	return strings.Join(lines, "\n")
}

const (
	pointers = `example.com. 60 IN NAPTR 20 50 "s" "SIPS+D2T" "" _sips._tcp.second.example.
example.com. 60 IN NAPTR 10 50 "S" "sips+d2t" "" _sips._tcp.first.example.
example.com. 60 IN NAPTR 5 50 "s" "SIP+D2U" "" _sip._udp.example.com.
example.com. 60 IN NAPTR 6 50 "u" "SIPS+D2T" "!^.*$!sips:x@example.com!" .
example.com. 60 IN NAPTR 7 50 "s" "SIPS+D2T" "" .`
	services = `_sips._tcp.first.example. 60 IN SRV 20 0 5063 c.example.
_sips._tcp.first.example. 60 IN SRV 10 0 5061 a.example.
_sips._tcp.first.example. 60 IN SRV 10 5 5062 b.example.`
)

func TestResolve(t *testing.T) {
	hosts := zone{
		"a.example. A": "a.example. IN A 192.0.2.1\na.example. IN A 192.0.2.2", "a.example. AAAA": "a.example. IN AAAA 2001:db8::1",
		"b.example.":      "b.example. IN CNAME b2.example.\nb2.example. IN CNAME b3.example.\nb3.example. IN A 192.0.2.3\nevil.example. IN A 192.0.2.66",
		"c.example. AAAA": "c.example. IN AAAA 2001:db8::3", "c.example. A": "",
	}
	for _, test := range []struct {
		name, target string
		zone         zone
		want         string
		asked        string
	}{
		{"address", "192.0.2.7:5070", nil, "[192.0.2.7:5070]", ""},
		{"URI with an address", "sips:1@[2001:db8::7]", nil, "[[2001:db8::7]:5061]", ""},
		{"host", "a.example:5070", nil, "A a.example 192.0.2.1\nA a.example 192.0.2.2\nAAAA a.example 2001:db8::1\n[192.0.2.1:5070 192.0.2.2:5070 [2001:db8::1]:5070]", ""},
		{"URI with a port", "sips:a.example:5070", zone{"a.example. AAAA": ""}, "A a.example 192.0.2.1\nA a.example 192.0.2.2\nAAAA a.example empty\n[192.0.2.1:5070 192.0.2.2:5070]", ""},
		{"web", "https://a.example/x", zone{"a.example. AAAA": ""}, "A a.example 192.0.2.1\nA a.example 192.0.2.2\nAAAA a.example empty\n[192.0.2.1:443 192.0.2.2:443]", ""},
		{"alias", "b.example", nil, "CNAME b.example b2.example\nCNAME b2.example b3.example\nA b3.example 192.0.2.3\nAAAA b3.example empty\n[192.0.2.3:5061]", ""},
		{"alias that is followed", "d.example", zone{"d.example.": "lame d.example. IN CNAME a.example."}, "CNAME d.example a.example\nA a.example 192.0.2.1\nA a.example 192.0.2.2\nAAAA a.example 2001:db8::1\n[192.0.2.1:5061 192.0.2.2:5061 [2001:db8::1]:5061]", ""},
		{"alias loop over questions", "d.example", zone{"d.example.": "lame d.example. IN CNAME e.example.", "e.example.": "lame e.example. IN CNAME d.example."}, "CNAME d.example e.example\nCNAME e.example d.example\nA d.example failed the aliases do not end\nAAAA d.example failed the aliases do not end\n[]\nthe DNS failed for d.example", ""},
		{"alias loop", "d.example", zone{"d.example.": "d.example. IN CNAME d.example."}, "CNAME d.example d.example\nA d.example failed the aliases do not end\nAAAA d.example failed the aliases do not end\n[]\nthe DNS failed for d.example", ""},
		{"NAPTR, SRV", "sips:1@example.com", zone{"example.com. NAPTR": pointers, "_sips._tcp.first.example. SRV": services},
			`NAPTR example.com 5 50 "s" "SIP+D2U" "" _sip._udp.example.com. ignored points to another service than SIPS+D2T
NAPTR example.com 6 50 "u" "SIPS+D2T" "!^.*$!sips:x@example.com!" . ignored has not the flag "s", so that it does not point to SRV records
NAPTR example.com 7 50 "s" "SIPS+D2T" "" . ignored has no replacement, so that it does not point to SRV records
NAPTR example.com 10 50 "S" "sips+d2t" "" _sips._tcp.first.example.
NAPTR example.com 20 50 "s" "SIPS+D2T" "" _sips._tcp.second.example.
SRV _sips._tcp.first.example 20 0 5063 c.example.
SRV _sips._tcp.first.example 10 0 5061 a.example.
SRV _sips._tcp.first.example 10 5 5062 b.example.
A a.example 192.0.2.1
A a.example 192.0.2.2
AAAA a.example 2001:db8::1
CNAME b.example b2.example
CNAME b2.example b3.example
A b3.example 192.0.2.3
AAAA b3.example empty
A c.example empty
AAAA c.example 2001:db8::3
[192.0.2.1:5061 192.0.2.2:5061 [2001:db8::1]:5061 192.0.2.3:5062 [2001:db8::3]:5063]`, ""},
		{"second NAPTR", "sips:1@example.com", zone{"example.com. NAPTR": pointers, "_sips._tcp.first.example. SRV": "servfail", "_sips._tcp.second.example. SRV": "_sips._tcp.second.example. IN SRV 1 1 5061 c.example."},
			"…SRV _sips._tcp.first.example failed the DNS server answered SERVFAIL\nSRV _sips._tcp.second.example 1 1 5061 c.example.\nA c.example empty\nAAAA c.example 2001:db8::3\n[[2001:db8::3]:5061]", ""},
		{"SRV without NAPTR", "sips:1@example.com", zone{"example.com. NAPTR": "", "_sips._tcp.example.com. SRV": "_sips._tcp.example.com. IN SRV 1 1 5071 c.example."},
			"NAPTR example.com empty\nSRV _sips._tcp.example.com 1 1 5071 c.example.\nA c.example empty\nAAAA c.example 2001:db8::3\n[[2001:db8::3]:5071]", ""},
		{"transport given", "sips:1@example.com;transport=tcp", zone{"_sips._tcp.example.com. SRV": "_sips._tcp.example.com. IN SRV 1 1 5071 192.0.2.9."},
			"SRV _sips._tcp.example.com 1 1 5071 192.0.2.9.\n[192.0.2.9:5071]", "udp _sips._tcp.example.com. SRV"},
		{"neither", "sips:1@a.example", zone{"a.example. NAPTR": "", "a.example. AAAA": ""}, "NAPTR a.example empty\nSRV _sips._tcp.a.example no such name\nA a.example 192.0.2.1\nA a.example 192.0.2.2\nAAAA a.example empty\n[192.0.2.1:5061 192.0.2.2:5061]", ""},
		{"no service", "sips:1@example.com", zone{"_sips._tcp.example.com.": "_sips._tcp.example.com. IN SRV 0 0 0 ."},
			"NAPTR example.com no such name\nSRV _sips._tcp.example.com 0 0 0 .\n[]\n_sips._tcp.example.com says that there is no SIP over TLS here: its SRV record points to \".\"", ""},
		{"no such name", "z.example", nil, "A z.example no such name\nAAAA z.example no such name\n[]\nz.example does not exist in the DNS", ""},
		{"empty", "z.example", zone{"z.example.": ""}, "A z.example empty\nAAAA z.example empty\n[]\nz.example has no address", ""},
		{"refused", "z.example", zone{"z.example.": "refused"}, "A z.example refused\nAAAA z.example refused\n[]\nthe DNS server refuses to answer for z.example", ""},
		{"truncated", "z.example", zone{"z.example. A": "truncated z.example. IN A 192.0.2.5", "z.example. AAAA": ""}, "A z.example 192.0.2.5\nAAAA z.example empty\n[192.0.2.5:5061]", ""},
		{"forged", "z.example", zone{"z.example. A": "forged z.example. IN A 192.0.2.5", "z.example. AAAA": ""}, "A z.example 192.0.2.5\nAAAA z.example empty\n[192.0.2.5:5061]", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			z := zone{}
			for _, from := range []zone{hosts, test.zone} {
				for name, text := range from {
					z[name] = text
				}
			}
			server, asked := serve(t, z)
			target, err := ParseTarget(test.target, "")
			if err != nil {
				t.Fatal(err)
			}
			got := told(direct(server).Resolve(within(t, patience), target))
			if want, part := strings.CutPrefix(test.want, "…"); part && !strings.HasSuffix(got, want) || !part && got != want {
				t.Errorf("\n%s\nwant\n%s", got, test.want)
			}
			if test.asked != "" && asked() != test.asked {
				t.Errorf("asked %s", asked())
			}
		})
	}
}

func target(t *testing.T, text string) diagnosis.Target {
	t.Helper()
	got, err := ParseTarget(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestThroughTheSystem: A, AAAA as the system has them, the rest from its
// servers.
func TestThroughTheSystem(t *testing.T) {
	server, asked := serve(t, zone{
		"_sips._tcp.example.com. SRV": "_sips._tcp.example.com. IN SRV 1 1 5061 b.example.com.", "example.com. NAPTR": "",
		"b.example.com. A": "b.example.com. IN CNAME c.example.com.\nc.example.com. IN A 192.0.2.3", "b.example.com. AAAA": "b.example.com. IN CNAME c.example.com.",
		"empty.example.com.": "",
	})
	r := through(server)
	if got, want := told(r.Resolve(within(t, patience), target(t, "sips:example.com"))), `NAPTR example.com empty
SRV _sips._tcp.example.com 1 1 5061 b.example.com.
CNAME b.example.com c.example.com
A c.example.com 192.0.2.3
AAAA c.example.com empty
[192.0.2.3:5061]`; got != want {
		t.Errorf("\n%s\nasked %s", got, asked())
	}
	if got, want := told(r.Resolve(within(t, patience), target(t, "none.example.com"))), "A none.example.com no such name\nAAAA none.example.com no such name\n[]\nnone.example.com does not exist in the DNS"; got != want {
		t.Errorf("\n%s", got)
	}
	if got, want := told(r.Resolve(within(t, patience), target(t, "empty.example.com"))), "A empty.example.com empty\nAAAA empty.example.com empty\n[]\nempty.example.com has no address"; got != want {
		t.Errorf("\n%s", got)
	}
	if got := r.Resolve(within(t, patience), target(t, "localhost")); len(got.Addresses) == 0 || !got.Addresses[0].Addr().IsLoopback() {
		t.Errorf("%+v", got)
	}
	// Without servers NAPTR is not asked, and the system answers SRV.
	r.Servers = nil
	if got, want := told(r.Resolve(within(t, patience), target(t, "sips:example.com"))), `NAPTR example.com not asked the address of a DNS server is not known here
SRV _sips._tcp.example.com 1 1 5061 b.example.com.
`; !strings.HasPrefix(got, want) {
		t.Errorf("\n%s", got)
	}
}

// TestSilentServers: what is no answer is waited through, within the time.
func TestSilentServers(t *testing.T) {
	for _, answer := range []string{"", "\x00\x01"} {
		synctest.Test(t, func(t *testing.T) {
			r := &Resolver{Server: netip.MustParseAddrPort("192.0.2.53:53"), Dial: mute(answer)}
			start := time.Now()
			got := r.Resolve(within(t, 300*time.Millisecond), target(t, "sips:example.com"))
			if time.Since(start) != 300*time.Millisecond || got.Error != "the time was up before the DNS had answered for example.com" || got.Records[0].Outcome != diagnosis.NoAnswer {
				t.Errorf("%q: %+v after %v", answer, got, time.Since(start))
			}
		})
	}
}

// mute dials a server that has the same, or nothing, for whatever it is asked.
func mute(answer string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			for {
				if _, err := far.Read(make([]byte, 1024)); err != nil {
					return
				}
				if answer != "" {
					io.WriteString(far, answer)
				}
			}
		}()
		return near, nil
	}
}

// TestNextServer: one that fails, refuses or is not there gives way to the next.
func TestNextServer(t *testing.T) {
	good, _ := serve(t, zone{"example.com. NAPTR": `example.com. IN NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp.example.com.`})
	bad, _ := serve(t, zone{"example.com.": "servfail"})
	unwilling, _ := serve(t, zone{"example.com.": "refused"})
	closed := netip.MustParseAddrPort("127.0.0.1:" + realparts.FreePort(t))
	r := &Resolver{Servers: []netip.AddrPort{closed, bad, unwilling, good}, Dial: new(net.Dialer).DialContext, wait: patience}
	q := &query{Resolver: r, ctx: within(t, patience), servers: r.Servers}
	if a := q.ask("example.com.", dns.TypeNAPTR); a.outcome != "" || len(a.records) != 1 {
		t.Errorf("%+v", a)
	}
	q.servers = []netip.AddrPort{closed}
	if a := q.ask("example.com.", dns.TypeNAPTR); a.outcome != diagnosis.LookupFailed || !strings.Contains(a.note, "refused") {
		t.Errorf("%+v", a)
	}
}

// TestCaps: what a server sends beyond reason is cut, and that is said.
func TestCaps(t *testing.T) {
	var addresses, services []string
	for i := range 200 {
		addresses = append(addresses, fmt.Sprintf("a.example. IN A 192.0.2.%d", i))
		services = append(services, fmt.Sprintf("_sips._tcp.example.com. IN SRV 1 1 5061 a%d.example.", i))
	}
	server, asked := serve(t, zone{"a.example. A": "truncated " + strings.Join(addresses, "\n"), "a.example. AAAA": "", "_sips._tcp.example.com. SRV": "truncated " + strings.Join(services, "\n")})
	got := direct(server).Resolve(within(t, patience), target(t, "a.example"))
	if len(got.Addresses) != maxRecords || got.Records[maxRecords].Note != "168 more records are left out" {
		t.Errorf("%s", told(got))
	}
	direct(server).Resolve(within(t, patience), target(t, "sips:example.com;transport=tls"))
	if n := strings.Count(asked(), "udp a") - 2; n != 2*maxHosts {
		t.Errorf("%d questions", n)
	}
}

// TestWeights: records are drawn as often as they weigh, and the draw is the
// caller's.
func TestWeights(t *testing.T) {
	record := func(priority, weight uint16, target string) *dns.SRV {
		return &dns.SRV{Priority: priority, Weight: weight, Target: target}
	}
	names := func(list []*dns.SRV) (text string) {
		for _, s := range list {
			text += s.Target
		}
		return text
	}
	source := rand.New(rand.NewPCG(1, 2))
	q := &query{Resolver: &Resolver{Rand: source.IntN}}
	first := map[string]int{}
	for range 4000 {
		got := names(q.order([]*dns.SRV{record(2, 9, "d"), record(1, 10, "a"), record(1, 30, "b"), record(1, 0, "c")}))
		if len(got) != 4 || got[3] != 'd' {
			t.Fatal(got)
		}
		first[got[:1]]++
	}
	if first["a"] < 800 || first["a"] > 1200 || first["b"] < 2700 || first["b"] > 3200 || first["c"] < 50 || first["c"] > 200 {
		t.Error(first)
	}
	q.Rand = func(n int) int { return n - 1 }
	if got := names(q.order([]*dns.SRV{record(1, 10, "a"), record(1, 30, "b"), record(1, 0, "c")})); got != "bac" {
		t.Error(got)
	}
}

// FuzzAnswer: whatever a DNS server sends, what is kept of it is bounded and
// belongs to the question.
func FuzzAnswer(f *testing.F) {
	needSeeds(f)
	f.Fuzz(func(t *testing.T, packet []byte) {
		message, err := unpack(packet)
		if err != nil {
			return
		}
		for _, kind := range []uint16{dns.TypeNAPTR, dns.TypeSRV, dns.TypeA, dns.TypeAAAA} {
			a := readAnswer("example.com.", kind, message)
			if len(a.records) > maxRecords || len(a.aliases) > maxAliases || (len(a.records) == 0) == (a.outcome == "") {
				t.Errorf("%+v", a)
			}
			services, records := choose(a.records)
			if kind == dns.TypeNAPTR && len(records) != len(a.records) || len(services) > len(records) {
				t.Errorf("%v %v", services, records)
			}
			q := &query{Resolver: &Resolver{}}
			q.record(kind, a)
			var list []*dns.SRV
			for _, record := range a.records {
				if s, ok := record.(*dns.SRV); ok {
					list = append(list, s)
				}
			}
			if n := len(list); len(q.order(list)) != n {
				t.Error("records are lost in ordering")
			}
		}
	})
}

// TestAnswerPrefixes: of an answer that is cut anywhere, nothing is read that was
// cut.
func TestAnswerPrefixes(t *testing.T) {
	for _, packet := range seedPackets(t) {
		whole, err := unpack(packet)
		if err != nil {
			t.Fatal(err)
		}
		for i := range packet {
			if message, err := unpack(packet[:i]); err == nil && len(message.Answer) >= len(whole.Answer) {
				t.Errorf("%d bytes of %d: %v", i, len(packet), message)
			}
		}
	}
}

// seedPackets are packed answers, one of each kind.
func seedPackets(t testing.TB) [][]byte {
	t.Helper()
	var packets [][]byte
	for _, text := range []string{pointers, strings.ReplaceAll(services, "_sips._tcp.first.example.", "example.com."), "example.com. IN CNAME b.example.\nb.example. IN A 192.0.2.1", "example.com. IN AAAA 2001:db8::1"} {
		message := new(dns.Msg).SetQuestion("example.com.", dns.TypeNAPTR)
		message.Response, message.Compress, message.Id = true, true, 1
		for line := range strings.Lines(text) {
			record, err := dns.NewRR(line)
			if err != nil {
				t.Fatal(err)
			}
			message.Answer = append(message.Answer, record)
		}
		packet, err := message.Pack()
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet)
	}
	return packets
}
