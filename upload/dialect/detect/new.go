package detect

import (
	"fmt"
	"io"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/api"
	"github.com/phonecert/phonecert/upload/dialect/basic"
	"github.com/phonecert/phonecert/upload/dialect/listener"
	"github.com/phonecert/phonecert/upload/dialect/servlet"
	"github.com/phonecert/phonecert/upload/web"
)

// New speaks a dialect without looking whether the phone does. The error says
// that there is no such dialect.
func New(name dialect.Name, c *web.Client, random io.Reader) (dialect.Dialect, error) {
	switch name {
	case dialect.Basic:
		return basic.New(c), nil
	case dialect.Plain:
		return servlet.Plain(c), nil
	case dialect.Session:
		return servlet.Session(c, random), nil
	case dialect.Listener, dialect.ListenerRSA:
		return listener.New(c, random, name == dialect.ListenerRSA), nil
	case dialect.API:
		return api.New(c, random), nil
	}
	return nil, fmt.Errorf("no dialect is named %q; there are %v", name, dialect.Names())
}
