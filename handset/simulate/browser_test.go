package simulate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// step is one thing that a person does on a page.
type step = chromedp.Action[chromedp.Void]

// walk is a person's way through the pages of a dialect. login ends on the
// first page; upload chooses the file and presses the button.
type walk struct{ login, upload, remove, settings, reboot []step }

// patience is how long a person waits for one thing.
const patience = time.Minute

// until waits until the page, or the one that follows it, makes something true.
func until(expression string) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			// An error means that the page is being left.
			is, err := chromedp.Evaluate[bool]("!!("+expression+")")(ctx, t)
			if is && err == nil {
				return nil
			}
			if time.Now().After(end) {
				return fmt.Errorf("waited in vain for %s: %v", expression, err)
			}
		}
	})
}

func says(selector, text string) step {
	return until(`document.querySelector('` + selector + `').textContent.includes("` + text + `")`)
}

// listed waits for so many certificates in the table that the person sees.
func listed(n int) step {
	return until(fmt.Sprintf(`document.readyState === "complete" && [...document.querySelectorAll("tbody tr")].filter(r => r.offsetParent && r.querySelector("td")).length === %d`, n))
}

// again does a step once more where the page was replaced between the look for an
// element and its use.
func again(s step) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			_, err := s(ctx, t)
			if err == nil || time.Now().After(end) || !strings.Contains(err.Error(), "(-32000)") {
				return err
			}
		}
	})
}

func sees(selector string) step        { return again(chromedp.WaitVisible(chromedp.CSS(selector))) }
func click(selector string) step       { return again(chromedp.Click(chromedp.CSS(selector))) }
func write(selector, text string) step { return again(chromedp.SendKeys(chromedp.CSS(selector), text)) }
func pick(selector, value string) step {
	return again(chromedp.SetValue(chromedp.CSS(selector), value))
}
func choose(selector, file string) step {
	return again(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
func link(text string) step                  { return again(chromedp.Click(`//a[text()="` + text + `"]`)) }
func dropDown(attribute, name string) string { return `select[` + attribute + `="` + name + `"]` }

// formsWalk is the way through pages of forms: basic, plain and session.
func formsWalk(file, ca string, login ...step) walk {
	return walk{
		login: append(login, sees("#identity")),
		upload: []step{
			link("Server Certificates"), choose("#formUpload input[type=file]", file), click("#formUpload input[type=submit]"),
			says("div.result", string(device.Success)), listed(1),
		},
		remove:   []step{click("#certificates input[type=submit]"), listed(0)},
		settings: []step{link("Trusted Certificates"), pick(ca, "2"), click("#btnSubmit"), says("div.result", "Do you want to reboot now?")},
		reboot:   []step{link("Upgrade"), click("#formReboot input[type=submit]")},
	}
}

// listenerWalk goes by the element ids of the fact sheet, as seen on a T46S.
func listenerWalk(file, ca string) walk {
	menu := func(page string) step { return click(`label[onclick*="` + page + `"]`) }
	return walk{
		login: []step{write("#idUsername", "admin"), write("#idPassword", "admin"), click("#idConfirm"), sees("#identity")},
		upload: []step{
			menu("security"), menu("server-cert"), choose("#_upload_UploadServerCert", file), click("#btn_upload"),
			says("div.upload_result", string(device.Success)), listed(1),
		},
		remove:   []step{click("#certificates button"), listed(0)},
		settings: []step{menu("trusted-cert"), pick(ca, "2"), click("#btn_confirm"), until("window.asked")},
		reboot:   []step{menu("settings-upgrade"), click("button#Reboot")},
	}
}

// apiWalk goes by those seen on a T54W.
func apiWalk(file, ca string) walk {
	return walk{
		login: []step{write("#username", "admin"), write("#password", "admin"), click("#loginButton"), sees("li#Security")},
		upload: []step{
			click("li#Security"), click("li#SecurityServerCert"), choose("#server-cert-file", file), click("#server-cert-upload-btn"),
			sees("div.ivu-progress-success"), listed(1),
		},
		remove: []step{click(`section[data-page="SecurityServerCert"] td button`), listed(0)},
		settings: []step{
			click("li#SecurityTrustedCert"), sees("#security-trustedcert"), pick(ca, "2"), click("#settings-confirm"),
			says("#settingsResult", "Do you want to reboot now?"),
		},
		reboot: []step{click("li#SettingUpgrade"), click(`div[name="RebootPhone"] button`), click("div.ivu-modal-confirm button.ivu-btn-primary")},
	}
}

func walks(file string) map[dialect.Name]walk {
	name := dialect.DefaultInvented().CA
	byName := dropDown("name", name)
	login := []step{write("[name=username]", "admin"), write("[name=pwd]", "admin"), click("#formInput input[type=submit]")}
	return map[dialect.Name]walk{
		dialect.Basic: formsWalk(file, dropDown("id", name)),
		dialect.Plain: formsWalk(file, byName, login...), dialect.Session: formsWalk(file, byName, login...),
		dialect.Listener: listenerWalk(file, byName), dialect.ListenerRSA: listenerWalk(file, byName),
		dialect.API: apiWalk(file, byName),
	}
}

// TestBrowser: a person's steps work in a real browser, which runs the pages'
// own scripts.
func TestBrowser(t *testing.T) {
	path := realparts.Need(t, "chromium")
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	file := filepath.Join(t.TempDir(), "own.pem")
	if err := os.WriteFile(file, append(own.PEM(), own.KeyPEM(t)...), 0o600); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.IgnoreCertErrors)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	browser, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal(err)
	}
	for name, w := range walks(file) {
		t.Run(string(name), func(t *testing.T) { w.follow(t, browser, start(t, name, nil)) })
	}
}

// tab is one of its own, without the cookies of other phones. Whatever its pages
// ask is answered with OK.
func tab(t *testing.T, browser context.Context) context.Context {
	var ctx context.Context
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(func(event any) {
		if _, asks := event.(*page.EventJavascriptDialogOpening); asks {
			go func() { // events come one at a time
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
				_ = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("window.asked = true"))
			}()
		}
	}))
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func (w walk) follow(t *testing.T, browser context.Context, r *rig) {
	ctx, cancel := context.WithTimeout(tab(t, browser), 5*patience)
	t.Cleanup(cancel)
	do := func(what string, steps ...step) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("%s: %v\n%s", what, err, text)
		}
	}
	address := r.base
	if r.name == dialect.Basic {
		address = "http://admin:admin@" + r.base[len("http://"):]
	}
	do("open", chromedp.Navigate(address))
	do("login", w.login...)
	do("upload", w.upload...)
	if s := r.phone.State().Server; s == nil || s.File != "own.pem" || s.Key == nil {
		t.Errorf("the phone holds %v", s)
	}
	do("delete", w.remove...)
	// A page without its list may be one that is still being made.
	soon(t, "the certificate is still there", func() bool { return r.phone.State().Server == nil })
	do("settings", w.settings...)
	if got := r.phone.State().Settings.CA; got != 2 {
		t.Errorf("CA Certificates is %d", got)
	}
	do("reboot", w.reboot...)
	soon(t, "the phone does not reboot", r.phone.Away)
}

// soon waits until something holds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}
