package listen

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/internal/terminal"
)

func TestDoorAddress(t *testing.T) {
	for text, want := range map[string]string{
		"5061": ":5061", ":5061": ":5061", "192.0.2.10": "192.0.2.10:5061", "192.0.2.10:0": "192.0.2.10:0", "2001:db8::1": "[2001:db8::1]:5061",
		"[2001:db8::1]": "[2001:db8::1]:5061", "[2001:db8::1]:443": "[2001:db8::1]:443", "localhost": "localhost:5061", "localhost:1": "localhost:1",
		"": "", "x:y": "", "192.0.2.10:99999": "", "a:b:c": "", "[::": "", ":": "",
	} {
		if got, err := doorAddress(text, "5061"); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestCertificateNames(t *testing.T) {
	for _, test := range []struct {
		o    listenOptions
		want string
	}{
		{listenOptions{sips: []string{"192.0.2.10:5061"}, https: []string{"192.0.2.10:8443", "[2001:db8::10]:8443"}}, "192.0.2.10 localhost 2001:db8::10"},
		{listenOptions{sips: []string{"pbx.example.com:5061"}}, "pbx.example.com"},
		{listenOptions{sips: []string{":5061"}, names: []string{"pbx.example.com", "192.0.2.10"}}, "pbx.example.com 192.0.2.10"},
	} {
		if got := strings.Join(test.o.certificateNames(), " "); got != test.want {
			t.Errorf("%s %s: %s", test.o.sips, test.o.https, got)
		}
	}
	if len((&listenOptions{sips: []string{":5061"}}).certificateNames()) == 0 {
		t.Error("no name for a server that listens everywhere")
	}
}

func TestReach(t *testing.T) {
	own := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("2001:db8::10")}
	for _, test := range []struct {
		door  string
		asked []string
		own   []netip.Addr
		want  []string
	}{
		{"[::]:5061", nil, own, []string{"192.0.2.10", "2001:db8::10"}},
		{"0.0.0.0:5061", nil, own, []string{"192.0.2.10"}},
		{"127.0.0.1:5061", nil, own, []string{"127.0.0.1"}},
		{"[::]:5061", []string{"pbx.example.com"}, own, []string{"pbx.example.com"}},
		{"[::]:5061", nil, own[:1], []string{"127.0.0.1"}},
	} {
		if got := reach(netip.MustParseAddrPort(test.door), test.asked, test.own); !slices.Equal(got, test.want) {
			t.Errorf("%s, %s: %s", test.door, test.asked, got)
		}
	}
}

// t28 is a call of a phone of which nothing but the ClientHello is known.
func t28(t *testing.T, from string) listen.Connection {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	hello, _ := offer.ClientHello(p, offer.Options{Random: make([]byte, 32)})
	record, err := offer.Record(hello, iana.TLS10)
	if err != nil {
		t.Fatal(err)
	}
	c := listen.Connection{
		Number: 1, Client: netip.MustParseAddrPort(from), Server: netip.MustParseAddrPort("192.0.2.10:5061"), Start: time.Now(), Hello: record,
		Segments: []probe.Segment{{FromClient: true, At: time.Now(), Bytes: record}},
	}
	c.Evidence.Transcript = &handshake.Transcript{}
	return c
}

// TestLearner keeps to one phone, and tells of the others once.
func TestLearner(t *testing.T) {
	for _, client := range []string{"", "192.0.2.77"} {
		streams, _, stderr := terminal.Test(nil)
		f := &factory.Factory{Streams: streams, Now: time.Now, Getenv: func(string) string { return "" }, ConfigDir: func() string { return "" }}
		file := filepath.Join(t.TempDir(), "phone.yaml")
		l := newLearner(&listenOptions{f: f, learn: file, client: client})
		for _, from := range []string{"192.0.2.55:1000", "192.0.2.77:1000", "192.0.2.77:1001", "192.0.2.55:1001"} {
			if err := l.add(t.Context(), t28(t, from)); err != nil {
				t.Fatal(err)
			}
		}
		l.end()
		learned, other := "192.0.2.55", "192.0.2.77"
		if client != "" {
			learned, other = other, learned
		}
		text := stderr.String()
		if l.phone.String() != learned || strings.Count(text, other+" called, too") != 1 || !strings.Contains(text, "calls as this phone does") {
			t.Errorf("%s: %s", l.phone, text)
		}
		if p, err := f.Profile(t.Context(), file); err != nil || !p.TLS.ClientHello.Known() {
			t.Errorf("%v", err)
		}
	}
	streams, _, stderr := terminal.Test(nil)
	l := newLearner(&listenOptions{f: &factory.Factory{Streams: streams}, learn: "phone.yaml"})
	if err := l.add(t.Context(), listen.Connection{}); err != nil {
		t.Error(err)
	}
	if l.end(); !strings.Contains(stderr.String(), `"phone.yaml" was not written`) {
		t.Errorf("%s", stderr)
	}
}

// TestCallsKept: the files are whole after each connection.
func TestCallsKept(t *testing.T) {
	dir := t.TempDir()
	streams, _, _ := terminal.Test(nil)
	k := &calls{listenOptions: &listenOptions{f: &factory.Factory{Streams: streams}, save: filepath.Join(dir, "calls.pcapng"), keyLog: filepath.Join(dir, "keys.txt")}}
	if err := errors.Join(k.check(), k.open()); err != nil {
		t.Fatal(err)
	}
	size := func(path string) int64 {
		stat, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return stat.Size()
	}
	last := size(k.save)
	if last == 0 {
		t.Error("an empty capture has a header")
	}
	for range 3 {
		k.Write([]byte("CLIENT_RANDOM 00 00\n"))
		if err := k.add(t28(t, "192.0.2.55:1000")); err != nil {
			t.Fatal(err)
		}
		now := size(k.save)
		if now <= last || k.pending.Len() > 0 {
			t.Errorf("%d bytes after %d, %d of secrets are left", now, last, k.pending.Len())
		}
		last = now
	}
	if err := errors.Join(k.add(listen.Connection{}), k.close(), k.close()); err != nil {
		t.Error(err)
	}
	if size(k.keyLog) != 3*int64(len("CLIENT_RANDOM 00 00\n")) {
		t.Error("the key log is not whole")
	}
	if err := k.check(); err == nil {
		t.Error("files are overwritten")
	}
}

// TestListenVerdict: the exit codes.
func TestListenVerdict(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		l    listening
		want string
	}{
		{"Ctrl-C", over, listening{listenOptions: &listenOptions{}}, ""},
		{"Ctrl-C before the call", over, listening{listenOptions: &listenOptions{once: true}}, "context canceled"},
		{"Ctrl-C after the call", over, listening{listenOptions: &listenOptions{once: true}, reported: 1, done: true, worst: finding.Accepted}, ""},
		{"registered", t.Context(), listening{listenOptions: &listenOptions{once: true}, reported: 1, done: true, worst: finding.Accepted}, ""},
		{"refused", t.Context(), listening{listenOptions: &listenOptions{count: 2}, reported: 2, done: true, worst: finding.Rejected}, "exit code 10"},
		{"too few", t.Context(), listening{listenOptions: &listenOptions{count: 2}, reported: 1, worst: finding.Accepted}, "exit code 11"},
		{"nobody", t.Context(), listening{listenOptions: &listenOptions{timeout: time.Second}}, "nobody called within 1s"},
		{"time is up", t.Context(), listening{listenOptions: &listenOptions{timeout: time.Second}, reported: 1, worst: finding.Rejected}, ""},
	} {
		err := test.l.verdict(test.ctx)
		if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestSurveyVerdict(t *testing.T) {
	table := func(good measure.Answer, variants []chain.Variant) []measure.Table {
		table := measure.Table{Phone: "192.0.2.55"}
		for _, v := range variants {
			trial := measure.Trial{Variant: v, Answer: measure.Refused}
			if v == chain.Good {
				trial.Answer = good
			}
			table.Add(trial)
		}
		return []measure.Table{table}
	}
	all := chain.Variants()
	for _, test := range []struct {
		tables   []measure.Table
		complete bool
		want     finding.Verdict
	}{
		{nil, true, finding.Unknown},
		{table(measure.Accepted, all[:3]), true, finding.Unknown},
		{table(measure.Accepted, all[:3]), false, finding.Accepted}, // --count 3
		{table(measure.Accepted, all), true, finding.Accepted},
		{table(measure.Refused, all), true, finding.Rejected},
		{table(measure.Unclear, all), true, finding.Unknown},
	} {
		if got := surveyVerdict(test.tables, test.complete); got != test.want {
			t.Errorf("%+v: %s, want %s", test.tables, got, test.want)
		}
	}
}
