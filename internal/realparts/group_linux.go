package realparts

import (
	"os/exec"
	"syscall"
)

// ownGroup gives a program a process group, so that its children end with it,
// and has it end with the test binary, which may be killed: servers of Kamailio's
// kind end their children on SIGTERM.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
