package walk

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// TestPKITSRecorded: on the suite too the model says what the releases said.
func TestPKITSRecorded(t *testing.T) {
	_, list, certificates := trusttest.PKITS(t)
	for _, column := range trusttest.Verdicts(t, "pkits.csv") {
		if len(column) != len(list) {
			t.Skipf("skipped: the Go tree has %d vectors, the recording %d", len(list), len(column))
		}
	}
	matchRecorded(t, "pkits.csv", list, trusttest.Parsed(t, certificates))
}

// TestPKITS holds every release against what the suite wants, and names the
// differences, which are the phones' own.
func TestPKITS(t *testing.T) {
	vectors, list, certificates := trusttest.PKITS(t)
	agree, differ := 0, map[string]int{}
	read := trusttest.Parsed(t, certificates)
	for _, r := range Releases("") {
		if !r.proves.SHA2 {
			continue // the whole suite is signed with SHA-256
		}
		l := NewLibrary(r, defaultLevel)
		for i, v := range vectors {
			code := verdictOf(l, list[i], read)
			switch why := difference(r, v); {
			case (code == errcode.OK) == v.ShouldValidate:
				agree++
			case why != "":
				differ[why]++
			default:
				t.Errorf("%s, %s: code %d, should validate: %v", r.Name, v.Name, code, v.ShouldValidate)
			}
		}
	}
	t.Logf("%d vectors: %d verdicts agree; %v", len(vectors), agree, differ)
}

// difference explains a deliberate difference from the suite.
func difference(r *Release, v trusttest.PKITSVector) string {
	under := func(sections ...string) bool {
		return slices.ContainsFunc(sections, func(s string) bool { return strings.HasPrefix(v.Name, s) })
	}
	switch {
	case !v.ShouldValidate && under("4.4.", "4.5.", "4.14.", "4.15."):
		return "revocation lists are not fetched"
	case !v.ShouldValidate && under("4.8.", "4.9.", "4.10.", "4.11.", "4.12."):
		return "policies are not checked"
	case !v.ShouldValidate && under("4.7.4 ", "4.7.5 "):
		return "the right to sign revocation lists is not asked for"
	case !v.ShouldValidate && under("4.6.1 ") && !r.builder11:
		return "before 1.1.0 key usage alone makes a CA"
	case under("4.1.4 ", "4.1.5 ") && r.proves.WeakSHA1:
		return "SHA-1 is below security level 1"
	case under("4.1.5 ") && r.builder11:
		return "from 1.1.0 on a server's key without parameters is too weak"
	case under("4.10.", "4.11.") && !r.reads.Constraints:
		return "0.9.8 does not know critical policy mappings"
	case under("4.13.") && !r.reads.Constraints:
		return "0.9.8 does not know critical name constraints"
	case under("4.6.15 ", "4.6.17 ") && r.countsSelfIssued:
		return "0.9.8 counts self-issued certificates"
	}
	return ""
}
