package walk

import (
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// defaultLevel is the security level of the recordings.
const defaultLevel = 1

// modelOf names the model of a recorded release.
func modelOf(release string) string {
	switch {
	case strings.HasPrefix(release, "1.0.0"):
		return "OpenSSL 1.0.0"
	case release == "1.0.1e":
		return "OpenSSL 1.0.1 to 1.0.1m"
	case strings.HasPrefix(release, "1.0.1"):
		return "OpenSSL 1.0.1n and later"
	case release == "1.0.2d":
		return "OpenSSL 1.0.2b, as 1.0.2d"
	case strings.HasPrefix(release, "1.0.2"):
		return "later OpenSSL 1.0.2, as 1.0.2o"
	case strings.HasPrefix(release, "1.1.0"):
		return "OpenSSL 1.1.0"
	case release == "1.1.1b":
		return "OpenSSL 1.1.1, as 1.1.1b"
	case strings.HasPrefix(release, "1.1.1"):
		return "later OpenSSL 1.1.1, as 1.1.1n"
	}
	return "OpenSSL 3"
}

// TestRecordedVerdicts: the model says what the real releases said.
func TestRecordedVerdicts(t *testing.T) {
	list, certificates := trusttest.Vectors(t)
	if len(list) < 200 {
		t.Fatalf("only %d vectors", len(list))
	}
	if open := matchRecorded(t, "verdicts.csv", list, trusttest.Parsed(t, certificates)); open > 0 {
		t.Errorf("%d verdicts cannot be computed", open)
	}
}

// matchRecorded holds the model of every recorded release against the
// recording, and counts the verdicts that cannot be computed.
func matchRecorded(t *testing.T, table string, list []trusttest.Vector, certificates map[string]*certificate.Certificate) (open int) {
	t.Helper()
	verdicts := trusttest.Verdicts(t, table)
	agree, total := 0, 0
	for release, column := range verdicts {
		if len(column) != len(list) {
			t.Fatalf("%d verdicts of %s for %d vectors: record anew", len(column), release, len(list))
		}
		for _, r := range Releases("") {
			if r.Name != modelOf(release) {
				continue
			}
			l := NewLibrary(r, defaultLevel)
			for i, v := range list {
				total++
				if got := verdictOf(l, v, certificates); column[i].Parsed && got == column[i].Code {
					agree++
				} else if got == NotComputable {
					open++
				} else {
					t.Errorf("%s, line %s, %s: model %d, library %v", release, v.Line, v.Name, got, column[i])
				}
			}
		}
	}
	t.Logf("%d vectors, %d releases: %d of %d verdicts agree, %d cannot be computed", len(list), len(verdicts), agree, total, open)
	return open
}

// verdictOf asks a library, which may have seen other vectors.
func verdictOf(l *Library, v trusttest.Vector, certificates map[string]*certificate.Certificate) errcode.Code {
	return l.Verify(trusttest.Pick(certificates, v.Sent), trusttest.Pick(certificates, v.Store), time.Unix(v.Clock, 0)).Code
}

// TestBetterTLSRecorded: on this suite too the model says what the releases said.
func TestBetterTLSRecorded(t *testing.T) {
	cases, certificates := trusttest.BetterTLS(t)
	matchRecorded(t, "bettertls.csv", trusttest.VectorsOf(cases), trusttest.Parsed(t, certificates))
}
