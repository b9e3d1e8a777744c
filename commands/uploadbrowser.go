package commands

import (
	"os/exec"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/browser"
)

// drive gives the order a browser, where one is installed.
func (o *uploadOptions) drive(order *upload.Order) {
	path, ok := o.browser, o.browser != ""
	if !ok {
		path, ok = browser.Find(exec.LookPath, o.f.Getenv, disk.Exists)
	}
	if ok {
		order.Chromium = &upload.Chromium{Executable: path, Env: o.f.Getenv}
	}
}
