package listen

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

// survey walks each phone through the chains, and keeps what it made of them.
type survey struct {
	variants []chain.Variant

	mutex  sync.Mutex
	phones map[netip.Addr]*surveyed
	order  []*surveyed
}

// surveyed is one phone.
type surveyed struct {
	// left are the chains that it has not been shown, tries how often the others
	// brought no word of it.
	left  []chain.Variant
	tries map[chain.Variant]int
	table measure.Table
}

func newSurvey(variants []chain.Variant) *survey {
	return &survey{variants: variants, phones: map[netip.Addr]*surveyed{}}
}

// choose gives the chain for the next connection of a phone.
func (s *survey) choose(address netip.Addr) *shown {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	last := &shown{s.variants[len(s.variants)-1], address}
	p := s.phone(address)
	if p == nil || len(p.left) == 0 {
		return last
	}
	next := &shown{p.left[0], address}
	p.left = p.left[1:]
	return next
}

// phone finds the phone at an address, nil where there are too many.
func (s *survey) phone(address netip.Addr) *surveyed {
	p := s.phones[address]
	if p == nil && len(s.phones) < maxSurveyed {
		p = &surveyed{left: slices.Clone(s.variants), tries: map[chain.Variant]int{}, table: measure.Table{Phone: address.String()}}
		s.phones[address], s.order = p, append(s.order, p)
	}
	return p
}

// goesOn reports whether the phone has to call again to be shown all chains.
func (s *survey) goesOn(at *shown) bool {
	return len(s.variants) > 1 && at.variant != s.variants[len(s.variants)-1]
}

// learned keeps what a phone made of a chain, and gives what is known of the phone
// with it, nil for nothing. A connection that was lost before anything could be
// learned is tried again, a few times.
func (s *survey) learned(at *shown, t measure.Trial, lost bool) *measure.Table {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	p := s.phones[at.phone]
	if p == nil {
		return nil
	}
	if p.tries[at.variant]++; lost && p.tries[at.variant] < maxTries {
		p.left = append([]chain.Variant{at.variant}, p.left...)
	} else {
		p.table.Add(t)
	}
	return p.copied()
}

// copied is the phone's table as it is now, nil where it is empty.
func (p *surveyed) copied() *measure.Table {
	if len(p.table.Trials) == 0 {
		return nil
	}
	return &measure.Table{Phone: p.table.Phone, Trials: slices.Clone(p.table.Trials)}
}

// tables are copies of what was found out.
func (s *survey) tables() []measure.Table {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := []measure.Table{}
	for _, p := range s.order {
		if table := p.copied(); table != nil {
			list = append(list, *table)
		}
	}
	return list
}
