package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// script is the function that looks at the page and acts on it.
//
//go:embed page.js
var script string

// world is where the script runs: it shares the page's elements and none of its
// variables, for old pages redefine even Array.from.
const world = "phonecert"

// tab is a page in a browser of its own.
type tab struct {
	proxy *proxy
	// ctx is chromedp's handle on the page, and ends with the upload.
	ctx  context.Context
	stop []func()

	mu sync.Mutex
	// said are the texts of the page's dialogs; reboot is set when one of them
	// asked whether to restart.
	said   []string
	reboot bool
}

// close ends the browser with all its processes and removes its folder.
func (t *tab) close() {
	for _, stop := range slices.Backward(t.stop) {
		stop()
	}
}

// open goes to an address on the phone; what comes of it is seen by looking.
func (t *tab) open(path string) error {
	_, err := chromedp.Call(t.ctx, page.Navigate, page.NavigateParams{URL: t.proxy.url(path)})
	return err
}

// hear answers the page's dialogs, which otherwise hold up its scripts. A
// question whether to restart gets a no: the phone may be in a call, and a
// restart is not what was asked for here.
func (t *tab) hear(event any) {
	d, ok := event.(*page.EventJavascriptDialogOpening)
	if !ok {
		return
	}
	reboot := restarts(d.Message)
	t.mu.Lock()
	t.reboot = t.reboot || reboot
	if len(t.said) < maxDialogs {
		t.said = append(t.said, plain(d.Message))
	}
	t.mu.Unlock()
	// Events come one at a time, so the answer cannot be awaited here. An error
	// means that the page has gone.
	go func() {
		_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: !reboot})
	}()
}

// dialogs are the texts so far.
func (t *tab) dialogs() (said []string, reboot bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.said), t.reboot
}

// run calls the script in the page. Errors tell nothing of the arguments.
func run[T any](t *tab, args ...any) (T, error) {
	var result T
	list, err := json.Marshal(args)
	if err != nil {
		return result, err
	}
	// A new document has a new world; the same document gives the same again.
	frame := cdp.FrameID(chromedp.FromContext(t.ctx).Target.TargetID)
	w, err := chromedp.Call(t.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: world})
	if err != nil {
		return result, err
	}
	yes := true
	got, err := chromedp.Call(t.ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf("(%s)(...%s)", strings.TrimSuffix(strings.TrimSpace(script), ";"), list),
		ContextID:  w.ExecutionContextID, ReturnByValue: &yes, UserGesture: &yes,
	})
	if err != nil {
		return result, err
	}
	if got.ExceptionDetails != nil {
		return result, errors.New("the page's elements are not as a script finds them elsewhere")
	}
	return result, json.Unmarshal(got.Result.Value, &result)
}
