package measure_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/testca"
)

// table is a survey in short: "good+ wrong-name-" took the first and refused the
// second; "?" is unclear, "~" mute, "0" not reached, "=" not reached for want of a suite.
func table(text string) measure.Table {
	t := measure.Table{Phone: "192.0.2.20"}
	for word := range strings.FieldsSeq(text) {
		trial := measure.Trial{Variant: chain.Variant(word[:len(word)-1]), Detail: "so it went"}
		switch word[len(word)-1] {
		case '+':
			trial.Answer, trial.Hash = measure.Accepted, "SHA-256"
		case '-':
			trial.Answer, trial.Alert, trial.AlertNumber = measure.Refused, "unknown_ca", iana.AlertUnknownCA
		case '?':
			trial.Answer = measure.Unclear
		case '~':
			trial.Answer, trial.Mute = measure.Unclear, true
		case '0':
			trial.Answer = measure.Unreached
		case '=':
			trial.Answer, trial.NoSuite = measure.Unreached, true
		}
		t.Add(trial)
	}
	return t
}

const strict, lax = "good+ unknown-root- self-signed- ", "good+ unknown-root+ self-signed+ "

func TestSettings(t *testing.T) {
	const trusted, sha256 = "settings.only_trusted.in_force is on", "crypto.hashes has SHA-256"
	for _, test := range []struct {
		table string
		want  []string
	}{
		{"", nil},
		{"good-", nil},
		{"good?", nil},
		{"good- unknown-root- self-signed- wrong-name- ec-key- sha512-", nil},
		{"unknown-root- self-signed-", nil},
		{"good+", nil},
		{strict, []string{trusted, sha256}},
		{"good+ unknown-root-", []string{trusted, sha256}},
		{"good+ self-signed-", nil},
		{"good+ unknown-root? self-signed-", nil},
		{"good+ unknown-root+", nil},
		{"good+ unknown-root+ self-signed-", nil},
		{"good+ unknown-root- self-signed+", nil},
		{lax, []string{"settings.only_trusted.in_force is off"}},

		{strict + "wrong-name-", []string{trusted, "settings.cn_validation.in_force is on", sha256}},
		{strict + "wrong-name+", []string{trusted, "settings.cn_validation.in_force is off", sha256}},
		{strict + "wrong-name?", []string{trusted, sha256}},
		{lax + "wrong-name-", []string{"settings.only_trusted.in_force is off", "settings.cn_validation.in_force is on"}},
		{lax + "wrong-name+", []string{"settings.only_trusted.in_force is off"}},
		{"good+ wrong-name+", nil},
		{"good+ wrong-name-", []string{"settings.cn_validation.in_force is on"}},

		{strict + "wrong-name~", []string{trusted, "settings.cn_validation.in_force is on", sha256}},
		{"good~ wrong-name~ unknown-root- self-signed-", nil},
		{"good+ unknown-root~ self-signed~", []string{trusted, sha256}},
		{"good+ sha512~", []string{"crypto.hashes lacks SHA-512"}},

		{"good+ ec-key+", []string{"crypto.key_algorithms has EC"}},
		{"good+ ec-key-", []string{"crypto.key_algorithms lacks EC"}},
		{"good+ ec-key=", []string{"crypto.key_algorithms lacks EC"}},
		{"good+ ec-key0", nil},

		{strict + "sha512+", []string{trusted, sha256, "crypto.hashes has SHA-512"}},
		{strict + "sha512-", []string{trusted, sha256, "crypto.hashes lacks SHA-512"}},
		{"good+ sha512-", []string{"crypto.hashes lacks SHA-512"}},
		{"good+ sha512+", nil},
		{lax + "sha512+", []string{"settings.only_trusted.in_force is off"}},
		{strict + "expired+ not-yet-valid- no-intermediate+ cross-signed-expired-", []string{trusted, sha256}},
	} {
		list := table(test.table).Settings()
		var got []string
		for _, s := range list {
			got = append(got, s.String())
			if s.Because == "" {
				t.Errorf("%s: %s without a reason", test.table, s)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.table, got, test.want)
		}
		if list == nil {
			t.Errorf("%s: null in JSON", test.table)
		}
	}
}

// TestPaths: each setting is a fact of a profile, and its value one that it takes.
func TestPaths(t *testing.T) {
	leaves := handset.Facts(&handset.Profile{})
	for _, s := range table(strict + "wrong-name+ ec-key+ sha512+").Settings() {
		if !slices.ContainsFunc(leaves, func(f handset.FactLine) bool { return f.Path == s.Path }) {
			t.Errorf("no profile has %s", s.Path)
		}
	}
}

func TestRemarks(t *testing.T) {
	const custom = "CA Certificates is Custom or All"
	for _, test := range []struct {
		table string
		want  []string // a part of each remark but those on what is missing
	}{
		{"", []string{"was not shown the good chain"}},
		{"unknown-root-", []string{"was not shown the good chain"}},
		{"good-", []string{"refuses even the good chain: the root is not on the phone"}},
		{"good?", []string{"does not show: so it went"}},
		{"good=", []string{"no cipher suite for the good chain's key"}},
		{"good+", nil},
		{strict, []string{custom}},
		{lax, []string{"takes any certificate"}},
		{"good+ unknown-root- self-signed+", []string{"takes a certificate that signed itself"}},
		{"good+ unknown-root+ self-signed-", []string{"refuses a certificate that signed itself"}},
		{"good- unknown-root- self-signed+", []string{"refuses even the good chain"}},
		{lax + "wrong-name+", []string{"whether Common Name Validation is on does not show", "takes any certificate"}},
		{strict + "wrong-name+", []string{custom}},
		{strict + "expired+ not-yet-valid+", []string{custom, "does not look at the dates"}},
		{strict + "expired+ not-yet-valid-", []string{custom, "its clock is not behind"}},
		{strict + "expired- not-yet-valid+", []string{custom, "its clock is ahead"}},
		{strict + "expired- not-yet-valid-", []string{custom, "right to within a week"}},
		{strict + "expired+", []string{custom, "or its clock is wrong"}},
		{strict + "expired-", []string{custom}},
		{lax + "expired+ not-yet-valid+", []string{"takes any certificate"}},
		{strict + "no-intermediate+", []string{custom, "without its intermediate"}},
		{strict + "no-intermediate-", []string{custom}},
		{strict + "cross-signed-expired-", []string{custom, "so do OpenSSL 0.9.8, 1.0.0"}},
		{strict + "cross-signed-expired+", []string{custom, "from 1.0.1n and 1.0.2b on"}},
		{"good- cross-signed-expired-", []string{"refuses even the good chain"}},
		{strict + "wrong-name~", []string{custom, "with wrong-name and hung up without a word"}},
		{"good~ wrong-name~", []string{"does not show: so it went", "what it thinks of wrong-name does not show"}},
		{strict + "ec-key= sha512? expired0", []string{custom, "what it thinks of expired, sha512 does not show"}},
	} {
		got := table(test.table).Remarks()
		shown := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return strings.HasPrefix(s, "it was not shown ") })
		if len(shown) != len(test.want) {
			t.Errorf("%s: %q, want %q", test.table, shown, test.want)
			continue
		}
		for i, s := range shown {
			if !strings.Contains(s, test.want[i]) || strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q, want %q", test.table, s, test.want[i])
			}
		}
		if got == nil {
			t.Errorf("%s: null in JSON", test.table)
		}
	}
}

// TestGoodRefused: each alert has its own advice.
func TestGoodRefused(t *testing.T) {
	for alert, want := range map[iana.AlertDescription]string{
		iana.AlertUnknownCA: "root.pem", iana.AlertCertificateExpired: "clock", iana.AlertBadCertificate: "clock",
		iana.AlertCertificateUnknown: "name", iana.AlertDecryptError: "--sign sha1", iana.AlertHandshakeFailure: "root.pem",
	} {
		var table measure.Table
		table.Add(measure.Trial{Variant: chain.Good, Answer: measure.Refused, Alert: alert.String(), AlertNumber: alert})
		if got := table.Remarks(); !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", alert, got)
		}
	}
}

func TestAdd(t *testing.T) {
	var table measure.Table
	at := func(v chain.Variant, minute int, a measure.Answer) {
		table.Add(measure.Trial{Variant: v, Answer: a, At: testca.Clock().Add(time.Duration(minute) * time.Minute)})
	}
	at(chain.SHA512, 1, measure.Accepted)
	at(chain.Good, 2, measure.Refused)
	at(chain.Expired, 3, measure.Refused)
	at(chain.Good, 4, measure.Accepted)
	at(chain.Good, 3, measure.Unclear)   // a longer connection, reported later
	at(chain.Good, 5, measure.Unreached) // one that shows nothing
	at("", 5, measure.Accepted)
	at("other", 5, measure.Accepted)
	var got []string
	for _, trial := range table.Trials {
		got = append(got, string(trial.Variant)+" "+string(trial.Answer))
	}
	if want := []string{"good accepted", "expired refused", "sha512 accepted"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	missing := []chain.Variant{chain.SelfSigned, chain.NotYetValid, chain.WrongName, chain.NoIntermediate, chain.UnknownRoot, chain.ECKey, chain.CrossSignedExpired}
	if got := table.Missing(); !slices.Equal(got, missing) {
		t.Errorf("missing %q", got)
	}
	last := table.Remarks()
	if want := "it was not shown self-signed, not-yet-valid, wrong-name, no-intermediate, unknown-root, ec-key, cross-signed-expired"; last[len(last)-1] != want {
		t.Errorf("%q", last)
	}
}

// TestTableShared: from a table that two phones share nothing follows.
func TestTableShared(t *testing.T) {
	table := measure.Table{Trials: []measure.Trial{
		{Variant: chain.Good, Answer: measure.Accepted, Caller: "Yealink SIP-T28P"},
		{Variant: chain.UnknownRoot, Answer: measure.Refused},
		{Variant: chain.ECKey, Answer: measure.Accepted, Caller: "Yealink SIP-T28P"},
	}}
	if len(table.Settings()) == 0 {
		t.Error("nothing follows from one phone's")
	}
	table.Trials[2].Caller = "Matrix VP710"
	if got := table.Settings(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if got := table.Remarks(); len(got) != 1 || !strings.Contains(got[0], "Yealink SIP-T28P, Matrix VP710") {
		t.Errorf("%q", got)
	}
}
