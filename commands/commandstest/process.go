package commandstest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// Process is phonecert as a process of its own, at the real time. The package of
// the test needs a TestMain that calls Main.
type Process struct {
	*exec.Cmd
	Out, ErrText bytes.Buffer
}

// Process is one that has not started yet, with the office's home and password.
func (o *Office) Process(args ...string) *Process {
	p := &Process{Cmd: exec.Command("phonecert", args...)}
	p.Env = append(os.Environ(), "HOME="+o.Home, "XDG_CONFIG_HOME="+o.Home, "PHONECERT_PASSWORD="+o.Env["PHONECERT_PASSWORD"])
	p.Stdout, p.Stderr = &p.Out, &p.ErrText
	return p
}

// Ended waits for the end and gives the exit code, -1 after a kill.
func (p *Process) Ended(t *testing.T) int {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}
