package forge

import (
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// chains collects the vectors while they are made.
type chains struct {
	*forger
	list []trusttest.Vector
}

// try adds a vector: what the server sends, and what the phone holds.
func (c *chains) try(line, name string, sent, store []string, at ...time.Time) {
	v := trusttest.Vector{Line: line, Name: name, Sent: sent, Store: store, Clock: trusttest.Clock().Unix()}
	for _, t := range at {
		v.Clock = t.Unix()
	}
	c.list = append(c.list, v)
}

func ids(list ...string) []string { return list }

// makeChains makes every vector. The lines are those of the fact sheet on
// handsets, "How such a client builds the chain".
func makeChains(t testing.TB) *chains {
	c := &chains{forger: &forger{t: t, keys: map[string]any{}, made: map[string][]byte{}, spec: map[string]*spec{}}}
	c.add("root", ca, subjectKeyID("root"))
	c.add("inter", by("root"), ca, subjectKeyID("inter"), authorityKeyID("root"))
	c.add("server", by("inter"), leaf, authorityKeyID("inter"))
	c.addPaths()
	c.addRoots()
	c.addIssuers()
	c.addDates()
	c.addAlgorithms()
	c.addAuthorities()
	c.addExtensions()
	c.addConstraints()
	c.addContents()
	return c
}
