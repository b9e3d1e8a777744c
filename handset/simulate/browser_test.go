package simulate_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// person does in a frame what a person does on the page: waits for an element,
// fills it in, presses it, chooses a file.
const person = `<html><body><iframe id="f" src="START" width="800" height="600"></iframe><pre id="said"></pre><script>
const f = document.getElementById("f");
function doc() { return f.contentDocument; }
async function until(test) { for (let i = 0; i < 100; i++) { try { const got = test(); if (got) return got; } catch (e) {} await new Promise(r => setTimeout(r, 50)); } throw new Error("waited in vain for " + test); }
async function find(s) { return until(() => { const e = doc().readyState === "complete" && doc().querySelector(s); return e && e.offsetParent ? e : null; }); }
async function type(s, text) { (await find(s)).value = text; }
async function press(s) { (await find(s)).click(); }
async function choose(s, name, text) { const input = await find(s), d = new f.contentWindow.DataTransfer(); d.items.add(new f.contentWindow.File([atob(text)], name)); input.files = d.files; }
(async () => { let said; try { STEPS } catch (e) { said = "failed: " + e + " | " + doc().body.innerText; } document.getElementById("said").textContent = "SAID[" + said + "]"; })();
</script></body></html>`

// TestBrowser drives the pages' own scripts in a real browser, by the element
// ids of the fact sheet where those are known.
func TestBrowser(t *testing.T) {
	realparts.Need(t, "chromium")
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	pem := base64.StdEncoding.EncodeToString(append(own.PEM(), own.KeyPEM(t)...))
	steps := map[dialect.Name]string{
		dialect.Session: `await type("[name=username]", "admin"); await type("[name=pwd]", "admin"); await press("#login");
			await find("#identity"); said = "in";`,
		dialect.Listener: `await type("#idUsername", "admin"); await type("#idPassword", "admin"); await press("#idConfirm");
			await press('label[onclick*="security"]'); await press('label[onclick*="server-cert"]');
			await choose("#_upload_UploadServerCert", "own.pem", "` + pem + `"); await press("#btn_upload");
			said = await until(() => { const r = doc().querySelector("div.upload_result").textContent; return r && !r.startsWith("Uploading") ? r : null; });
			await until(() => doc().querySelector("#certificates").textContent.includes("phone.example.com"));`,
		dialect.API: `await type("#username", "admin"); await type("#password", "admin"); await press("#loginButton");
			await press("li#Security"); await press("li#SecurityServerCert");
			await choose("#server-cert-file", "own.pem", "` + pem + `"); await press("#server-cert-upload-btn");
			said = (await until(() => doc().querySelector("div.ivu-progress-success"))).textContent;
			await until(() => doc().body.innerText.includes("phone.example.com"));`,
	}
	for name, script := range steps {
		t.Run(string(name), func(t *testing.T) {
			r := start(t, name, nil)
			page := strings.NewReplacer("START", "/", "STEPS", script).Replace(person)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if q.URL.Path == "/person" {
					w.Header().Set("Content-Type", "text/html")
					_, _ = w.Write([]byte(page))
					return
				}
				r.phone.ServeHTTP(w, q)
			}))
			t.Cleanup(s.Close)
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			out, err := exec.CommandContext(ctx, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000", "--dump-dom", s.URL+"/person").CombinedOutput()
			if err != nil {
				t.Fatalf("chromium: %v\n%s", err, out)
			}
			want := map[bool]string{true: "in", false: string(device.Success)}[name == dialect.Session]
			if !strings.Contains(string(out), ">SAID["+want+"]<") {
				t.Errorf("the page says: %s", one(string(out), `(?s)>SAID\[(.*)\]<`))
			}
			if name != dialect.Session && r.phone.State().Server == nil {
				t.Errorf("no %s certificate on the phone", handset.Server)
			}
		})
	}
}
