package listen_test

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

// t28 is a T28P that holds a root, or another one.
func t28(t *testing.T, root *testca.Certificate) *phone.Phone {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	own, err := certificate.Parse(root.Raw)
	if err != nil {
		t.Fatal(err)
	}
	is := func(value string) phone.Choice { return phone.Choice{Value: value, Basis: finding.Documented} }
	return &phone.Phone{
		Profile: profile, Name: "yealink-t28p", Custom: []*certificate.Certificate{own}, Builtin: phone.Builtin{Listed: true, Basis: finding.Documented},
		Settings: phone.Settings{OnlyTrusted: is("on"), CA: is("all"), CNValidation: is("off"), DeviceCert: is("default")},
	}
}

// TestProfile: what a phone offers and does against what its profile says.
func TestProfile(t *testing.T) {
	for _, holds := range []bool{true, false} {
		root := testca.Root(t, "Example Root")
		if !holds {
			root = testca.Root(t, "Another Root")
		}
		model := t28(t, root)
		l := start(t, func(c *listen.Config) { c.Phone, c.Profiles = model, []*handset.Profile{model.Profile} })
		raw := l.dial(t)
		hello, _ := offer.ClientHello(model.Profile, offer.Options{Random: make([]byte, 32), Host: "192.0.2.10"})
		conn, err := client.Handshake(t.Context(), raw, client.Config{Hello: hello, RecordVersion: offer.RecordVersion(model.Profile), MinVersion: offer.Lowest(model.Profile), Now: testca.Clock, Random: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, register, 1)
		conn.Read(make([]byte, 4096))
		conn.Close()
		c := l.next(t)
		d := diagnosis.Diagnose(c.Evidence)
		if d.Verdict != diagnosis.Registers || len(d.Remedies) > 0 {
			t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
		}
		has(t, c, "listener.offer-same")
		if holds {
			has(t, c, "agreement.same")
		} else {
			has(t, c, "agreement.accepted")
		}
	}
}

// TestOtherOffer: a client that is no T28P.
func TestOtherOffer(t *testing.T) {
	model := t28(t, testca.Root(t, "Example Root"))
	l := start(t, func(c *listen.Config) { c.Phone, c.Profiles = model, []*handset.Profile{model.Profile} })
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS10))
	if err != nil {
		t.Fatal(err)
	}
	registers(t, conn, 1)
	conn.Close()
	c := l.next(t)
	if m := has(t, c, "listener.offer-differs"); !strings.HasPrefix(m, "the phone offers 4 suites that yealink-t28p does not list: TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, ") || !strings.Contains(m, "; lacks 25 suites that yealink-t28p lists: ") {
		t.Errorf("%q", m)
	}
	d := diagnosis.Diagnose(c.Evidence)
	if d.Verdict != diagnosis.Registers {
		t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
	}
}
