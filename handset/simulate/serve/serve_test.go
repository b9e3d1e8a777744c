package serve_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

func profile(t testing.TB, id string) *handset.Profile {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func kind(t testing.TB, d dialect.Name) serve.Kind {
	t.Helper()
	return serve.KindFor(d, profile(t, serve.DefaultHandset(d)))
}

// start serves phones, of the dialect plain unless the test says otherwise.
func start(t testing.TB, c serve.Config) *serve.Fleet {
	t.Helper()
	if c.Kinds == nil {
		c.Kinds = []serve.Kind{kind(t, dialect.Plain)}
	}
	f, err := serve.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// visitor believes every certificate and takes old TLS.
func visitor() *http.Client {
	var all []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		all = append(all, s.ID)
	}
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: all}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t *testing.T, url string) (string, *tls.ConnectionState) {
	t.Helper()
	r, err := visitor().Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), r.TLS
}

func TestPhonesDiffer(t *testing.T) {
	var kinds []serve.Kind
	for _, d := range dialect.All() {
		kinds = append(kinds, kind(t, d))
	}
	var seen atomic.Int64
	f := start(t, serve.Config{Kinds: kinds, Count: 300, Observe: func(*serve.Served, *http.Request) { seen.Add(1) }})
	urls, addresses := map[string]bool{}, map[mac.Address]bool{}
	for i, s := range f.Phones() {
		if s.Dialect != kinds[i%len(kinds)].Dialect {
			t.Errorf("phone %d: %s", i, s.Dialect)
		}
		if strings.HasPrefix(s.URL, "https://") != (s.Dialect == dialect.ListenerRSA) {
			t.Errorf("%s is at %s", s.Dialect, s.URL)
		}
		urls[s.URL], addresses[s.MAC] = true, true
	}
	if len(urls) != 300 || len(addresses) != 300 {
		t.Errorf("%d addresses, %d MAC addresses", len(urls), len(addresses))
	}
	if first, last := f.Phones()[255].MAC.String(), f.Phones()[256].MAC.String(); first != "00:00:5e:00:53:ff" || last != "02:00:00:00:01:00" {
		t.Errorf("%s, %s", first, last)
	}
	for _, s := range f.Phones()[:12] {
		get(t, s.URL)
		if s.Requests() != 1 {
			t.Errorf("%s counts %d requests", s.URL, s.Requests())
		}
	}
	if f.Requests() != 12 || seen.Load() != 12 {
		t.Errorf("%d requests, %d observed", f.Requests(), seen.Load())
	}
	session := func(i int) string {
		text, _ := get(t, f.Phones()[i].URL+"/servlet?p=login&q=getsessionid")
		return text
	}
	first, second := session(2), session(8)
	if key, _, _ := strings.Cut(first, ","); first == second || !strings.HasPrefix(second, key) {
		t.Errorf("two phones of one fleet: %q, %q", first, second)
	}
}

func TestSeedRepeats(t *testing.T) {
	session := func(seed uint64) string {
		f := start(t, serve.Config{Kinds: []serve.Kind{kind(t, dialect.Session)}, Count: 2, Seed: seed})
		text, _ := get(t, f.Phones()[1].URL+"/servlet?p=login&q=getsessionid")
		return text
	}
	first := session(1)
	if first != session(1) {
		t.Error("one seed gives two fleets")
	}
	if first == session(2) {
		t.Error("two seeds give one fleet")
	}
}

func TestInventoryIsReadBack(t *testing.T) {
	f := start(t, serve.Config{Count: 3, User: "root", Password: `pass "word", 1`})
	text, err := f.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for row, err := range inventory.NewReader(strings.NewReader(string(text))).All() {
		s := f.Phones()[i]
		if err != nil || row.Address != s.URL || row.MAC != s.MAC || row.Handset != "yealink-t28p" || row.User != "root" || row.Password.Reveal() != `pass "word", 1` || len(row.Problems) > 0 {
			t.Errorf("row %d: %+v, %v", i, row, err)
		}
		i++
	}
	if i != 3 {
		t.Errorf("%d rows", i)
	}
}

func TestSlowOncePerRequest(t *testing.T) {
	for _, https := range []bool{false, true} {
		var mu sync.Mutex
		var waits []time.Duration
		f := start(t, serve.Config{HTTPS: https, Faults: simulate.Faults{Slow: 50 * time.Millisecond}, Wait: func(_ context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, d)
			return nil
		}})
		for range 3 {
			get(t, f.Phones()[0].URL)
		}
		if len(waits) != 3 || waits[0] != 50*time.Millisecond {
			t.Errorf("HTTPS %t: 3 requests waited %v", https, waits)
		}
	}
}

func TestFaultShare(t *testing.T) {
	f := start(t, serve.Config{Count: 200, FaultShare: 0.05, Faults: simulate.Faults{HTTP500: 1}})
	faulty := 0
	for _, s := range f.Phones() {
		if s.Faulty {
			faulty++
		}
	}
	if faulty < 2 || faulty > 25 {
		t.Errorf("%d of 200 phones are faulty", faulty)
	}
}

func TestReboot(t *testing.T) {
	var later atomic.Int64
	clock := func() time.Time { return testca.Clock().Add(time.Duration(later.Load())) }
	f := start(t, serve.Config{Kinds: []serve.Kind{kind(t, dialect.Basic)}, Clock: clock, Policy: device.Policy{RebootTime: time.Minute}})
	s := f.Phones()[0]
	if text, _ := get(t, strings.Replace(s.URL, "//", "//admin:admin@", 1)+"/cgi-bin/ConfigManApp.com?key=Reboot"); !strings.Contains(text, "rebooting") {
		t.Errorf("reboot: %q", text)
	}
	if _, err := visitor().Get(s.URL); err == nil {
		t.Error("it answers while it reboots")
	}
	later.Store(int64(time.Minute))
	get(t, s.URL)
}

func TestWhere(t *testing.T) {
	plain := []serve.Kind{kind(t, dialect.Plain)}
	both := start(t, serve.Config{HTTP: true, HTTPS: true}).Phones()[0]
	if !strings.HasPrefix(both.HTTP, "http://127.0.0.1:") || both.URL != both.HTTPS || both.HTTP[4:] == both.HTTPS[5:] {
		t.Errorf("%+v", both)
	}
	get(t, both.HTTP)
	get(t, both.HTTPS)
	for _, test := range []struct {
		what string
		c    serve.Config
		want string
	}{
		{"not loopback", serve.Config{Kinds: plain, Listen: "0.0.0.0:8080"}, "no loopback address"},
		{"no port", serve.Config{Kinds: plain, Listen: "127.0.0.1"}, "no address with a port"},
		{"too many ports", serve.Config{Kinds: plain, Listen: "127.0.0.1:65535", Count: 2}, "beyond 65535"},
		{"IPv6 addresses", serve.Config{Kinds: plain, Listen: "[::1]:0", Addresses: true}, "no IPv4 address"},
		{"too many phones", serve.Config{Kinds: plain, Count: 1 << 20}, "1 to 100000 phones"},
		{"no phone", serve.Config{}, "kind of phone"},
		{"shape", serve.Config{Kinds: plain, DeviceCert: "gold"}, "unique-in-name"},
		{"dialect", serve.Config{Kinds: []serve.Kind{{Profile: plain[0].Profile, Dialect: "morse", Model: "M", Firmware: "1"}}}, "morse"},
		{"taken", serve.Config{Kinds: plain, Listen: strings.TrimPrefix(both.HTTP, "http://")}, "in use"},
		{"password", serve.Config{Kinds: plain, Password: "a\nb"}, "password is no line"},
	} {
		f, err := serve.Start(t.Context(), test.c)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.what, err)
		}
		if f != nil {
			f.Close()
		}
	}
}

func TestLimit(t *testing.T) {
	_, err := serve.Start(t.Context(), serve.Config{Kinds: []serve.Kind{kind(t, dialect.Plain)}, Count: serve.MaxPhones, HTTP: true, HTTPS: true})
	var limit *serve.LimitError
	if !errors.As(err, &limit) {
		t.Skipf("this system allows enough open files, or does not tell: %v", err)
	}
	if limit.Need < 200_000 || limit.Need <= limit.Limit {
		t.Errorf("%+v", limit)
	}
}

// TestAddresses gives each phone an address of its own, where there are such.
func TestAddresses(t *testing.T) {
	c := serve.Config{Kinds: []serve.Kind{kind(t, dialect.Plain)}, Addresses: true, Count: 3, HTTP: true, HTTPS: true}
	f, err := serve.Start(t.Context(), c)
	for range 20 { // the port next to a free one may be taken
		if err == nil || !strings.Contains(err.Error(), "in use") {
			break
		}
		f, err = serve.Start(t.Context(), c)
	}
	if err != nil {
		if _, linux := os.Stat("/proc/self"); linux == nil {
			t.Fatal(err)
		}
		t.Skip("no 127.0.0.2 here:", err)
	}
	t.Cleanup(func() { f.Close() })
	_, port, _ := strings.Cut(f.Phones()[0].HTTP[7:], ":")
	if want := "http://127.0.0.4:" + port; f.Phones()[2].HTTP != want {
		t.Errorf("%s, want %s", f.Phones()[2].HTTP, want)
	}
	get(t, f.Phones()[2].HTTPS)
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f, err := serve.Start(ctx, serve.Config{Kinds: []serve.Kind{kind(t, dialect.Plain)}, Faults: simulate.Faults{Hang: true}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { _, err := visitor().Get(f.Phones()[0].URL); done <- err }()
	for f.Requests() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("a hanging phone answered")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := visitor().Get(f.Phones()[0].URL); err == nil {
		t.Error("it goes on")
	}
}

func TestKinds(t *testing.T) {
	for _, d := range dialect.All() {
		k := kind(t, d)
		if k.Model == "" || k.Firmware == "" {
			t.Errorf("%s: %+v", d, k)
		}
		if len(handset.Matching([]*handset.Profile{k.Profile}, k.Model, "")) == 0 {
			t.Errorf("%s: the profile %s does not speak of %s", d, k.Profile.ID, k.Model)
		}
		if k.Attested() == (d == dialect.ListenerRSA) { // no profile of a T3x is at hand
			t.Errorf("%s on %s: attested %t", d, k.Profile.ID, k.Attested())
		}
	}
	if got := serve.DefaultHandset("morse"); got != "" {
		t.Errorf("morse: %q", got)
	}
	want := map[string]dialect.Name{
		"yealink-t28p": dialect.Plain, "yealink-t20p": dialect.Plain, "yealink-t2xp-2010": dialect.Basic, "yealink-t2xp-v6x": dialect.Basic,
		"yealink-t4x-v8x": dialect.Listener, "yealink-t5x-v86": dialect.API, "yealink-t4xu-v86": dialect.API, "matrix-vp710": "", "yealink-vp-t49g": "",
	}
	for id, d := range want {
		if got, ok := serve.DialectOf(profile(t, id)); got != d || ok != (d != "") {
			t.Errorf("%s: %q, %t", id, got, ok)
		}
	}
	for _, id := range handset.Shipped() {
		if k := serve.KindFor(dialect.Plain, profile(t, id)); k.Model == "" || strings.ContainsAny(k.Model, "x") || strings.Contains(k.Model, " to ") {
			t.Errorf("%s: %q is no model", id, k.Model)
		}
	}
}
