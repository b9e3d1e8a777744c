package detect_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
	"github.com/phonecert/phonecert/upload/web"
)

func TestLogin(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		locked := dialect.Locked
		if name == dialect.Basic {
			locked = dialect.LoginRefused // HTTP Basic says no more than 401
		}
		for i, want := range []dialect.Outcome{dialect.LoginRefused, dialect.LoginRefused, locked} {
			d := r.Visit(t)
			dialecttest.Equal(t, "wrong password", dialecttest.Outcome(t, d.Login(t.Context(), "admin", "secret")), want)
			dialecttest.Equal(t, "wrong passwords that the phone counts", r.Phone.State().Wrong, []int{1, 2, 0}[i])
			dialecttest.Wants(t, "logout", d.Logout(t.Context()), nil)
		}
		dialecttest.Equal(t, "right one while locked", dialecttest.Outcome(t, r.Visit(t).Login(t.Context(), "admin", "admin")), locked)
		r.Clock.Forward(3 * time.Minute)
		r.In(t)
		if name == dialect.Basic {
			return
		}
		dialecttest.Equal(t, "while somebody else is in", dialecttest.Outcome(t, r.Visit(t).Login(t.Context(), "admin", "admin")), dialect.Busy)
		dialecttest.Equal(t, "busy", dialecttest.Outcome(t, with(simulate.Faults{Busy: true}).Visit(t).Login(t.Context(), "admin", "admin")), dialect.Busy)
	})
}

func TestSessionEnds(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		plan, err := d.Plan(t.Context(), handset.Trusted)
		if err != nil {
			t.Fatal(err)
		}
		if name == dialect.Basic {
			// The nearest to it is a password that was changed meanwhile.
			r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
				q.Header.Del("Authorization")
				phone.ServeHTTP(w, q)
			}
		}
		r.Clock.Forward(6 * time.Minute)
		_, err = d.Upload(t.Context(), plan, dialect.File{Name: "root.pem", Content: root})
		dialecttest.Wants(t, "upload", err, dialect.ErrLoggedOut)
		_, err = d.Certificates(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "list", err, dialect.ErrLoggedOut)
		_, err = d.Plan(t.Context(), handset.Server)
		dialecttest.Wants(t, "plan", err, dialect.ErrLoggedOut)
		_, err = d.Settings(t.Context())
		dialecttest.Wants(t, "settings", err, dialect.ErrLoggedOut)
		dialecttest.Wants(t, "reboot", d.Reboot(t.Context()), dialect.ErrLoggedOut)
	})
}

func TestRedirectToLogin(t *testing.T) {
	to := map[dialect.Name]string{dialect.Plain: "/servlet?p=login&q=loginForm&jumpto=status", dialect.Session: "/servlet?p=login&q=loginForm&jumpto=status"}
	redirects := map[string]func(w http.ResponseWriter, r *http.Request, to string){
		"status": func(w http.ResponseWriter, r *http.Request, to string) { http.Redirect(w, r, to, http.StatusFound) },
		"script": func(w http.ResponseWriter, _ *http.Request, to string) {
			fmt.Fprintf(w, `<html><head><script>window.location ="%s"</script></head><body></body></html>`, to)
		},
	}
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		for what, redirect := range redirects {
			if to[name] == "" {
				continue // no login page to send to
			}
			r := with(simulate.Faults{})
			d := r.In(t)
			plan, err := d.Plan(t.Context(), handset.Trusted)
			if err != nil {
				t.Fatal(err)
			}
			r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
				if strings.Contains(q.URL.RawQuery, "p=login") {
					phone.ServeHTTP(w, q)
					return
				}
				redirect(w, q, to[name])
			}
			_, err = d.Certificates(t.Context(), handset.Trusted)
			dialecttest.Wants(t, what+": list", err, dialect.ErrLoggedOut)
			_, err = d.Upload(t.Context(), plan, dialect.File{Name: "root.pem", Content: []byte("x")})
			dialecttest.Wants(t, what+": upload", err, dialect.ErrLoggedOut)
		}
	})
}

// hides takes the token out of the pages, and out of the header in which the
// newest phones have it sent.
func hides(w http.ResponseWriter, r *http.Request, phone http.Handler) {
	r.Header.Del("X-CSRFToken")
	answer := httptest.NewRecorder()
	phone.ServeHTTP(answer, r)
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte("g_strToken ="), []byte("g_strOther =")))
}

func TestMissingToken(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		if name == dialect.Basic {
			return // these phones know no token
		}
		r := with(simulate.Faults{})
		d := r.In(t)
		dialecttest.Upload(t, d, handset.Trusted, "root.pem", root)
		l, err := d.Certificates(t.Context(), handset.Trusted)
		if err != nil || len(l.Certificates) != 1 {
			t.Fatalf("list: %v, %v", l, err)
		}
		r.Front = hides
		if name != dialect.Listener && name != dialect.ListenerRSA { // where an upload may leave it out
			dialecttest.Equal(t, "upload", dialecttest.Upload(t, d, handset.Trusted, "root.pem", root).Class, dialect.Forbidden)
		}
		answer, err := d.Delete(t.Context(), handset.Trusted, l.Certificates[0])
		forbidden(t, "delete", answer, err)
		answer, err = d.Set(t.Context(), dialect.Settings{CA: "all"})
		forbidden(t, "set", answer, err)
		if err := d.Reboot(t.Context()); err == nil {
			t.Error("reboot without a token")
		}
		r.Front = nil
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "Example Root")
	})
}

// forbidden wants the phone's refusal, of the change or already of the page.
func forbidden(t *testing.T, what string, answer dialect.Answer, err error) {
	t.Helper()
	var status *dialect.StatusError
	if (err != nil || answer.Class != dialect.Forbidden) && (!errors.As(err, &status) || status.Status != http.StatusForbidden) {
		t.Errorf("%s: got %+v, %v, want a refusal", what, answer, err)
	}
}

func TestDroppedConnection(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{DropAfterWrite: true}).In(t)
		dialecttest.Equal(t, "upload", dialecttest.Upload(t, d, handset.Trusted, "root.pem", root).Class, dialect.Dropped)
		dialecttest.Equal(t, "stored all the same", dialecttest.List(t, d, handset.Trusted), "Example Root")
	})
}

func TestSuccessWithoutCertificate(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{SuccessWithoutStoring: true}).In(t)
		dialecttest.Equal(t, "upload", dialecttest.Upload(t, d, handset.Trusted, "root.pem", root).Class, dialect.Success)
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "")
	})
}

func TestStatus500(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{HTTP500: 1})
		_, _, err := detect.Detect(t.Context(), r.Web(t, nil), rand.Reader)
		var status *dialect.StatusError
		if !errors.As(err, &status) || status.Status != 500 {
			t.Errorf("detect: %v", err)
		}
		d, err := detect.New(r.Name, r.Web(t, nil), rand.Reader)
		dialecttest.Wants(t, "new", err, nil)
		if err := d.Login(t.Context(), "admin", "admin"); !errors.As(err, &status) {
			t.Errorf("login: %v", err)
		}
	})
}

// A plan can be shown to anybody.
func TestPlanHidesSecrets(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		d := with(simulate.Faults{}).In(t)
		plan, err := d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan", err, nil)
		if plan.Ref == "" || plan.Method != "POST" || plan.Field == "" {
			t.Errorf("plan: %+v", plan)
		}
		all := plan.Ref + " " + strings.Join(plan.Fields, " ")
		if name != dialect.Basic && name != dialect.API && !strings.Contains(all, "token=***") {
			t.Errorf("no token in %q", all)
		}
	})
}

// Nor does it show what lets somebody in under a name that nobody knew.
func TestPlanHidesUnknownSecrets(t *testing.T) {
	r := dialecttest.Start(t, dialect.Plain, nil)
	r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
		answer := httptest.NewRecorder()
		phone.ServeHTTP(answer, q)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		w.Write(formTag.ReplaceAll(answer.Body.Bytes(), []byte(`<form action="/take?csrfToken=first-secret" ${1}><input type="hidden" name="sessionKey" value="second-secret">`)))
	}
	plan, err := r.In(t).Plan(t.Context(), handset.Trusted)
	dialecttest.Wants(t, "plan", err, nil)
	if all := plan.Ref + " " + strings.Join(plan.Fields, " "); strings.Contains(all, "-secret") || !strings.Contains(all, "sessionKey=***") {
		t.Errorf("%q", all)
	}
}

var formTag = regexp.MustCompile(`<form (id="formUpload" method="post" enctype="multipart/form-data") action="[^"]*"[^>]*>`)

func TestTraceHidesSecrets(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		var trace bytes.Buffer
		c := r.Web(t, &trace)
		d, err := detect.New(name, c, rand.Reader)
		dialecttest.Wants(t, "new", err, nil)
		if dialecttest.Outcome(t, d.Login(t.Context(), "admin", "secret-word")) != dialect.LoginRefused {
			t.Error("let in")
		}
		dialecttest.Wants(t, "login", d.Login(t.Context(), "admin", "admin"), nil)
		_, err = d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan", err, nil)
		session := c.Cookie("JSESSIONID")
		dialecttest.Wants(t, "logout", d.Logout(t.Context()), nil)
		c.Close()
		if trace.Len() == 0 {
			t.Fatal("no trace")
		}
		for _, secret := range []string{"secret-word", "c2VjcmV0LXdvcmQ", session} {
			if secret != "" && strings.Contains(trace.String(), secret) {
				t.Errorf("%q stands in the trace", secret)
			}
		}
	})
}

func TestGivenUp(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, _ dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{Hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, _, err := detect.Detect(ctx, r.Web(t, nil), rand.Reader)
		var failed *web.Error
		if !errors.As(err, &failed) {
			t.Errorf("detect: %v", err)
		}
	})
}
