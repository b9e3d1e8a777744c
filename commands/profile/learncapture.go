package profile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/trace"
)

// clientChoice picks connections of a capture: the zero value all of them, without a
// port all of one address.
type clientChoice struct {
	address netip.Addr
	port    uint16
}

func parseClient(text string) (clientChoice, error) {
	if text == "" {
		return clientChoice{}, nil
	}
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return clientChoice{address: a.Unmap()}, nil
	}
	if a, err := netip.ParseAddrPort(text); err == nil {
		return clientChoice{a.Addr().Unmap(), a.Port()}, nil
	}
	return clientChoice{}, factory.WithHint(fmt.Errorf("--client does not understand %q", text),
		"give the phone's address in the capture, for instance --client 192.0.2.55, or --client 192.0.2.55:49152 for one connection")
}

func (c clientChoice) picks(a netip.AddrPort) bool {
	return !c.address.IsValid() || c.address == a.Addr().Unmap() && (c.port == 0 || c.port == a.Port())
}

// maxCallers is how many clients of a capture are told apart, maxKinds how many
// ClientHellos of one of them.
const (
	maxCallers = 1000
	maxKinds   = 100
)

// caller is one client of a capture.
type caller struct {
	learn.Observation
	connections int
	// hellos are the ClientHellos that differ, each with the port from which it
	// came first.
	hellos map[string]uint16
}

// callers gathers the clients of a capture.
type callers struct {
	only    clientChoice
	clients map[netip.Addr]*caller
	// others counts the connections of clients that were not asked for.
	others int
}

func (c *callers) connection(conn trace.Connection) {
	if !c.only.picks(conn.Client) {
		c.others++
		return
	}
	now := learn.FromEvidence(conn.Evidence, conn.Start)
	address := conn.Client.Addr().Unmap()
	who := c.clients[address]
	if who == nil {
		if len(c.clients) >= maxCallers {
			return
		}
		who = &caller{hellos: map[string]uint16{}}
		c.clients[address] = who
	}
	who.connections++
	who.Add(now)
	if len(now.Hello) > 0 && len(who.hellos) < maxKinds {
		if kind := learn.Kind(now.Hello); who.hellos[kind] == 0 {
			who.hellos[kind] = conn.Client.Port()
		}
	}
}

// lookAtCapture reads a capture and takes the connections of one client.
func (o *handsetLearnOptions) lookAtCapture(ctx context.Context) (seen, error) {
	keys, err := o.f.KeyLog(ctx, o.keyLog)
	if err != nil {
		return seen{}, err
	}
	found := &callers{only: o.client, clients: map[netip.Addr]*caller{}}
	if _, err := o.f.ReadCapture(ctx, factory.Capture{Path: o.source, Hex: o.hex}, trace.New(trace.Options{Keys: keys}, found.connection)); err != nil {
		return seen{}, cmp.Or(ctx.Err(), err)
	}
	// What never offered TLS is no phone to learn from.
	maps.DeleteFunc(found.clients, func(_ netip.Addr, c *caller) bool { return len(c.hellos) == 0 && c.UserAgent == "" })
	who, err := o.choose(found)
	if err != nil {
		return seen{}, err
	}
	s := seen{Observation: who.Observation}
	if len(who.hellos) > 1 {
		s.notes = append(s.notes, fmt.Sprintf("the phone sent %d different ClientHellos on its %d connections, and one is in the profile; "+
			"--client ADDRESS:PORT takes that of one connection: the ports are %s", len(who.hellos), who.connections, ports(who.hellos)))
	}
	return s, nil
}

// choose is the one client; several are an error that lists them.
func (o *handsetLearnOptions) choose(found *callers) (*caller, error) {
	switch {
	case len(found.clients) == 0 && found.others > 0:
		return nil, factory.WithHint(fmt.Errorf("no client at %s begins TLS in %q, but others do", o.client, o.source), "leave out --client to see which ones")
	case len(found.clients) == 0:
		return nil, factory.WithHint(fmt.Errorf("no whole ClientHello in %q", o.source), o.instead(), fmt.Sprintf("%q says what is in it", o.tracing()))
	}
	addresses := slices.SortedFunc(maps.Keys(found.clients), netip.Addr.Compare)
	if len(addresses) == 1 {
		return found.clients[addresses[0]], nil
	}
	const most = 8
	var hints []string
	for _, a := range addresses[:min(len(addresses), most)] {
		hints = append(hints, fmt.Sprintf("--client %s takes %s", a, found.clients[a]))
	}
	if more := len(addresses) - most; more > 0 {
		hints = append(hints, fmt.Sprintf("and %d more clients", more))
	}
	least := ""
	if len(addresses) == maxCallers {
		least = "at least "
	}
	return nil, factory.WithHint(fmt.Errorf("a profile is of one phone, and the capture has connections of %s%d clients", least, len(addresses)), hints...)
}

// tracing is the command that tells all about the source.
func (o *handsetLearnOptions) tracing() string {
	if o.hex {
		return "phonecert trace --hex " + o.source
	}
	return "phonecert trace " + o.source
}

// String says how a client is known.
func (c *caller) String() string {
	text := fmt.Sprintf("its %d connections", c.connections)
	if c.connections == 1 {
		text = "its connection"
	}
	if c.UserAgent != "" {
		text += fmt.Sprintf(" (User-Agent %q)", c.UserAgent)
	}
	return text
}

func (c clientChoice) String() string {
	if c.port != 0 {
		return netip.AddrPortFrom(c.address, c.port).String()
	}
	return c.address.String()
}

// ports lists the first few ports.
func ports(kinds map[string]uint16) string {
	const most = 5
	list := slices.Sorted(maps.Values(kinds))
	var words []string
	for _, p := range list[:min(len(list), most)] {
		words = append(words, fmt.Sprint(p))
	}
	if len(list) > most {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}
