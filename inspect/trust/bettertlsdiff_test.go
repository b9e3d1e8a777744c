package trust

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// bettertlsDifference are answers other than the suite's: those of the phones.
type bettertlsDifference struct {
	cause     string
	libraries []handset.Library
	kinds     string
	answer    string
	cases     string // numbers and ranges; r: sent the other way round
}

// The causes. What the suite calls a feature, branching, no library here has.
const (
	oneIssuer  = "the first issuer that fits is followed, and no other when that path fails"
	noChoice   = "before 1.0.1n and 1.0.2b what is sent is followed to its end, past the root that is held"
	anyCA      = "before 1.1.0 key usage alone makes a CA"
	weakDigest = "SHA-1, and MD5 in its place, is refused only from 3.0 on"
	noECDSA    = "0.9.8 does not know ECDSA with SHA-2"
	noNames    = "0.9.8 does not know critical name constraints"
	commonName = "the common name is compared where there is no DNS name (RFC 2818, section 3.1)"
	besideDNS  = "whether a phone looks at the common name beside a DNS name is not known"
	paths      = "suite rsa" // the latter only where it is asked
	noIssuer   = "ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
	olderForks = "1r 2 22r 23 24r-29r 30-35 61-68"       // two issuers, or a circle
	newerForks = "1r 2 22r 23 25r-29r 31-35 61 62 64-68" // an expired issuer is passed over
)

func bettertlsDifferences() []bettertlsDifference {
	v098, v100, v101, v102 := handset.OpenSSL098, handset.OpenSSL100, handset.OpenSSL101, handset.OpenSSL102
	v11, v3 := handset.OpenSSL11, handset.OpenSSL3
	on := func(list ...handset.Library) []handset.Library { return list }
	all := handset.Libraries()
	return []bettertlsDifference{
		{oneIssuer, on(v098, v100, v101, v102), paths, "refused " + noIssuer, olderForks},
		{oneIssuer, on(v11, v3), paths, "refused " + noIssuer, newerForks},
		{oneIssuer, all, paths, "refused ERR_INVALID_PURPOSE", "51 51r 57 57r"},
		{oneIssuer, all, paths, "refused ERR_INVALID_CA", "53 53r 59 59r"},
		{oneIssuer, on(v11, v3), paths, "refused ERR_INVALID_CA", "52 52r 58 58r"},
		{oneIssuer, on(v098), paths, "refused ERR_UNHANDLED_CRITICAL_EXTENSION", "50 50r 56 56r"},
		{oneIssuer, on(v100, v101, v102, v11, v3), paths, "refused ERR_PERMITTED_VIOLATION", "50 50r 56 56r"},
		{oneIssuer, on(v098), "rsa", "refused ERR_CERT_HAS_EXPIRED", "49 49r 55 55r"},
		{oneIssuer, on(v100, v101, v102), paths, "refused ERR_CERT_HAS_EXPIRED", "49 49r 55 55r"},
		{oneIssuer, on(v11, v3), paths, "refused ERR_CERT_HAS_EXPIRED", "49 55"},
		{oneIssuer, on(v3), paths, "refused ERR_CA_MD_TOO_WEAK", "54 54r 60 60r"},

		{noChoice, on(v098, v100), paths, "refused " + noIssuer, "16-21 61r-68r"},
		{noChoice, on(v101, v102), paths, "unknown " + noIssuer, "16-21 61r-68r"},
		{noChoice + ", and " + anyCA, on(v101, v102), paths, "unknown " + noIssuer, "72r 78r"},
		{noChoice + ", and " + weakDigest, on(v101, v102), paths, "unknown " + noIssuer, "74r 80r"},

		{anyCA, on(v098), "rsa", "connects OK", "6 13 39 45r"},
		{anyCA, on(v100, v101, v102), paths, "connects OK", "6 13 39 45r"},

		{weakDigest, on(v098), "rsa", "connects OK", "8 15 41 47r"},
		{weakDigest, on(v100, v101, v102), paths, "connects OK", "8 15 41 47r"},
		{weakDigest, on(v11), paths, "connects OK", "8 15 41 47r 74r 80r"},

		{noECDSA, on(v098), "suite", "refused ERR_CERT_SIGNATURE_FAILURE",
			"0 1 2r 9 22 23r 24-29 30r-35r 48 48r 49 49r 52 52r 54 54r 55 55r 58 58r 60 60r"},
		{noECDSA, on(v098), "names", "refused ERR_CERT_SIGNATURE_FAILURE", "0 2 4 331 412 1708 3166 3895"},
		{noNames, on(v098), "names", "refused ERR_UNHANDLED_CRITICAL_EXTENSION", "251 252 256 259 268 277"},
		{commonName, on(v100, v101, v102), "names", "connects OK", "736-739 742 745 754 763 790 817 898"},
		{commonName, on(v11, v3), "names", "connects OK", "736-738 742 745 754 763 817 898"},
		{besideDNS, on(v100, v101, v102, v11, v3), "names", "unknown OK", "1222"},
	}
}

type differencePlace struct {
	library      handset.Library
	kind, number string
}

// readDifferences lays the table out; no case may stand in it twice.
func readDifferences(t *testing.T) map[differencePlace]bettertlsDifference {
	t.Helper()
	places := map[differencePlace]bettertlsDifference{}
	for _, d := range bettertlsDifferences() {
		for _, number := range spread(t, d.cases) {
			for _, kind := range strings.Fields(d.kinds) {
				for _, library := range d.libraries {
					if !(trusttest.Case{Kind: kind}).AskedOf(library) {
						continue
					}
					place := differencePlace{library, kind, number}
					if _, twice := places[place]; twice {
						t.Errorf("%v is listed twice", place)
					}
					places[place] = d
				}
			}
		}
	}
	return places
}

// spread writes the ranges of a list out.
func spread(t *testing.T, cases string) (numbers []string) {
	t.Helper()
	for _, field := range strings.Fields(cases) {
		first, last, ranged := strings.Cut(field, "-")
		if !ranged {
			last = first
		}
		suffix := strings.TrimLeft(first, "0123456789")
		from, err := strconv.Atoi(strings.TrimSuffix(first, suffix))
		to, err2 := strconv.Atoi(strings.TrimSuffix(last, suffix))
		if err != nil || err2 != nil || to < from {
			t.Fatalf("no range: %q", field)
		}
		for n := from; n <= to; n++ {
			numbers = append(numbers, fmt.Sprint(n, suffix))
		}
	}
	return numbers
}
