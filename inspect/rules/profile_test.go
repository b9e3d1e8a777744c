package rules_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/testca"
)

// shownOnly are the facts that no rule about files reads: they describe the
// phone on the wire, its web page and its provisioning, and reach the user
// through "handset show", which prints every fact.
var shownOnly = []string{"brand", "models", "firmware", "tls.versions", "tls.sni", "tls.extensions", "tls.client_certificate", "tls.encrypts", "tls.lock_icon", "web.", "provisioning.", "settings.device_cert.values",
	"tls.client_hello", "settings.only_trusted.in_force", "settings.ca.in_force", "settings.cn_validation.in_force", "settings.device_cert.in_force", "settings.only_trusted.values", "settings.cn_validation.values", "trusted_files.private_key", "trusted_files.replaces"}

// TestNoDeadFields changes each fact of a profile in turn and requires that
// some finding changes, or that the fact is one of those above.
func TestNoDeadFields(t *testing.T) {
	c := newCorpus(t)
	before := c.answers(t, func(*handset.Profile) {})
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range handset.Leaves(p) {
		changed := false
		for _, other := range mutations() {
			after := c.answers(t, func(p *handset.Profile) {
				for _, l := range handset.Leaves(p) {
					if l.Path == leaf.Path {
						other(reflect.ValueOf(l.Fact).Elem())
					}
				}
			})
			if changed = after != before; changed {
				break
			}
		}
		exempt := slices.ContainsFunc(shownOnly, func(path string) bool {
			return leaf.Path == path || strings.HasSuffix(path, ".") && strings.HasPrefix(leaf.Path, path)
		})
		switch {
		case !changed && !exempt:
			t.Errorf("%s changes no finding: it is dead", leaf.Path)
		case changed && exempt:
			t.Errorf("%s changes a finding: take it off the list of those that are only shown", leaf.Path)
		}
	}
}

// mutations change a Fact to another value, and to not known.
func mutations() []func(reflect.Value) {
	return []func(reflect.Value){
		func(fact reflect.Value) { other(fact.FieldByName("Value")) },
		func(fact reflect.Value) { less(fact.FieldByName("Value")) },
		func(fact reflect.Value) {
			fact.Set(reflect.Zero(fact.Type()))
			fact.FieldByName("NotKnown").SetString("a test")
			fact.FieldByName("Basis").SetString("assumed")
		},
		func(fact reflect.Value) { // a value where there was none
			fact.FieldByName("NotKnown").SetString("")
			fact.FieldByName("Basis").SetString("documented")
			other(fact.FieldByName("Value"))
		},
	}
}

// other sets a value to a different one of its type.
func other(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(max(1, v.Int()/2))
	case reflect.Uint16:
		v.SetUint(v.Uint() + 1)
	case reflect.Slice:
		v.Set(reflect.Zero(v.Type()))
	case reflect.String:
		switch v.String() {
		case "on":
			v.SetString("off")
		case "default":
			v.SetString("custom")
		case "openssl-1.0.0":
			v.SetString("openssl-1.1")
		case "2038-01-19T03:14:07Z":
			v.SetString("2020-01-01T00:00:00Z")
		default:
			v.SetString("another")
		}
	}
}

// less shortens a list to its first element and makes a number zero.
func less(v reflect.Value) {
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(0)
	case reflect.Slice:
		v.SetLen(min(v.Len(), 1))
	}
}

// corpus are files that touch every rule.
type corpus struct {
	files []*inspect.File
	root  *certificate.Certificate
	batch []*testca.Certificate
}

func newCorpus(t *testing.T) *corpus {
	root := testca.Root(t, "Root")
	middle := root.Issue(t, "Middle", testca.CA)
	leaf := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	pss := root.Issue(t, "PSS", testca.TLS, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA256WithRSAPSS })
	public := middle.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 32}, Value: []byte("\x30\x0a\x30\x08\x06\x06\x67\x81\x0c\x01\x02\x01")}}
	})
	builtin, err := handset.Roots(handset.RootListT2xPV7x)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"root.pem": root.PEM(), "root.der": root.Raw, "two.pem": join(root.PEM(), middle.PEM()),
		"phone.pem": join(leaf.PEM(), middle.PEM(), leaf.KeyPEM(t)), "nokey.crt": leaf.PEM(),
		"pss.pem": pss.PEM(), "ec.pem": testca.ECRoot(t, "EC").PEM(), "builtin.pem": builtin[0].PEM(),
		"chain.pem":  join(leaf.PEM(), middle.PEM()),
		"public.pem": join(public.PEM(), middle.PEM()), "public-full.pem": join(public.PEM(), middle.PEM(), root.PEM()),
		"full.pem": join(leaf.PEM(), middle.PEM(), root.PEM()),
	}
	c := &corpus{root: parsed(t, root)}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c.files = append(c.files, read(name, files[name]))
	}
	c.files = append(c.files, inspect.Read("big.pem", root.PEM(), inspect.Options{Size: 5 << 20}))
	for i := range 20 {
		c.batch = append(c.batch, testca.Root(t, fmt.Sprint("Root ", i)))
	}
	return c
}

// answers is what the rules say about a row of files in every role.
func (c *corpus) answers(t *testing.T, change func(*handset.Profile)) string {
	t.Helper()
	var text strings.Builder
	for _, role := range []handset.Role{handset.Trusted, handset.Server, handset.PBX} {
		p, err := handset.Load("yealink-t28p")
		if err != nil {
			t.Fatal(err)
		}
		change(p)
		q := question(p, role)
		q.Server, q.Builtin = "sip.example.com", builtinOf(t, p)
		for _, file := range c.files {
			if role == handset.PBX && !slices.Contains([]string{"full.pem", "public.pem", "public-full.pem", "pss.pem", "ec.pem"}, file.Name) {
				continue // a judgement takes its time, and these touch all of it
			}
			plain := q
			uploaded := with(q, func(p *phone.Phone) { p.Custom = []*certificate.Certificate{c.root} })
			strict := with(uploaded, func(p *phone.Phone) { p.Settings.CNValidation = set("on") })
			for _, q := range []rules.Question{plain, uploaded, strict} {
				for _, f := range rules.Check(file, q) {
					fmt.Fprintln(&text, role, file.Name, f.Code, f.Severity, f.Basis, f.Message, f.Fix)
				}
			}
		}
		batch := rules.NewBatch(q, len(c.batch))
		for i, member := range c.batch {
			batch.Check(i, read("root.pem", member.PEM()))
		}
		_, together := batch.Together()
		fmt.Fprintln(&text, role, together)
	}
	return text.String()
}

// builtinOf is the list that the command line hands to the rules.
func builtinOf(t *testing.T, p *handset.Profile) phone.Builtin {
	list := p.Builtin.RootList
	roots, err := handset.Roots(list.Value)
	if !list.Known() || err != nil {
		return phone.Builtin{Basis: finding.Assumed, Source: "a test"}
	}
	b := phone.Builtin{Listed: true, Basis: list.Basis, Source: list.Source}
	for _, root := range roots {
		c, err := certificate.Parse(root.DER())
		if err != nil {
			t.Fatal(err)
		}
		b.Certificates = append(b.Certificates, c)
	}
	return b
}
