package commandstest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/internal/terminal"
)

// patience is how long a probe may take on a machine that runs many tests at
// once, where the server answers: it is never waited for.
const patience = "1m"

// Online runs a command line with the network. A probe has patience where the
// test does not say otherwise.
func Online(t *testing.T, env map[string]string, args ...string) (code int, out, err string) {
	t.Helper()
	if args[0] == "probe" && !slices.Contains(args, "--timeout") {
		args = append(slices.Clone(args), "--timeout", patience)
	}
	streams, stdout, stderr := terminal.Test(strings.NewReader(""))
	code = run(t, streams, env, args...)
	return code, stdout.String(), stderr.String()
}

// Piped runs a command line with the network, and something on its standard input.
func Piped(t *testing.T, input []byte, args ...string) (code int, out, err string) {
	t.Helper()
	streams, stdout, stderr := terminal.Test(bytes.NewReader(input))
	code = run(t, streams, nil, args...)
	return code, stdout.String(), stderr.String()
}

// run runs a command line with the network on these streams, and returns its exit
// code.
func run(t *testing.T, streams *terminal.Streams, env map[string]string, args ...string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	return commands.Run(ctx, Factory(streams, env), args)
}
