package push_test

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
)

// TestMain lets the test binary stand in for phonecert itself.
func TestMain(m *testing.M) { commandstest.Main(m, os.Exit) }
