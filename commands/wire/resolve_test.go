package wire_test

import (
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// zone holds the records of a DNS server in the form of a zone file; names that
// are not in it do not exist. The one that is called silent gets no answer.
type zone struct {
	records string
	silent  string
}

// nameServer answers for a zone on loopback.
func nameServer(t *testing.T, z zone) string {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var records []dns.RR
	for line := range strings.Lines(z.records) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	var started sync.WaitGroup
	started.Add(1)
	server := &dns.Server{PacketConn: packets, NotifyStartedFunc: started.Done, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		q := m.Question[0]
		if strings.EqualFold(q.Name, z.silent) {
			return
		}
		answer := new(dns.Msg).SetRcode(m, dns.RcodeNameError)
		answer.RecursionAvailable = true
		for _, r := range records {
			if strings.EqualFold(r.Header().Name, q.Name) {
				answer.Rcode = dns.RcodeSuccess
				if r.Header().Rrtype == q.Qtype {
					answer.Answer = append(answer.Answer, r)
				}
			}
		}
		w.WriteMsg(answer)
	})}
	go server.ActivateAndServe()
	started.Wait()
	t.Cleanup(func() { server.Shutdown() })
	return packets.LocalAddr().String()
}

// TestProbeFindsTheServer: from the domain by NAPTR and SRV to two addresses, of
// which the first refuses and the second registers the user.
func TestProbeFindsTheServer(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("skipped: only Linux has more loopback addresses than 127.0.0.1")
	}
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("example.com", "pbx.example.com"))
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t), User: "user", Password: "secret-of-user"})
	addr := nameServer(t, zone{records: `
		example.com. NAPTR 10 50 "s" "SIPS+D2T" "" _sips._tcp.example.com.
		example.com. NAPTR 20 50 "s" "SIP+D2U" "" _sip._udp.example.com.
		_sips._tcp.example.com. SRV 0 0 ` + commandstest.Port(pbx.Addr) + ` pbx.example.com.
		pbx.example.com. A 127.0.0.2
		pbx.example.com. A 127.0.0.1`})
	code, out, errText := commandstest.Online(t, map[string]string{"PHONECERT_SIP_PASSWORD": "secret-of-user"},
		"probe", "sips:user@example.com", "--dns", addr, "--json", "--clock", testca.Clock().Format(time.RFC3339), "--handset", "yealink-t28p",
		"--custom", realparts.WriteFile(t, "root.pem", ca.PEM()), "--register", "user@example.com", "--cn-validation", "on")
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errText)
	}
	list := connectionsOf(t, out)
	if len(list) != 2 {
		t.Fatalf("%d connections\n%s", len(list), out)
	}
	first, second := list[0], list[1]
	if first.Dial.Result != "refused" || first.Verdict != "refused" || !strings.HasPrefix(first.Server, "127.0.0.2:") {
		t.Errorf("first: %s, %s, %+v", first.Server, first.Verdict, first.Dial)
	}
	if message, fix := first.finding("dial.refused"); message == "" || fix == "" {
		t.Errorf("first: %s", first.codes())
	}
	if second.Server != pbx.Addr || second.SIP == nil || !second.SIP.Registered || !second.SIP.Removed {
		t.Errorf("second: %s, %+v", second.Server, second.SIP)
	}
	var kinds []string
	for _, r := range second.Lookup.Records {
		if r.Outcome == "" {
			kinds = append(kinds, r.Type)
		}
	}
	if strings.Join(kinds, " ") != "NAPTR SRV A A" {
		t.Errorf("records %s: %+v", kinds, second.Lookup.Records)
	}
}

// TestProbeFindsNoServer: each way in which the DNS does not help has words of
// its own.
func TestProbeFindsNoServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, target string
		zone         zone
		args         []string
		exit         int // 0: refused or not known
		code, words  string
	}{
		{"no such domain", "sips:user@example.com", zone{}, nil, 10, "lookup.no-address", "example.com"},
		{"no such host", "pbx.example.com", zone{}, nil, 10, "lookup.no-address", "pbx.example.com"},
		{"no SRV record", "sips:user@example.com", zone{records: "example.com. A 127.0.0.9"}, []string{"--timeout", "10s"}, 0, "lookup.no-srv", "5061"},
		{"SRV to nothing", "sips:user@example.com", zone{records: "_sips._tcp.example.com. SRV 0 0 5061 gone.example.com."}, nil, 0, "lookup.", "gone.example.com"},
		{"SRV to nowhere", "sips:user@example.com", zone{records: "_sips._tcp.example.com. SRV 0 0 0 ."}, nil, 0, "lookup.", "no SIP over TLS"},
		{"address of another kind", "pbx.example.com", zone{records: "pbx.example.com. TXT x"}, nil, 10, "lookup.no-address", "pbx.example.com"},
		{"no answer", "pbx.example.com", zone{silent: "pbx.example.com."}, []string{"--timeout", "5s"}, 11, "lookup.failed", "example.com"},
		{"no server there", "pbx.example.com", zone{}, []string{"--dns", commandstest.Nobody}, 11, "lookup.failed", "pbx.example.com"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"probe", test.target, "--json", "--handset", "yealink-t28p", "--dns", nameServer(t, test.zone)}, test.args...)
			code, out, errText := commandstest.Online(t, nil, args...)
			if test.exit > 0 && code != test.exit || code != 10 && code != 11 {
				t.Fatalf("exit code %d, want %d\n%s%s", code, test.exit, out, errText)
			}
			c := answer(t, out)
			for _, f := range c.Findings {
				if strings.HasPrefix(f.Code, test.code) && strings.Contains(f.Message, test.words) && f.Fix != "" {
					return
				}
			}
			t.Errorf("no %s with %q in %+v", test.code, test.words, c.Findings)
		})
	}
}
