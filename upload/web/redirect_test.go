package web

import (
	"strings"
	"testing"
)

func TestLeads(t *testing.T) {
	for page, want := range map[string]string{
		`<script>window.location ="/servlet?p=login&q=loginForm&jumpto=status"</script>`:      "/servlet?p=login&q=loginForm&jumpto=status",
		`<html><body onload="window.location.href='/a'"></body></html>`:                       "/a",
		"<script>\ntop.location = '/a';\n</script>":                                           "/a",
		"<script>document.location.replace(\"\\/a?b=1\")</script>":                            "/a?b=1",
		`<script>location.assign( '/a' )</script>`:                                            "/a",
		`<meta http-equiv="refresh" content="0; url=/a?b=1&amp;c=2">`:                         "/a?b=1&c=2",
		`<META CONTENT='1;URL=a.htm' HTTP-EQUIV=Refresh>`:                                     "a.htm",
		`<meta http-equiv="refresh" content="0;url='/a'">`:                                    "/a",
		`<meta http-equiv="refresh" content="0;url=/a"><script>window.location="/a"</script>`: "/a",
		`<meta http-equiv="refresh" content="60; url=/">Rebooting`:                            "",
		`<meta http-equiv="refresh" content="5">`:                                             "",
		`<meta name="x" content="0; url=/a">`:                                                 "",
		`<script>window.location = "/a?p=" + page;</script>`:                                  "",
		`<script>if (x) window.location = "/a"; else window.location = "/b";</script>`:        "",
		`<form><script>window.location = "/a";</script></form>`:                               "",
		`<input><script>window.location = "/a";</script>`:                                     "",
		`<div id="_RES_INFO_">ok</div><script>window.location = "/a";</script>`:               "",
		`<script>if (window.location == "/a") x();</script>`:                                  "",
		`<script>var allocation = "/a";</script>`:                                             "",
		`<script>window.location = "";</script>`:                                              "",
		`<script>window.location = "/a";</script>` + strings.Repeat(" ", 4<<10):               "",
		``: "",
	} {
		if got := leads([]byte(page)); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}
