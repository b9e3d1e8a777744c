package rehearse_test

import (
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
)

// TestStateIsNotWrittenOver: not by the list of the phones, --force or not.
func TestStateIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	o := commandstest.NewOffice(t)
	state := o.File("phones.json", []byte("{}"))
	said := o.Run(1, "simulate", "phone", "--state", state, "--write-inventory", state, "--force")
	text, err := os.ReadFile(state)
	if !strings.Contains(said.Err, "are one file") || err != nil || string(text) != "{}" {
		t.Errorf("%s; %q, %v", said.Err, text, err)
	}
}
