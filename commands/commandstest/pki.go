package commandstest

import (
	"testing"

	"github.com/phonecert/phonecert/internal/testca"
)

// PKI is what a server presents, and the root that vouches for it.
type PKI struct {
	Root, Intermediate, Leaf *testca.Certificate
}

// NewPKI makes one for pbx.example.com; the options are the leaf's.
func NewPKI(t *testing.T, options ...testca.Option) PKI {
	t.Helper()
	root := testca.Root(t, "Example Root")
	intermediate := root.Issue(t, "Example Issuing CA", testca.CA)
	options = append([]testca.Option{testca.TLS, testca.DNS("pbx.example.com")}, options...)
	return PKI{root, intermediate, intermediate.Issue(t, "pbx.example.com", options...)}
}
