package commandstest

import (
	"crypto/rand"
	"net"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Factory is that of a command line with the network, the real time, this
// environment and no configuration folder.
func Factory(streams *terminal.Streams, env map[string]string) *factory.Factory {
	return &factory.Factory{
		Streams: streams, Now: time.Now,
		Getenv:    func(name string) string { return env[name] },
		ConfigDir: func() string { return "" },
		Network:   factory.Network{Dial: (&net.Dialer{}).DialContext, System: net.DefaultResolver, Random: rand.Reader},
	}
}
