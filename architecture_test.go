package phonecert_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/phonecert/phonecert/"

// floors are the packages from the ground up; a package imports only from
// floors below its own.
func floors() [][]string {
	return [][]string{
		{"inspect/finding", "inspect/probe/sip/header", "internal/terminal", "internal/disk", "internal/realparts", "internal/testca", "internal/testpem", "inspect/ber", "inspect/handshake/iana", "inspect/handshake/keylog", "handset/mac", "inspect/capture/packet", "inspect/capture/hexdump", "inspect/trust/errcode", "inspect/trust/signature/md2", "inspect/listen/chain", "inspect/listen/limit"},
		{"inspect/handshake/cipherspec", "inspect/handshake/suite", "inspect/probe/wire", "inspect/capture/pcap"},
		{"inspect/listen/uas", "inspect/listen/files"},
		{"handset", "inspect/certificate", "inspect/pbe", "inspect/handshake", "upload/fleet/inventory", "inspect/capture/synthetic"},
		{"inspect/armor", "inspect/key", "inspect/capture/capturetest", "inspect/trust/signature", "inspect/trust/trusttest"},
		{"inspect/pfx", "inspect/armor/openssl", "inspect/trust/extension", "inspect/trust/trusttest/forge"},
		{"inspect", "inspect/trust/walk"},
		{"inspect/trust", "inspect/capture", "inspect/diagnosis/remedy", "inspect/handshake/suite", "inspect/handshake/client", "handset/offer"},
		{"inspect/phone", "handset/compare", "inspect/handshake/server"},
		{"inspect/rules", "inspect/diagnosis", "convert"},
		{"inspect/probe/resolve", "inspect/probe/survey", "inspect/probe/sip", "inspect/probe/web"},
		{"inspect/probe", "inspect/trace", "inspect/identity", "inspect/listen/measure"},
		{"inspect/listen", "handset/learn"},
		{"handset/simulate/device", "handset/simulate/registrar", "upload/web", "upload/page", "upload/seal", "upload/known", "upload/dialect/script"},
		{"handset/simulate/dialect", "upload/dialect"},
		{"handset/simulate", "handset/simulate/account", "upload/browser", "upload/dialect/entry", "upload/dialect/settings"},
		{"upload/dialect/live"},
		{"upload/dialect/basic", "upload/dialect/servlet", "upload/dialect/listener", "upload/dialect/api"},
		{"upload/dialect/detect"},
		{"handset/simulate/serve", "upload", "upload/dialect/dialecttest"},
		{"upload/fleet/journal", "upload/visit"},
		{"upload/fleet"},
		{"internal/report/paper"},
		{"internal/report", "internal/report/wire/inside", "internal/report/reporttest"},
		{"internal/report/fleet", "internal/report/desk", "internal/report/push", "internal/report/wire/ladder"},
		{"internal/report/wire"},
		{"internal/report/wire/tally", "internal/report/listen"},
		{"commands/factory"},
		{"commands/file", "commands/wire", "commands/listen", "commands/profile", "commands/push", "commands/rehearse"},
		{"commands"},
		{"cmd/phonecert", "completions", "docs", "commands/commandstest"},
	}
}

// pure are the packages that do no I/O.
func pure() []string {
	return []string{
		"handset", "inspect", "inspect/finding", "inspect/certificate", "inspect/ber", "inspect/armor", "inspect/armor/openssl",
		"inspect/key", "inspect/pbe", "inspect/pfx", "inspect/rules", "inspect/trust", "inspect/trust/walk", "inspect/trust/extension", "inspect/trust/signature", "inspect/trust/signature/md2", "inspect/trust/errcode", "convert", "inspect/handshake", "inspect/phone", "inspect/diagnosis", "inspect/diagnosis/remedy", "inspect/handshake/suite", "inspect/handshake/cipherspec", "inspect/handshake/suite", "handset/offer", "handset/mac", "handset/learn", "handset/compare", "inspect/listen/chain", "inspect/listen/measure", "inspect/identity", "upload/fleet/inventory", "upload/page", "upload/seal", "upload/dialect", "upload/dialect/script", "upload/dialect/settings", "inspect/handshake/iana", "inspect/handshake/keylog",
		"inspect/capture", "inspect/capture/pcap", "inspect/capture/packet", "inspect/capture/hexdump", "inspect/capture/synthetic",
	}
}

type listed struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
	GoFiles      []string
	Dir          string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps=false", "-json", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("go list found only %d packages", len(list))
	}
	return list
}

func TestImportsPointDown(t *testing.T) {
	floor := map[string]int{}
	for i, names := range floors() {
		for _, name := range names {
			floor[module+name] = i
		}
	}
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, module+"bench") || p.ImportPath+"/" == module {
			continue
		}
		own, placed := floor[p.ImportPath]
		if !placed {
			t.Errorf("%s stands on no floor: give it one in floors()", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if below, ours := floor[imported]; ours && below >= own && imported != module+"internal/realparts" {
				t.Errorf("%s (floor %d) imports %s (floor %d)", p.ImportPath, own, imported, below)
			}
		}
	}
}

func TestPurePackagesDoNoIO(t *testing.T) {
	direct := []string{"os", "os/exec", "net", "net/http", "io/ioutil", "syscall", "log", "github.com/spf13/cobra"}
	anywhere := []string{"github.com/spf13/cobra", "github.com/charmbracelet/lipgloss", "github.com/olekukonko/tablewriter", "os/exec"}
	for _, p := range packages(t) {
		if !slices.Contains(pure(), strings.TrimPrefix(p.ImportPath, module)) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(direct, imported) {
				t.Errorf("%s is pure and imports %s", p.ImportPath, imported)
			}
		}
		for _, imported := range p.Deps {
			if slices.Contains(anywhere, imported) && imported != "os/exec" {
				t.Errorf("%s is pure and depends on %s", p.ImportPath, imported)
			}
		}
	}
}

// TestClientKnowsNoSimulator: what speaks to phones shares nothing with what
// plays them, or it would find there what no phone has.
func TestClientKnowsNoSimulator(t *testing.T) {
	const rig = module + "upload/dialect/dialecttest"
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			inside := strings.HasPrefix(p.ImportPath, module+"upload")
			if inside && p.ImportPath != rig && strings.HasPrefix(imported, module+"handset/simulate") || imported == rig {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// TestProgramBringsNoTests: what tests alone need stays out of the program.
func TestProgramBringsNoTests(t *testing.T) {
	support := map[string]bool{}
	for _, p := range packages(t) {
		support[p.ImportPath] = slices.Contains(p.Imports, "testing")
	}
	for _, p := range packages(t) {
		for _, needed := range p.Deps {
			if p.ImportPath == module+"cmd/phonecert" && support[needed] {
				t.Errorf("%s brings %s along", p.ImportPath, needed)
			}
		}
	}
}

// TestNamedOnlyWhereAllowed holds what no import graph shows: process streams,
// arguments, environment and exits have one place each, and nothing has an init
// function.
func TestNamedOnlyWhereAllowed(t *testing.T) {
	rules := []struct {
		pattern *regexp.Regexp
		allowed string
	}{
		{regexp.MustCompile(`\bos\.(Stdin|Stdout|Stderr)\b`), "internal/terminal/"},
		{regexp.MustCompile(`\bos\.Exit\(`), "cmd/phonecert/"},
		{regexp.MustCompile(`\bos\.(Args|Getenv|LookupEnv|Environ)\b|"os/signal"`), "commands/root.go internal/realparts/ commands/commandstest/"},
		{regexp.MustCompile(`(?m)^func init\(\)`), "nowhere"},
		{regexp.MustCompile(`go\.mozilla\.org/pkcs7"`), "inspect/pkcs7.go convert/pkcs7.go"},
		{regexp.MustCompile(`PuerkitoBio/goquery"`), "upload/page/"},
		{regexp.MustCompile(`chromedp/chromedp"`), "upload/browser/"},
		{regexp.MustCompile(`zalando/go-keyring"`), "commands/keyring.go"},
		{regexp.MustCompile(`schollz/progressbar`), "internal/report/push/"},
		{regexp.MustCompile(`software\.sslmate\.com/src/go-pkcs12"`), "inspect/pkcs12.go convert/pkcs12.go"},
	}
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, module+"bench") {
			continue
		}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			file := strings.TrimPrefix(p.ImportPath, module) + "/" + name
			for _, r := range rules {
				if r.pattern.Match(text) && !slices.ContainsFunc(strings.Fields(r.allowed), func(place string) bool { return strings.HasPrefix(file, place) }) {
					t.Errorf("%s names %s, which belongs to %s", file, r.pattern, r.allowed)
				}
			}
		}
	}
}
