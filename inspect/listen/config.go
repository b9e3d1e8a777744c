package listen

import (
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/chain"
)

func (c Config) filled() Config {
	c.MaxVersion = cmp.Or(c.MaxVersion, tls.VersionTLS13)
	c.HandshakeTime = cmp.Or(c.HandshakeTime, defaultHandshakeTime)
	c.Idle = cmp.Or(c.Idle, defaultIdle)
	c.MaxConnections = cmp.Or(c.MaxConnections, DefaultConnections)
	if len(c.Variants) == 0 {
		c.Variants = []chain.Variant{""}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Listen == nil {
		c.Listen = (&net.ListenConfig{}).Listen
	}
	if c.Report == nil {
		c.Report = func(Connection) {}
	}
	if c.KeyLog == nil {
		c.KeyLog = io.Discard
	}
	c.SIP.Idle, c.Files.Idle = cmp.Or(c.SIP.Idle, c.Idle), cmp.Or(c.Files.Idle, c.Idle)
	if c.SIP.Clock == nil {
		c.SIP.Clock = c.Now
	}
	if c.SIP.Random == nil {
		c.SIP.Random = c.Random
	}
	return c
}

func (c Config) validate() error {
	switch {
	case len(c.Doors) == 0:
		return errors.New("there is no address to listen at")
	case c.Chains == nil:
		return errors.New("there is no certificate to show")
	case c.MinVersion > c.MaxVersion:
		return fmt.Errorf("the lowest version, %s, is above the highest, %s", tls.VersionName(c.MinVersion), tls.VersionName(c.MaxVersion))
	case c.MaxConnections < 0:
		return fmt.Errorf("%d connections cannot be open at once", c.MaxConnections)
	}
	for _, d := range c.Doors {
		if d.Scheme != SIPS && d.Scheme != HTTPS {
			return fmt.Errorf("a door speaks %s or %s, not %q", SIPS, HTTPS, d.Scheme)
		}
	}
	return nil
}
