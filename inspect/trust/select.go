package trust

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// maxSelections bounds the paths that are looked at among what a server sends.
const maxSelections = 8 * maxCandidates

// trySelecting looks among what is sent for certificates that make a path by
// themselves, the shortest first: no library tries a second issuer when the
// path through the first fails, so it must not be sent another.
func (j *judge) trySelecting(q Question) []Change {
	held := map[string]bool{}
	for _, c := range q.storeFor("all") {
		held[string(c.RawSubject)] = true
	}
	tried := 0
	paths := [][]*certificate.Certificate{q.Sent[:1]}
	for i := 0; i < len(paths) && tried < maxCandidates; i++ {
		path := paths[i]
		if held[string(path[len(path)-1].RawIssuer)] && len(path) < len(q.Sent) {
			tried++
			changed := q
			changed.Sent = path
			if j.passes(changed) {
				return []Change{{Kind: SendOnly, Tried: true, Message: "let the server send " + only(path[1:])}}
			}
		}
		for _, next := range q.issuersSent(path) {
			if len(paths) < maxSelections {
				paths = append(paths, append(slices.Clip(path), next))
			}
		}
	}
	return nil
}

// issuersSent are the certificates by which a path could go on without coming
// to a name that it has passed.
func (q Question) issuersSent(path []*certificate.Certificate) []*certificate.Certificate {
	var list []*certificate.Certificate
	wanted := path[len(path)-1].RawIssuer
	named := func(c *certificate.Certificate) bool { return bytes.Equal(c.RawSubject, wanted) }
	if slices.ContainsFunc(path, named) {
		return nil
	}
	for _, c := range q.Sent[:min(len(q.Sent), 10*maxCandidates)] {
		if named(c) && !contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// only names the certificates that are to stay above the server's own.
func only(list []*certificate.Certificate) string {
	var names []string
	for _, c := range list {
		names = append(names, fmt.Sprintf("%q (issued by %q)", certificate.ShortName(c.Subject), certificate.ShortName(c.Issuer)))
	}
	switch len(names) {
	case 0:
		return "its own certificate alone"
	case 1:
		return "after its own certificate " + names[0] + " alone"
	}
	return "after its own certificate only " + strings.Join(names, ", ") + ", in this order"
}
