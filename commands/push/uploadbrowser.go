package push

import (
	"fmt"
	"os/exec"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/visit"
)

// drive gives the order a browser, where one is installed. One that was named and
// is none is told of before anybody logs in.
func (o *uploadOptions) drive(order *visit.Order) error {
	path, ok := o.browser, o.browser != ""
	if !ok {
		path, ok = browser.Find(exec.LookPath, o.f.Getenv, disk.Exists)
	} else if _, err := exec.LookPath(path); err != nil {
		return factory.WithHint(fmt.Errorf("--browser: %q cannot be started", path), "give the executable file of a Chromium or Chrome, or leave out --browser: one that is installed is found")
	}
	if ok {
		order.Chromium = &visit.Chromium{Executable: path, Env: o.f.Getenv}
	}
	return nil
}
