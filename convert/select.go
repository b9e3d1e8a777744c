package convert

import (
	"strconv"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
)

// pick leaves the one certificate that --select names, and the private keys
// that belong to it.
func (j *job) pick() error {
	if j.Select == "" {
		return nil
	}
	certs := j.of(inspect.KindCertificate)
	n, err := j.selected(certs)
	if err != nil {
		return err
	}
	chosen, seen := certs[n-1], 0
	j.keep(func(it item) bool {
		if it.Kind == inspect.KindCertificate {
			seen++
			return seen == n
		}
		return it.Kind == inspect.KindPrivateKey && belongs(it, chosen.Certificate)
	})
	return nil
}

// selected returns the number of the certificate that --select names.
func (j *job) selected(certs []item) (int, error) {
	var fits []int
	switch j.Select {
	case "leaf":
		fits = leaves(certs)
	case "root":
		fits = roots(certs)
	default:
		n, err := strconv.Atoi(j.Select)
		if err != nil {
			return 0, refuse([]string{"--select takes a number, leaf or root"}, "--select %q names no certificate", j.Select)
		}
		if n < 1 || n > len(certs) {
			return 0, refuse([]string{j.look(j.sources[0])},
				"there is no certificate %d: %s holds %d", n, j.source(), len(certs))
		}
		return n, nil
	}
	switch len(fits) {
	case 0:
		return 0, refuse([]string{j.look(j.sources[0])},
			"%s holds no %s certificate", j.source(), j.Select)
	case 1:
		return fits[0], nil
	}
	return 0, refuse([]string{"take one by its number: --select N with " + named(fits, certs)},
		"%s holds %d certificates to which --select %s applies", j.source(), len(fits), j.Select)
}

// leaves numbers the certificates that are not a CA's; where all are, those
// that have issued none of the others.
func leaves(certs []item) []int {
	own := numbers(certs, func(c *certificate.Certificate) bool { return !c.MayIssue() })
	if len(own) > 0 {
		return own
	}
	issuers := issuing(certs)
	return numbers(certs, func(c *certificate.Certificate) bool { return !issuers[string(c.RawSubject)] })
}

// roots numbers the self-signed certificates.
func roots(certs []item) []int { return numbers(certs, (*certificate.Certificate).SelfIssued) }

func numbers(certs []item, want func(*certificate.Certificate) bool) []int {
	var list []int
	for i, it := range certs {
		if want(it.Certificate) {
			list = append(list, i+1)
		}
	}
	return list
}

// issuing is the set of subjects that stand as issuer in another certificate.
func issuing(certs []item) map[string]bool {
	set := map[string]bool{}
	for _, it := range certs {
		if !it.Certificate.SelfIssued() {
			set[string(it.Certificate.RawIssuer)] = true
		}
	}
	return set
}

// belongs reports whether a private key is the certificate's.
func belongs(key item, c *certificate.Certificate) bool {
	return key.Key != nil && key.Key.Matches(c.RawSubjectPublicKeyInfo)
}
