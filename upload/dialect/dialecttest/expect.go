package dialecttest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
)

// Equal says where two values differ.
func Equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// Wants says where an error is not the one that is wanted.
func Wants(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// List is the first column of a list.
func List(t *testing.T, d dialect.Dialect, role handset.Role) string {
	t.Helper()
	l, err := d.Certificates(t.Context(), role)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	names := []string{}
	for _, c := range l.Certificates {
		names = append(names, c.IssuedTo)
	}
	return strings.Join(names, ", ")
}

// Upload plans the upload of a file and uploads it.
func Upload(t *testing.T, d dialect.Dialect, role handset.Role, name string, content []byte) dialect.Answer {
	t.Helper()
	plan, err := d.Plan(t.Context(), role)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	answer, err := d.Upload(t.Context(), plan, dialect.File{Name: name, Content: content})
	if err != nil {
		t.Fatalf("upload: %v", err)
	}
	return answer
}

// Remove deletes the first certificate of a list.
func Remove(t *testing.T, d dialect.Dialect, role handset.Role) {
	t.Helper()
	l, err := d.Certificates(t.Context(), role)
	if err != nil || len(l.Certificates) == 0 {
		t.Fatalf("nothing to delete: %v", err)
	}
	answer, err := d.Delete(t.Context(), role, l.Certificates[0])
	if err != nil || answer.Class != dialect.Silent && answer.Class != dialect.Success {
		t.Fatalf("delete: %v, %v", answer, err)
	}
}

// Outcome is why a login did not succeed.
func Outcome(t *testing.T, err error) dialect.Outcome {
	t.Helper()
	var e *dialect.LoginError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a LoginError", err)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password stands in %q", err)
	}
	return e.Outcome
}

// Rewrites puts another text into the phone's answers to some requests.
func Rewrites(request, old, text string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, phone http.Handler) {
		answer := httptest.NewRecorder()
		phone.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		body := answer.Body.Bytes()
		if strings.Contains(r.URL.RequestURI(), request) {
			body = regexp.MustCompile(old).ReplaceAllLiteral(body, []byte(text))
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	}
}
