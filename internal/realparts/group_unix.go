//go:build unix && !linux

package realparts

import (
	"os/exec"
	"syscall"
)

// ownGroup gives a program a process group, so that its children end with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
