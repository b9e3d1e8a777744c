//go:build unix

package realparts

import (
	"os"
	"syscall"
)

func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
