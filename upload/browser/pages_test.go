package browser_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
)

// pages is a phone made of a page and an answer to its upload.
type pages struct {
	page, answer string
	// got is the name and the content of the file that came, posts how often
	// something did.
	got   atomic.Value
	posts atomic.Int64
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method != http.MethodPost {
		fmt.Fprint(w, p.page)
		return
	}
	p.posts.Add(1)
	if err := r.ParseMultipartForm(1 << 20); err == nil {
		for _, headers := range r.MultipartForm.File {
			f, err := headers[0].Open()
			if err != nil {
				continue
			}
			content := make([]byte, headers[0].Size)
			_, _ = f.Read(content)
			p.got.Store(headers[0].Filename + ":" + string(content))
		}
	}
	fmt.Fprint(w, p.answer)
}

// TestPages: pages of other shapes than the simulator's.
func TestPages(t *testing.T) {
	const reboot = "Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"
	tests := []struct {
		name, page, answer string
		want               dialect.Answer
		fails              string
		atOnce             bool // the page sends the file without a button
	}{
		{
			"form into a hidden frame, checked path, button by value",
			`<form action="/up" method="post" enctype="multipart/form-data" target="sink" onsubmit="if (!/fakepath.own\.pem$/.test(this.f.value)) { alert('Please select a file'); return false } return confirm('Replace the certificate?')">
			<input type="file" name="f"><input type="button" value="Browse"><input type="submit" value="Upload"></form><iframe name="sink" style="display:none"></iframe>
			<form action="/up"><input type="submit" value="Confirm"></form>`,
			`<script>parent.document.body.append("Upload success!")</script>`, dialect.Answer{Class: dialect.Success, Text: "Upload success!"}, "", false,
		}, {
			"hidden input that sends at once, an alert, a question whether to restart",
			`<div><button type="button">Choose</button><input type="file" style="display:none" onchange="send(this)"></div><button onclick="fetch('/up', {method: 'POST'})">Upload</button><script>
			async function send(i) { const d = new FormData(); d.append("f", i.files[0]); alert(await (await fetch("/up", {method: "POST", body: d})).text()); if (confirm("` + reboot + `")) location = "/reboot"; }</script>`,
			"Upload success!", dialect.Answer{Class: dialect.Success, Text: "Upload success!", Reboot: true}, "", true,
		}, {
			"a script that redefines everything, messages in the page all along, words in the answer alone",
			`<p>Please select a file</p><p>Upload success!</p><input type="file" id="cert"><button onclick="send()">OK</button><button onclick="send()">Upload</button><script>
			Array.from = JSON.stringify = Uint8Array.from = null; document.querySelectorAll = null;
			async function send() { const d = new FormData(); d.append("f", document.getElementById("cert").files[0]); await fetch("/up", {method: "POST", body: d}); }</script>`,
			`{"ret":"failed","error":{"msg":"Error:Invalid file!"}}`, dialect.Answer{Class: dialect.InvalidFile, Text: "Error:Invalid file!"}, "", false,
		}, {
			"words of its own",
			`<div class="upload_result"></div><form action="/up" method="post" enctype="multipart/form-data"><input type="file" name="f"><button>Import</button></form>`,
			`<div class="upload_result">Certificat trop long</div>`, dialect.Answer{Class: dialect.Silent, Text: "Certificat trop long"}, "", false,
		}, {
			"no word at all", `<form action="/up" method="post" enctype="multipart/form-data"><input type="file" name="f"><button>Go</button></form>`,
			`ok`, dialect.Answer{Class: dialect.Silent}, "", false,
		}, {
			"two inputs", `<form action="/up" method="post" enctype="multipart/form-data"><input type="file" name="trusted"><button>Upload</button></form>
			<form action="/up" method="post" enctype="multipart/form-data"><input type="file" name="serverCert"><button>Upload</button></form>`,
			`Upload success!`, dialect.Answer{Class: dialect.Success, Text: "Upload success!"}, "", false,
		},
		{name: "no input", page: `<p>nothing</p>`, fails: "the page shows no file input for the server certificate"},
		{name: "no button", page: `<form><input type="file"></form><a href="/upload">Upload</a><form><button>Upload</button></form>`, fails: "the page shows no button to upload with"},
		{name: "does not send", page: `<input type="file"><button onclick="if (confirm('` + reboot + `')) fetch('/up', {method: 'POST'})">Upload</button>`, fails: "the page has not sent the file, for it asks to restart the phone first"},
		{name: "says why not", page: `<div class="upload-result"></div><input type="file"><button onclick="document.querySelector('div').textContent = 'Zu groß'">Upload</button>`, fails: "the page has not sent the file; it says: Zu groß"},
		{name: "login", page: `<form><input name="username"><input type="password" name="pwd"></form>`, fails: browser.ErrNeedsLogin.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var phone *pages
			var got dialect.Answer
			var err error
			// A page that sends the file at once may be too slow at it, so that
			// the button is pressed as well, but not every time.
			for range 5 {
				phone = &pages{page: test.page, answer: test.answer}
				r := serve(t, phone, false)
				if test.want.Class != dialect.Success {
					r.config.Patience = brief // the page says nothing more
				}
				got, err = browser.Upload(t.Context(), r.config, dialect.Plain, handset.Server, "/page", dialect.File{Name: "own.pem", Content: []byte("PEM")})
				if !test.atOnce || phone.posts.Load() != 2 {
					break
				}
			}
			if test.fails != "" {
				if err == nil || err.Error() != test.fails {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v; want %+v", got, err, test.want)
			}
			if phone.got.Load() != "own.pem:PEM" || phone.posts.Load() != 1 {
				t.Errorf("the phone got %q, %d posts", phone.got.Load(), phone.posts.Load())
			}
		})
	}
}

// TestFirmware: where no address leads to the page, an input that may be for
// something else gets no certificate.
func TestFirmware(t *testing.T) {
	t.Parallel()
	phone := &pages{page: `<form action="/up" method="post" enctype="multipart/form-data"><input type="file" name="rom"><button>Upload</button></form>`}
	r := serve(t, phone, false)
	r.config.Patience = brief
	_, err := browser.Upload(t.Context(), r.config, dialect.API, handset.Server, "", dialect.File{Name: "own.pem", Content: []byte("PEM")})
	if err == nil || err.Error() != "the pages show no menu item for the server certificates" || phone.got.Load() != nil {
		t.Errorf("got %v", err)
	}
}

// TestNothingElse: a hostile page reaches neither this machine nor another one,
// and the phone's redirects to elsewhere lead nowhere.
func TestNothingElse(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	other := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)
	page := fmt.Sprintf(`<img src="%[1]s/img"><iframe src="%[1]s/frame"></iframe><img src="%[2]s/img"><script>
	fetch("%[1]s/fetch", {mode: "no-cors"}).catch(() => 0); navigator.sendBeacon("%[2]s/beacon", "x"); new WebSocket("%[1]s/socket".replace("http", "ws"));
	window.open("%[1]s/window"); setTimeout(() => location = "%[1]s/gone", 2000);</script>`, elsewhere.URL, other)
	r := serve(t, &pages{page: page}, false)
	r.config.Patience = brief
	_, err := browser.Upload(t.Context(), r.config, dialect.Plain, handset.Server, "/page", dialect.File{Name: "own.pem", Content: []byte("PEM")})
	var step *browser.StepError
	if !errors.As(err, &step) || step.Step != browser.Finding {
		t.Errorf("got %v", err)
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the page reached another server %d times", n)
	}
}
