package browser_test

import (
	"errors"
	"testing"

	"github.com/phonecert/phonecert/upload/browser"
)

func TestFind(t *testing.T) {
	tests := []struct {
		name         string
		path, places []string
		env          map[string]string
		want         string
	}{
		{name: "nothing"},
		{name: "by name", path: []string{"google-chrome", "chromium"}, want: "/bin/chromium"},
		{name: "only Edge", path: []string{"msedge"}, want: "/bin/msedge"},
		{name: "named", path: []string{"chromium", "/opt/c"}, env: map[string]string{browser.Variable: "/opt/c"}, want: "/bin//opt/c"},
		{name: "named and not there", path: []string{"chromium"}, env: map[string]string{browser.Variable: "/opt/c"}},
		{name: "macOS", places: []string{"/Applications/Chromium.app/Contents/MacOS/Chromium"}, want: "/Applications/Chromium.app/Contents/MacOS/Chromium"},
		{
			name: "Windows", places: []string{`D:\Programs\Microsoft\Edge\Application\msedge.exe`},
			env: map[string]string{"ProgramFiles(x86)": `D:\Programs`}, want: `D:\Programs\Microsoft\Edge\Application\msedge.exe`,
		},
		{name: "Windows without its variables", places: []string{`\Google\Chrome\Application\chrome.exe`}},
	}
	for _, test := range tests {
		has := func(list []string, what string) bool {
			for _, each := range list {
				if each == what {
					return true
				}
			}
			return false
		}
		got, ok := browser.Find(func(name string) (string, error) {
			if has(test.path, name) {
				return "/bin/" + name, nil
			}
			return "", errors.New("not found")
		}, func(name string) string { return test.env[name] }, func(path string) bool { return has(test.places, path) })
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %t; want %q", test.name, got, ok, test.want)
		}
	}
}
