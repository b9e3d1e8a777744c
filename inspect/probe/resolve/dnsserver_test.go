package resolve

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

// zone is a DNS server's answers, by "name type"; "name" stands for all types.
type zone map[string]string

// bothWays listens at one port of UDP and TCP.
func bothWays(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 20 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if listener, err := net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			return packets, listener
		}
		packets.Close() // somebody else has the other one
	}
	t.Fatal("no port is free both ways")
	return nil, nil
}

// serve starts a DNS server on loopback. A value is records in zone file form,
// one a line, or a word: nxdomain, refused, servfail, truncated RECORDS (whole by TCP
// only), forged RECORDS (after wrong answers), lame RECORDS (without recursion).
func serve(t *testing.T, z zone) (server netip.AddrPort, asked func() string) {
	t.Helper()
	packets, listener := bothWays(t)
	var lock sync.Mutex
	var questions []string
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		question := strings.ToLower(m.Question[0].Name) + " " + dns.TypeToString[m.Question[0].Qtype]
		network := w.LocalAddr().Network()
		lock.Lock()
		questions = append(questions, strings.TrimSuffix(network+" "+question, "."))
		lock.Unlock()
		text, found := z[question]
		if !found {
			text, found = z[strings.Fields(question)[0]]
		}
		answer := new(dns.Msg).SetReply(m)
		answer.RecursionAvailable = true
		word, rest, _ := strings.Cut(text, " ")
		switch word {
		case "nxdomain":
			answer.Rcode = dns.RcodeNameError
			text = rest
		case "refused":
			answer.Rcode, text = dns.RcodeRefused, ""
		case "servfail":
			answer.Rcode, text = dns.RcodeServerFailure, ""
		case "lame":
			answer.RecursionAvailable, text = false, rest
		case "truncated":
			answer.Truncated = network == "udp"
			if text = rest; answer.Truncated {
				text = ""
			}
		case "forged":
			wrong := answer.Copy()
			wrong.Id++
			w.WriteMsg(wrong)
			wrong.Id--
			wrong.Question[0].Name = "other.example."
			w.WriteMsg(wrong)
			text = rest
		default:
			if !found {
				answer.Rcode = dns.RcodeNameError
			}
		}
		for line := range strings.Lines(text) {
			record, err := dns.NewRR(line)
			if err != nil {
				t.Error(err)
				return
			}
			answer.Answer = append(answer.Answer, record)
		}
		w.WriteMsg(answer)
	})
	var started sync.WaitGroup
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		started.Add(1)
		s.NotifyStartedFunc = started.Done
		go s.ActivateAndServe()
		t.Cleanup(func() { s.Shutdown() })
	}
	started.Wait()
	return netip.MustParseAddrPort(packets.LocalAddr().String()), func() string {
		lock.Lock()
		defer lock.Unlock()
		return strings.Join(questions, ", ")
	}
}

// direct is a resolver that asks one server everything.
func direct(server netip.AddrPort) *Resolver {
	return &Resolver{Server: server, Dial: new(net.Dialer).DialContext, Rand: func(int) int { return 0 }, wait: patience}
}

// through is a resolver whose system asks a server of ours.
func through(server netip.AddrPort) *Resolver {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.String())
	}
	return &Resolver{
		System: &net.Resolver{PreferGo: true, Dial: dial}, Servers: []netip.AddrPort{server},
		Dial: new(net.Dialer).DialContext, Rand: func(int) int { return 0 }, wait: patience,
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
