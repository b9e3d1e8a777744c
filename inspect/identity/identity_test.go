package identity_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/identity"
	"github.com/phonecert/phonecert/internal/testca"
)

func parse(t *testing.T, c *testca.Certificate) *certificate.Certificate {
	t.Helper()
	parsed, err := certificate.Parse(c.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func subject(name pkix.Name) testca.Option {
	return func(c *x509.Certificate) { c.Subject = name }
}

func TestIdentify(t *testing.T) {
	maker := testca.Root(t, "Yealink Equipment Issuing CA")
	other := testca.Root(t, "Example Root")
	const phone = mac.Address("00005e005301")
	old := []iana.ProtocolVersion{iana.TLS10}
	tests := []struct {
		name     string
		leaf     *testca.Certificate
		expected mac.Address
		versions []iana.ProtocolVersion
		clock    time.Duration
		kind     identity.Kind
		verdict  diagnosis.Verdict
		codes    []string
	}{
		{"unique, MAC in the common name", maker.Issue(t, "00005E005301"), phone, old, 0, identity.Unique, diagnosis.Registers,
			[]string{"identity.unique", "identity.browsers-refuse"}},
		{"unique, MAC in serialNumber", maker.Issue(t, "yealink.com", subject(pkix.Name{CommonName: "yealink.com", SerialNumber: "00:00:5e:00:53:01"})), phone, old, 0,
			identity.Unique, diagnosis.Registers, []string{"identity.unique", "identity.browsers-refuse"}},
		{"another phone", maker.Issue(t, "00005e005302"), phone, nil, 0, identity.Unique, diagnosis.Refuses, []string{"identity.unique", "identity.other-phone"}},
		{"generic", maker.Issue(t, "yealink.com"), "", []iana.ProtocolVersion{iana.TLS10, iana.TLS12}, 0, identity.Generic, diagnosis.Registers,
			[]string{"identity.generic", "identity.browsers"}},
		{"generic, asked for one phone", maker.Issue(t, "yealink.com"), phone, nil, 0, identity.Generic, diagnosis.Unknown, []string{"identity.generic", "identity.no-mac"}},
		{"uploaded", other.Issue(t, "phone.example.com"), "", nil, 0, identity.Custom, diagnosis.Registers, []string{"identity.custom"}},
		{"self-signed and expired", testca.Self(t, "phone.example.com"), "", nil, 50 * 365 * 24 * time.Hour, identity.SelfSigned, diagnosis.Registers,
			[]string{"identity.self-signed", "identity.expired"}},
		{"not yet valid", other.Issue(t, "phone.example.com"), "", nil, -50 * 365 * 24 * time.Hour, identity.Custom, diagnosis.Registers,
			[]string{"identity.custom", "identity.not-yet-valid"}},
		{"nothing", nil, "", nil, 0, identity.None, diagnosis.Refuses, []string{"identity.no-certificate"}},
		{"no certificate in sight", nil, "", []iana.ProtocolVersion{iana.TLS13}, 0, identity.None, diagnosis.Unknown, []string{"identity.hidden-certificate", "identity.browsers"}},
	}
	for _, test := range tests {
		survey := &diagnosis.Survey{Versions: test.versions, Complete: true}
		if test.leaf != nil {
			survey.Leaf = parse(t, test.leaf)
		}
		id := identity.Identify(identity.Question{Address: "192.0.2.55", Survey: survey, Expected: test.expected, Now: testca.Clock().Add(test.clock)})
		var codes []string
		for _, f := range id.Findings {
			codes = append(codes, f.Code)
			if f.Message == "" || f.Source == "" {
				t.Errorf("%s: %+v", test.name, f)
			}
		}
		if id.Kind != test.kind || id.Verdict != test.verdict || !slices.Equal(codes, test.codes) {
			t.Errorf("%s: %s, %s, %v", test.name, id.Kind, id.Verdict, codes)
		}
	}
}

// TestNoAnswerInTime: what the time did not suffice for is not known.
func TestNoAnswerInTime(t *testing.T) {
	id := identity.Identify(identity.Question{Address: "192.0.2.55", Survey: &diagnosis.Survey{}, Now: testca.Clock()})
	if id.Verdict != diagnosis.Unknown || len(id.Findings) != 1 || id.Findings[0].Code != "identity.no-answer" {
		t.Errorf("%+v", id)
	}
}
