package browser

import "strings"

// Variable names the environment variable that says which browser to use.
const Variable = "PHONECERT_BROWSER"

// names are what Chromium and its kin are called on a PATH.
var names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge", "headless-shell", "chrome-headless-shell",
}

// places are where installers put them without a PATH. A folder in braces is an
// environment variable of Windows.
var places = []string{
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	"/snap/bin/chromium",
	"/headless-shell/headless-shell",
	`{ProgramFiles}\Google\Chrome\Application\chrome.exe`,
	`{ProgramFiles(x86)}\Google\Chrome\Application\chrome.exe`,
	`{LocalAppData}\Google\Chrome\Application\chrome.exe`,
	`{LocalAppData}\Chromium\Application\chrome.exe`,
	`{ProgramFiles(x86)}\Microsoft\Edge\Application\msedge.exe`,
	`{ProgramFiles}\Microsoft\Edge\Application\msedge.exe`,
}

// Find looks for a Chromium: the one that the variable PHONECERT_BROWSER names
// and then no other, else by name, as exec.LookPath does, else at the places
// where macOS, Windows and Linux keep it. ok is false when there is none.
func Find(lookPath func(name string) (string, error), env func(name string) string, exists func(path string) bool) (path string, ok bool) {
	if named := env(Variable); named != "" {
		path, err := lookPath(named)
		return path, err == nil
	}
	for _, name := range names {
		if path, err := lookPath(name); err == nil {
			return path, true
		}
	}
	for _, place := range places {
		if folder, rest, in := strings.Cut(strings.TrimPrefix(place, "{"), "}"); in {
			if env(folder) == "" {
				continue
			}
			place = env(folder) + rest
		}
		if exists(place) {
			return place, true
		}
	}
	return "", false
}
