package trace

import (
	"bytes"
	"slices"
	"sync"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// maxChains bounds how many chains are remembered, maxChain how many bytes one of
// them may have: those of strangers need not fill the memory.
const (
	maxChains = 64
	maxChain  = 32 << 10
)

// chains remembers what servers send: many connections go to the same one.
type chains struct {
	mutex sync.Mutex
	known []chain
}

type chain struct {
	sent []handshake.Hex
	read []*certificate.Certificate
}

// read returns those certificates that can be read. The list is the caller's
// own, what is in it belongs to all.
func (c *chains) read(sent []handshake.Hex) []*certificate.Certificate {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, known := range c.known {
		if slices.EqualFunc(known.sent, sent, same) {
			return slices.Clone(known.read)
		}
	}
	list := readable(sent)
	if len(c.known) < maxChains && size(sent) <= maxChain {
		c.known = append(c.known, chain{sent, list})
	}
	return slices.Clone(list)
}

func same(a, b handshake.Hex) bool { return bytes.Equal(a, b) }

func size(sent []handshake.Hex) (n int) {
	for _, der := range sent {
		n += len(der)
	}
	return n
}

// readable are those certificates that can be read.
func readable(sent []handshake.Hex) (list []*certificate.Certificate) {
	for _, der := range sent {
		if c, err := certificate.Parse(der); err == nil {
			list = append(list, c)
		}
	}
	return list
}
