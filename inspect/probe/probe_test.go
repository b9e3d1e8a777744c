package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/phone"
)

// world is a network that dials as it is told, with the addresses of the lookup.
func world(dial func(ctx context.Context, address string) (net.Conn, error), addresses ...string) World {
	lookup := diagnosis.Lookup{}
	for _, a := range addresses {
		lookup.Addresses = append(lookup.Addresses, netip.MustParseAddrPort(a))
	}
	if len(addresses) == 0 {
		lookup.Error = "no such name"
	}
	return World{
		Resolve: func(context.Context, diagnosis.Target) diagnosis.Lookup { return lookup },
		Dial:    func(ctx context.Context, _, address string) (net.Conn, error) { return dial(ctx, address) },
		Now:     time.Now, Random: rand.Reader,
	}
}

func request(t *testing.T, timeout time.Duration) Request {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	return Request{
		Target: diagnosis.Target{Text: "pbx.example.com", Scheme: "sips", Host: "pbx.example.com", Port: 5061},
		Phone:  &phone.Phone{Profile: profile, Name: "yealink-t28p"}, Timeout: timeout,
	}
}

// silent is the near end of a connection whose far end reads and says nothing.
func silent(t *testing.T) net.Conn {
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	go func() {
		b := make([]byte, 1024)
		for {
			if _, err := far.Read(b); err != nil {
				return
			}
		}
	}()
	return near
}

func TestNoAddress(t *testing.T) {
	dial := func(context.Context, string) (net.Conn, error) { t.Error("dialed"); return nil, errors.New("no") }
	attempts := Run(t.Context(), world(dial), request(t, time.Second))
	if len(attempts) != 1 || attempts[0].Evidence.Lookup.Error != "no such name" || attempts[0].Evidence.Dial != nil {
		t.Errorf("%+v", attempts)
	}
}

// TestAddressesInTurn: each address has its share of the time, and the first that
// takes the connection ends the search.
func TestAddressesInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, addressesInTurn)
}

func addressesInTurn(t *testing.T) {
	dial := func(ctx context.Context, address string) (net.Conn, error) {
		switch netip.MustParseAddrPort(address).Addr().String() {
		case "192.0.2.1":
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		case "192.0.2.2":
			<-ctx.Done()
			return nil, ctx.Err()
		case "192.0.2.3":
			return nil, &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}
		}
		return silent(t), nil
	}
	begin := time.Now()
	attempts := Run(t.Context(), world(dial, "192.0.2.1:5061", "192.0.2.2:5061", "192.0.2.3:5061", "192.0.2.4:5061", "192.0.2.5:5061"), request(t, time.Second))
	if spent := time.Since(begin); spent != time.Second {
		t.Errorf("it took %s", spent)
	}
	var results []diagnosis.DialResult
	for _, a := range attempts {
		results = append(results, a.Evidence.Dial.Result)
	}
	if !slices.Equal(results, []diagnosis.DialResult{diagnosis.Refused, diagnosis.TimedOut, diagnosis.Unreachable, diagnosis.Connected}) {
		t.Errorf("%v", results)
	}
	last := attempts[len(attempts)-1].Evidence
	if last.Outcome.Ending != diagnosis.Silent || len(last.Transcript.Entries) != 1 {
		t.Errorf("%+v, %d messages", last.Outcome, len(last.Transcript.Entries))
	}
	if d := attempts[1].Evidence.Dial.Duration; d != time.Second/4 {
		t.Errorf("one of four addresses that were left took %s of a second", d)
	}
}

// TestInterrupted: the probe ends at once with its context.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, interrupted)
}

func interrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dial := func(context.Context, string) (net.Conn, error) {
		time.AfterFunc(20*time.Millisecond, cancel)
		return silent(t), nil
	}
	begin := time.Now()
	attempts := Run(ctx, world(dial, "192.0.2.1:5061", "192.0.2.2:5061"), request(t, time.Minute))
	if spent := time.Since(begin); spent != 20*time.Millisecond || len(attempts) != 1 {
		t.Errorf("%d attempts in %s", len(attempts), spent)
	}
}

// TestSegments: what went over the wire is kept where it is wanted, and only
// there.
func TestSegments(t *testing.T) {
	t.Parallel()
	synctest.Test(t, segments)
}

func segments(t *testing.T) {
	dial := func(context.Context, string) (net.Conn, error) { return silent(t), nil }
	for _, wanted := range []bool{false, true} {
		r := request(t, 100*time.Millisecond)
		r.Record = wanted
		a := Run(t.Context(), world(dial, "192.0.2.1:5061"), r)[0]
		if (len(a.Segments) == 1) != wanted || len(a.Evidence.Transcript.Entries) != 1 {
			t.Errorf("wanted %t: %d segments, %d messages", wanted, len(a.Segments), len(a.Evidence.Transcript.Entries))
		}
		if wanted && (!a.Segments[0].FromClient || len(a.Segments[0].Bytes) != 98) {
			t.Errorf("%+v", a.Segments[0])
		}
	}
}

// TestNoRandomness is told, and nothing is sent.
func TestNoRandomness(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	w := world(func(context.Context, string) (net.Conn, error) { return near, nil }, "192.0.2.1:5061")
	w.Random = &exhausted{}
	a := Run(t.Context(), w, request(t, time.Second))[0]
	if a.Evidence.Outcome.Ending != diagnosis.Unsupported || a.Evidence.Outcome.Detail == "" || len(a.Evidence.Transcript.Entries) != 0 {
		t.Errorf("%+v", a.Evidence.Outcome)
	}
}

type exhausted struct{}

func (*exhausted) Read([]byte) (int, error) { return 0, errors.New("no randomness") }
