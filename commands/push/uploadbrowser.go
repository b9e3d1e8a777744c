package push

import (
	"os/exec"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/visit"
)

// drive gives the order a browser, where one is installed.
func (o *uploadOptions) drive(order *visit.Order) {
	path, ok := o.browser, o.browser != ""
	if !ok {
		path, ok = browser.Find(exec.LookPath, o.f.Getenv, disk.Exists)
	}
	if ok {
		order.Chromium = &visit.Chromium{Executable: path, Env: o.f.Getenv}
	}
}
