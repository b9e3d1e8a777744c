package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

var errTooMany = fmt.Errorf("a fleet has 1 to %d phones", MaxPhones)

// spareFiles are the open files that the process needs beside its listeners:
// the connections of the visitors, above all.
const spareFiles = 200

const maxPort = 65535

// LimitError says that the system allows too few open files.
type LimitError struct {
	// Phones is how many were asked for, Need how many files they take and
	// Limit how many there may be.
	Phones, Need, Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%d phones need %d open files, and this system allows %d", e.Phones, e.Need, e.Limit)
}

// fits tells whether there may be enough open files; a limit of 0 is none.
func (c Config) fits(limit int) error {
	need := spareFiles + c.doors()
	if c.Register != nil {
		need += c.Count // a connection to the server each
	}
	if limit > 0 && need > limit {
		return &LimitError{Phones: c.Count, Need: need, Limit: limit}
	}
	return nil
}

// doors counts the ports that the phones listen at.
func (c Config) doors() int {
	n := c.Count
	for i := range c.Count {
		if http, https := c.speaks(c.Kinds[i%len(c.Kinds)].Dialect); http && https {
			n++
		}
	}
	return n
}

// speaks tells what a phone of a dialect speaks: listener-rsa HTTPS alone (the
// fact sheet on the web interface).
func (c Config) speaks(d dialect.Name) (http, https bool) {
	if d == dialect.ListenerRSA {
		return false, true
	}
	return c.HTTP, c.HTTPS
}

// base is the first address.
func (c Config) base() (netip.AddrPort, error) {
	text := c.Listen
	switch {
	case text == "" && c.Addresses:
		text = "127.0.0.2:0"
	case text == "":
		text = "127.0.0.1:0"
	}
	base, err := netip.ParseAddrPort(text)
	switch {
	case err != nil:
		return base, fmt.Errorf("%q is no address with a port, such as 127.0.0.1:8080", text)
	case !base.Addr().IsLoopback():
		return base, fmt.Errorf("%s is no loopback address: a simulated phone with a factory password is for this machine alone", base.Addr())
	case c.Addresses && !base.Addr().Is4():
		return base, fmt.Errorf("%s is no IPv4 address: only of those has loopback more than one", base.Addr())
	case !c.Addresses && base.Port() > 0 && int(base.Port())+c.doors()-1 > maxPort:
		return base, fmt.Errorf("%d ports from %d on go beyond %d, the last one", c.doors(), base.Port(), maxPort)
	}
	return base, nil
}

// open opens the doors of all phones.
func (f *Fleet) open(ctx context.Context) error {
	next, err := f.config.base()
	if err != nil {
		return err
	}
	configs := f.tlsConfigs()
	for i, s := range f.phones {
		http, https := f.config.speaks(s.Dialect)
		first := next
		if http {
			if s.HTTP, next, err = f.door(ctx, s, next, nil); err != nil {
				return err
			}
			s.URL = s.HTTP
		}
		if https {
			if s.HTTPS, next, err = f.door(ctx, s, next, configs[s.Handset]); err != nil {
				return err
			}
			s.URL = s.HTTPS
		}
		if f.config.Addresses && i+1 < len(f.phones) {
			if next, err = neighbour(s, first); err != nil {
				return err
			}
		}
	}
	return nil
}

// neighbour is the next phone's address, with the same first port.
func neighbour(s *Served, at netip.AddrPort) (netip.AddrPort, error) {
	next := netip.AddrPortFrom(at.Addr().Next(), portOf(s.entrances[0]))
	if !next.Addr().IsLoopback() {
		return next, errors.New("loopback has no more addresses")
	}
	return next, nil
}

// door opens one and tells its URL and the address of the next one.
func (f *Fleet) door(ctx context.Context, s *Served, at netip.AddrPort, secure *tls.Config) (string, netip.AddrPort, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", at.String())
	if err != nil {
		return "", at, err
	}
	s.entrances = append(s.entrances, f.entrance(ctx, s, listener, secure))
	scheme := "http"
	if secure != nil {
		scheme = "https"
	}
	url := scheme + "://" + listener.Addr().String()
	if at.Port() > 0 || f.config.Addresses {
		at = netip.AddrPortFrom(at.Addr(), portOf(listener)+1)
	}
	return url, at, nil
}

func portOf(l net.Listener) uint16 { return l.Addr().(*net.TCPAddr).AddrPort().Port() }
