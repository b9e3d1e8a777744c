// Package commandstest is what the tests of several rooms run command lines with:
// in the test's own process, in one of its own, at an office with phones.
package commandstest

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/phonecert/phonecert/commands"
)

// Main runs the tests of a package and lets their binary stand in for phonecert
// itself: TestMain calls it where a test or a script starts phonecert. exit is
// os.Exit, which this process leaves to TestMain.
func Main(m *testing.M, exit func(code int)) {
	testscript.Main(m, map[string]func(){
		"phonecert": func() { exit(commands.Main()) },
	})
}
