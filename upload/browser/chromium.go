package browser

import (
	"context"
	"errors"
	"net/http"
	"os"
	"slices"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// variables are those that a browser needs of the environment. The others stay
// here: one may be a password.
var variables = []string{
	"PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
	"LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT", "PROGRAMFILES", "PROGRAMFILES(X86)",
}

// options start a browser that reaches the proxy and nothing else. All it asks
// for, of the loopback interface too, goes to the proxy; names are not resolved.
func options(c *Config, p *proxy, temporary string) []chromedp.ExecAllocatorOption {
	o := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(c.Executable),
		chromedp.NoInheritEnv,
		chromedp.ProxyServer("http://"+p.host),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,HttpsUpgrades"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("disable-gpu", true),
		// Keeps cookies and pages in memory.
		chromedp.Flag("incognito", true),
		chromedp.Env("TMPDIR="+temporary, "TEMP="+temporary, "TMP="+temporary),
	)
	if c.Env != nil {
		for _, name := range variables {
			if value := c.Env(name); value != "" {
				o = append(o, chromedp.Env(name+"="+value))
			}
		}
	}
	return o
}

// start starts a browser that ends with the context, at the latest.
func start(ctx context.Context, c *Config, p *proxy) (*tab, error) {
	t := &tab{proxy: p}
	// A browser that is ended leaves its sockets behind. Their path must be
	// short, so the name is.
	temporary, err := os.MkdirTemp("", "pc")
	if err != nil {
		return nil, &StepError{Step: Starting, Detail: "the browser did not start", Err: err}
	}
	t.stop = append(t.stop, func() { _ = os.RemoveAll(temporary) })
	silent := func(string, ...any) {}
	ctx, end := chromedp.NewExecAllocator(ctx, options(c, p, temporary)...)
	t.stop = append(t.stop, end)
	t.ctx, end = chromedp.NewContext(ctx, chromedp.WithLogf(silent), chromedp.WithErrorf(silent), chromedp.WithListener(t.hear))
	t.stop = append(t.stop, end)
	if err := t.prepare(c.Cookies); err != nil {
		t.close()
		return nil, &StepError{Step: Starting, Detail: "the browser did not start", Err: err}
	}
	return t, nil
}

// prepare lets the browser in at the proxy and gives it the session.
func (t *tab) prepare(cookies []*http.Cookie) error {
	deny := browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny}
	if _, err := chromedp.CallBrowser(t.ctx, browser.SetDownloadBehavior, deny); err != nil {
		return err
	}
	headers := network.SetExtraHTTPHeadersParams{Headers: network.Headers{secretHeader: t.proxy.secret}}
	if _, err := chromedp.Call(t.ctx, network.SetExtraHTTPHeaders, headers); err != nil {
		return err
	}
	for _, c := range cookies {
		cookie := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: t.proxy.url("/")}
		if _, err := chromedp.Call(t.ctx, network.SetCookie, cookie); err != nil {
			return errors.New("it does not take the session's cookie")
		}
	}
	return nil
}
