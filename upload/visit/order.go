package visit

import (
	"context"
	"github.com/phonecert/phonecert/upload"
	"net"
	"sync"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/phone"
)

// RebootWhen says when a phone is restarted after a push.
type RebootWhen string

// When a phone is restarted. Needed: when its page asks for it.
const (
	RebootNever  RebootWhen = "never"
	RebootNeeded RebootWhen = "needed"
	RebootAlways RebootWhen = "always"
)

// Order is what is to be put on phones, and how. Many visits may share one.
type Order struct {
	upload.Config
	Role  handset.Role
	Files []*Item
	// Via fixes the route; "" tries them in their order.
	Via upload.Route
	// DryRun changes nothing and ends with a plan.
	DryRun bool
	// SkipCheck posts files that the phone's model is known to refuse, and to a
	// list that is known to be full.
	SkipCheck bool
	// Replace asks whether a server certificate may be overwritten; nil says no.
	Replace func(ctx context.Context, phone, present string) bool
	Reboot  RebootWhen
	// Handset is the model where neither the phone nor its row says it; "" for
	// none.
	Handset string
	// Profiles are those that are known; Desk puts one on a desk for the check.
	Profiles []*handset.Profile
	Profile  func(ctx context.Context, id string) (*handset.Profile, error)
	Desk     func(p *handset.Profile, name string) (*phone.Phone, error)
	// Chromium drives a phone's own page; nil where there is none.
	Chromium *Chromium
	// Listen opens the place from which phones fetch a file on the route import;
	// nil where there is none.
	Listen func(network, address string) (net.Listener, error)

	checks checks
}

// Chromium is a browser for the route of that name.
type Chromium struct {
	Executable string
	// Env is the process's environment.
	Env func(string) string
}

// Item is one file of an order.
type Item struct {
	*inspect.File
	// Name is the name under which the phone gets it, without folders.
	Name string
	// Certificates are those that must be in the phone's list in the end.
	Certificates []*certificate.Certificate
}

// NewItem makes a file ready: in the role of a server only the certificate of
// the phone itself is looked for in its list.
func NewItem(file *inspect.File, name string, role handset.Role) *Item {
	item := &Item{File: file, Name: name, Certificates: file.Certificates()}
	if role == handset.Server && len(item.Certificates) > 1 {
		if leaf := certificate.Leaf(item.Certificates); leaf != nil {
			item.Certificates = []*certificate.Certificate{leaf}
		}
	}
	return item
}

// Target is one phone of an order.
type Target struct {
	Address string
	// MAC and Handset are what the inventory says of it, "" for nothing.
	MAC, Handset string
	User         string
	// Password is asked once, right before the login; ok is false when there
	// is none.
	Password func(context.Context) (password string, ok bool)
	// Via fixes the route for this phone.
	Via upload.Route
	// Before are the events that an interrupted run had noted for this phone.
	Before []upload.Event
	// Note is told before something is done that must not be done twice; its
	// error ends the visit. nil for nobody.
	Note func(upload.Event) error
}

// checks remembers what check said for each handset: the files are the same for
// all phones.
type checks struct {
	mu   sync.Mutex
	said map[string]checked
}

// since is how long something took, in milliseconds.
func (o *Order) since(start time.Time) int64 { return o.Web.Now().Sub(start).Milliseconds() }
