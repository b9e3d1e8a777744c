package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/Netflix/bettertls/test-suites/nameconstraints"
	suite "github.com/Netflix/bettertls/test-suites/test-case"
)

// selection picks cases of name constraints.
type selection struct{ seen map[string]bool }

func newSelection() selection { return selection{map[string]bool{}} }

// name is empty for a case that is left out. Of the nine thousand, which are
// all combinations of seven values, those with at most two of the seven stay;
// of those with a name of an odd kind, one for each kind and constraint, with
// text and with an address.
func (s selection) name(given suite.TestCase) string {
	c := given.(nameconstraints.NameConstraintsTestCase)
	var set []string
	for what, value := range map[string]nameconstraints.TrinaryValue{
		"CN": c.CommonNameValue, "DNS": c.DnsSan, "IP": c.IpSan,
		"permitted IP": c.NameConstraintsIpWhitelist, "permitted DNS": c.NameConstraintsDnsWhitelist,
		"excluded IP": c.NameConstraintsIpBlacklist, "excluded DNS": c.NameConstraintsDnsBlacklist,
	} {
		if value != nameconstraints.EXTVAL_NONE {
			set = append(set, what+" "+value.String())
		}
	}
	slices.Sort(set)
	text := strings.Join(set, ", ")
	if c.CommonNameType == nameconstraints.CN_TYPE_IP && c.CommonNameValue != nameconstraints.EXTVAL_NONE {
		text += ", address as CN"
	}
	if c.ExtraSan != nil {
		text += ", " + kindOf(c.ExtraSan)
	} else if len(set) > 2 {
		return ""
	}
	if s.seen[text] || text == "" {
		return ""
	}
	s.seen[text] = true
	return text
}

// kindOf tells the tag of an added name, and whether it is an address.
func kindOf(n *nameconstraints.ExtraSan) string {
	var read struct {
		Tag   int
		Value []byte
	}
	if text, err := n.MarshalJSON(); err != nil || json.Unmarshal(text, &read) != nil {
		return ""
	}
	if len(read.Value) == 4 {
		return fmt.Sprintf("tag %d, address", read.Tag)
	}
	return fmt.Sprintf("tag %d, text", read.Tag)
}
