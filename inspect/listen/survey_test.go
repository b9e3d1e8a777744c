package listen

import (
	"net/netip"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

// TestLostConnections: a chain that brought no word is shown again, a few times;
// phones do not mix, and neither do connections of one phone that run at once.
func TestLostConnections(t *testing.T) {
	s := newSurvey([]chain.Variant{chain.Good, chain.SelfSigned, chain.Expired})
	one, two := netip.MustParseAddr("192.0.2.55"), netip.MustParseAddr("192.0.2.56")
	good, next := s.choose(one), s.choose(one)
	if good.variant != chain.Good || next.variant != chain.SelfSigned || s.choose(two).variant != chain.Good {
		t.Errorf("%v, %v", good, next)
	}
	for try := 1; try <= maxTries; try++ {
		s.learned(good, measure.Trial{Variant: chain.Good, Answer: measure.Unreached}, true)
		want := chain.Good
		if try == maxTries {
			want = chain.Expired
		}
		if again := s.choose(one); again.variant != want {
			t.Errorf("try %d: %v", try, again)
		}
	}
	if list := s.tables(); len(list) != 1 || len(list[0].Trials) != 1 {
		t.Errorf("%+v", list)
	}
	for range 3 {
		if last := s.choose(one); last.variant != chain.Expired || s.goesOn(last) {
			t.Errorf("%v", last)
		}
	}
	if !s.goesOn(good) || newSurvey([]chain.Variant{chain.Good}).goesOn(good) {
		t.Error("a survey of several goes on, one of one does not")
	}
}

// TestManyPhones: beyond the cap phones are served and not remembered.
func TestManyPhones(t *testing.T) {
	s := newSurvey(chain.Variants())
	address := netip.MustParseAddr("2001:db8::")
	for range maxSurveyed + 10 {
		at := s.choose(address)
		s.learned(at, measure.Trial{Variant: at.variant}, false)
		address = address.Next()
	}
	if n := len(s.tables()); n != maxSurveyed {
		t.Errorf("%d tables", n)
	}
}
