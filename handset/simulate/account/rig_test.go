package account_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/account"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/resolve"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/web"
)

// patience is for what has to come.
const patience = time.Minute

// moving is a clock that begins at a moment.
func moving(from time.Time) func() time.Time {
	start := time.Now()
	return func() time.Time { return from.Add(time.Since(start)) }
}

// journal keeps what was told and lets a test wait for what is to come.
type journal[T any] struct {
	mu   sync.Mutex
	list []T
	more chan struct{}
}

func newJournal[T any]() *journal[T] { return &journal[T]{more: make(chan struct{})} }

func (j *journal[T]) add(e T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, e)
	close(j.more)
	j.more = make(chan struct{})
}

func (j *journal[T]) all() ([]T, chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.list), j.more
}

// wait returns the first entry for which a test holds.
func (j *journal[T]) wait(t *testing.T, what string, is func(T) bool) T {
	t.Helper()
	limit := time.After(patience)
	for {
		list, more := j.all()
		if i := slices.IndexFunc(list, is); i >= 0 {
			return list[i]
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("%s did not come, but %+v", what, list)
		}
	}
}

// pass is wait, and forgets what was told up to there.
func (j *journal[T]) pass(t *testing.T, what string, is func(T) bool) {
	t.Helper()
	j.wait(t, what, is)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = j.list[slices.IndexFunc(j.list, is)+1:]
}

// clear forgets what was told so far.
func (j *journal[T]) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = nil
}

func (j *journal[T]) count(is func(T) bool) int {
	list, _ := j.all()
	n := 0
	for _, e := range list {
		if is(e) {
			n++
		}
	}
	return n
}

// office is a registrar and a phone.
type office struct {
	t         *testing.T
	registrar *registrar.Registrar
	// address is where the phone gets to, whatever it dials; "" while nobody is
	// there.
	mu       sync.Mutex
	address  string
	server   *journal[registrar.Event]
	fleet    *serve.Fleet
	phone    *serve.Served
	accounts *journal[account.Status]
}

// options change what an office is made of.
type options struct {
	handset string
	// change makes another phone of it.
	change    func(*handset.Profile)
	dialect   pages.Name
	registrar registrar.Config
	fleet     serve.Config
	account   serve.Registration
	// host is how the phone calls the server; "" by its address.
	host string
}

func open(t *testing.T, o options) *office {
	t.Helper()
	f := &office{t: t, server: newJournal[registrar.Event](), accounts: newJournal[account.Status]()}
	f.serve(o)
	f.call(o)
	return f
}

// serve starts the registrar.
func (f *office) serve(o options) {
	f.t.Helper()
	c := o.registrar
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Clock == nil {
		c.Clock = moving(testca.Clock())
	}
	c.Log = f.server.add
	r, err := registrar.Start(f.t.Context(), c)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { r.Close() })
	f.registrar = r
	f.move(r.Addr())
}

// move has the phone get to another server, or to none.
func (f *office) move(address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.address = address
}

func (f *office) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	f.mu.Lock()
	address := f.address
	f.mu.Unlock()
	if address == "" {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// call starts the phone.
func (f *office) call(o options) {
	t := f.t
	t.Helper()
	if o.handset == "" {
		o.handset = "yealink-t28p"
	}
	profile, err := handset.Load(o.handset)
	if err != nil {
		t.Fatal(err)
	}
	if o.change != nil {
		o.change(profile)
	}
	name := o.dialect
	if name == "" {
		var known bool
		if name, known = serve.DialectOf(profile); !known {
			name = pages.Plain
		}
	}
	_, port, _ := net.SplitHostPort(f.registrar.Addr())
	host := o.host
	if host == "" {
		host = "127.0.0.1"
	}
	c, r := o.fleet, o.account
	c.Kinds = []serve.Kind{serve.KindFor(name, profile)}
	if c.Clock == nil {
		c.Clock = moving(testca.Clock())
	}
	c.Policy.RebootTime = 50 * time.Millisecond
	if r.Retry == 0 {
		r.Retry = 20 * time.Millisecond
	}
	r.Target = func(number int, _ mac.Address) diagnosis.Target {
		target, err := resolve.ParseTarget(fmt.Sprintf("sips:%d@%s", 1001+number, net.JoinHostPort(host, port)), "")
		if err != nil {
			panic(err)
		}
		return target
	}
	r.Builtin = builtin
	r.Network = account.Network{
		Resolve: (&resolve.Resolver{System: net.DefaultResolver}).Resolve,
		Dial:    f.dial, Random: rand.Reader,
	}
	if o.host != "" {
		address := netip.MustParseAddrPort(f.registrar.Addr())
		r.Network.Resolve = func(context.Context, diagnosis.Target) diagnosis.Lookup {
			return diagnosis.Lookup{Addresses: []netip.AddrPort{address}}
		}
	}
	r.Told = func(_ *serve.Served, s account.Status) { f.accounts.add(s) }
	c.Register = &r
	if f.fleet, err = serve.Start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.fleet.Close() })
	f.phone = f.fleet.Phones()[0]
}

// builtin is the list of a profile, as the command has it.
func builtin(p *handset.Profile) phone.Builtin {
	name := p.Builtin.RootList
	if !name.Known() {
		return phone.Builtin{Source: name.NotKnown}
	}
	roots, err := handset.Roots(name.Value)
	if err != nil {
		panic(err)
	}
	b := phone.Builtin{Listed: true, Basis: name.Basis, Source: name.Source}
	for _, root := range roots {
		if c, err := certificate.Parse(root.DER()); err == nil {
			b.Certificates = append(b.Certificates, c)
		}
	}
	return b
}

// in logs in at the phone's web page.
func (f *office) in() dialect.Dialect {
	f.t.Helper()
	d, _ := f.visit()
	return d
}

// visit logs in, and gives the conversation too.
func (f *office) visit() (dialect.Dialect, *web.Client) {
	f.t.Helper()
	base, _ := url.Parse(f.phone.URL)
	client := web.New(base, web.Config{Random: rand.Reader, Accept: func(string, [][]byte) error { return nil }})
	f.t.Cleanup(client.Close)
	d, _, err := detect.Detect(f.t.Context(), client, rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := d.Login(f.t.Context(), "admin", "admin"); err != nil {
		f.t.Fatal(err)
	}
	return d, client
}

// trusts makes the phone trust a root, with the settings given, and boots it.
func (f *office) trusts(root []byte, s dialect.Settings) {
	f.t.Helper()
	d := f.in()
	f.upload(d, handset.Trusted, "root.pem", root)
	f.set(d, s)
	f.restart(d)
}

// restart reboots, and forgets what was told before.
func (f *office) restart(d dialect.Dialect) {
	f.t.Helper()
	f.server.clear()
	f.reboot(d)
	f.accounts.pass(f.t, "the reboot", func(s account.Status) bool { return s.State == account.Rebooting })
}

// upload puts a file on the phone as an admin does.
func (f *office) upload(d dialect.Dialect, role handset.Role, name string, content []byte) {
	f.t.Helper()
	plan, err := d.Plan(f.t.Context(), role)
	if err == nil {
		_, err = d.Upload(f.t.Context(), plan, dialect.File{Name: name, Content: content})
	}
	if err != nil {
		f.t.Fatalf("upload: %v", err)
	}
}

func (f *office) set(d dialect.Dialect, s dialect.Settings) {
	f.t.Helper()
	if _, err := d.Set(f.t.Context(), s); err != nil {
		f.t.Fatalf("set: %v", err)
	}
}

func (f *office) reboot(d dialect.Dialect) {
	f.t.Helper()
	if err := d.Reboot(f.t.Context()); err != nil {
		f.t.Fatalf("reboot: %v", err)
	}
}

// told waits for a state of the account whose text holds some words.
func (f *office) told(state account.State, words ...string) account.Status {
	f.t.Helper()
	return f.accounts.wait(f.t, string(state)+" "+strings.Join(words, ", "), func(s account.Status) bool {
		return s.State == state && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s.Text, w) })
	})
}

// heard waits for an event of the registrar's.
func (f *office) heard(what string, is func(registrar.Event) bool) registrar.Event {
	f.t.Helper()
	return f.server.wait(f.t, what, is)
}

func registered(e registrar.Event) bool {
	return e.Method == "REGISTER" && e.Status == 200 && e.Contacts > 0
}

// identity is a certificate for a registrar, with its chain.
func identity(t *testing.T, leaf *testca.Certificate, above ...*testca.Certificate) *tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair(leaf.PEM(), leaf.KeyPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range above {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return &pair
}

// all is that the phone looks at what was uploaded.
func all() dialect.Settings { return dialect.Settings{CA: "all"} }

// off is that it accepts any server.
func off() dialect.Settings { return dialect.Settings{OnlyTrusted: "off"} }
