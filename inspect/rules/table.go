package rules

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// rule is one thing that is looked at.
type rule struct {
	// name says in a word or two what the rule looks at.
	name string
	// roles are the roles to which the rule applies.
	roles []handset.Role
	// apply looks and reports.
	apply func(*subject)
}

// table lists every rule, group by group, in the order of the report.
func table() []rule {
	onPhone := []handset.Role{handset.Trusted, handset.Server}
	trusted := []handset.Role{handset.Trusted}
	server := []handset.Role{handset.Server}
	pbx := []handset.Role{handset.PBX}
	all := []handset.Role{handset.Trusted, handset.Server, handset.PBX}
	return []rule{
		{"size", onPhone, fileSize},
		{"file name ending", onPhone, fileEnding},
		{"what it holds", all, fileContent},
		{"reading", all, fileReading},
		{"encoding", onPhone, fileEncoding},
		{"ending against content", onPhone, endingAgainstContent},

		{"places", onPhone, filePlaces},

		{"private key in a trusted file", trusted, trustedPrivateKey},
		{"one certificate per file", trusted, trustedSeveral},
		{"certificate authority", trusted, trustedAuthority},
		{"already on the phone", trusted, trustedAlready},

		{"key of the server certificate", server, serverKey},
		{"several certificates", server, serverSeveral},
		{"own certificate", server, serverAuthority},

		{"validity", all, validity},
		{"clock", all, clockRange},

		{"key algorithm", all, keyAlgorithm},
		{"key size", all, keySize},
		{"signature algorithm", all, signatureAlgorithm},

		{"name", []handset.Role{handset.Server, handset.PBX}, subjectName},
		{"key usage", all, keyUsage},
		{"extended key usage", []handset.Role{handset.Server, handset.PBX}, extendedKeyUsage},
		{"critical extensions", all, criticalExtensions},

		{"order of the chain", pbx, pbxOrder},
		{"key against cipher suites", pbx, pbxSuites},
		{"trust settings", pbx, pbxSettings},
		{"chain and name", pbx, pbxTrust},
		{"extent of the answer", pbx, pbxExtent},
	}
}

// tableFor lists the rules that apply to a role.
func tableFor(role handset.Role) []rule {
	return slices.DeleteFunc(table(), func(r rule) bool { return !slices.Contains(r.roles, role) })
}

// Check tells what the handset of the question does with a file. The order of
// the findings is that of the table.
func Check(file *inspect.File, q Question) []finding.Finding {
	findings, _ := check(file, q, tableFor(q.Role))
	return findings
}

// check also gives the phone's verdict on the server, in the role pbx.
func check(file *inspect.File, q Question, rules []rule) ([]finding.Finding, *trust.Verdict) {
	s := newSubject(file, q)
	for _, r := range rules {
		r.apply(s)
	}
	return s.findings, s.verdict
}
