package serve_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

func TestBuiltInCertificate(t *testing.T) {
	of := func(d serve.DeviceCert) *serve.Fleet {
		return start(t, serve.Config{HTTPS: true, Count: 2, DeviceCert: d})
	}
	unique, again := of(""), of(serve.Unique)
	s := unique.Phones()[1]
	_, state := get(t, s.URL)
	c := state.PeerCertificates[0]
	if state.Version != tls.VersionTLS10 {
		t.Errorf("a T28P speaks %s", tls.VersionName(state.Version))
	}
	if c.Subject.SerialNumber != string(s.MAC) || c.Subject.CommonName != "yealink.com" || !strings.Contains(c.Issuer.CommonName, "Simulated") {
		t.Errorf("unique: %s, issued by %s", c.Subject, c.Issuer)
	}
	if _, other := get(t, again.Phones()[1].URL); !bytes.Equal(other.PeerCertificates[0].Raw, c.Raw) {
		t.Error("one seed makes two certificates")
	}
	if _, other := get(t, unique.Phones()[0].URL); bytes.Equal(other.PeerCertificates[0].Raw, c.Raw) {
		t.Error("two phones have one unique certificate")
	}
	authority, err := unique.Authority(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSignatureFrom(authority); err != nil {
		t.Error(err)
	}

	s = of(serve.UniqueInName).Phones()[0]
	if _, state := get(t, s.URL); state.PeerCertificates[0].Subject.CommonName != string(s.MAC) {
		t.Errorf("unique in name: %s", state.PeerCertificates[0].Subject)
	}
	generic := of(serve.Generic)
	_, first := get(t, generic.Phones()[0].URL)
	_, second := get(t, generic.Phones()[1].URL)
	if c := first.PeerCertificates[0]; !bytes.Equal(c.Raw, second.PeerCertificates[0].Raw) || c.Subject.SerialNumber != "" {
		t.Errorf("generic: %s", c.Subject)
	}
}

func TestVersionsAreTheProfiles(t *testing.T) {
	for d, want := range map[dialect.Name]uint16{dialect.Basic: tls.VersionTLS10, dialect.Listener: tls.VersionTLS12, dialect.ListenerRSA: tls.VersionTLS12, dialect.API: tls.VersionTLS12} {
		f := start(t, serve.Config{Kinds: []serve.Kind{kind(t, d)}, HTTPS: true})
		if _, state := get(t, f.Phones()[0].URL); state.Version != want {
			t.Errorf("%s speaks %s", d, tls.VersionName(state.Version))
		}
	}
	f := start(t, serve.Config{HTTPS: true, Log: func(string) {}})
	_, err := tls.Dial("tcp", strings.TrimPrefix(f.Phones()[0].URL, "https://"), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err == nil {
		t.Error("a T28P speaks TLS 1.2")
	}
}

// owner does on a phone of the dialect basic what its owner does.
type owner struct {
	t    *testing.T
	base string
}

func (o owner) post(kind string, body *bytes.Buffer) {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodPost, o.base+"/cgi-bin/ConfigManApp.com", body)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.SetBasicAuth("admin", "admin")
	answer, err := visitor().Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	answer.Body.Close()
}

func (o owner) upload(name string, content []byte) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("PAGEID", dialect.DefaultInvented().BasicServer)
	part, _ := w.CreateFormFile(dialect.DefaultInvented().ServerFile, name)
	part.Write(content)
	w.Close()
	o.post(w.FormDataContentType(), &body)
}

func (o owner) set(values string) {
	form := url.Values{"PAGEID": {dialect.DefaultInvented().BasicTrusted}, "CONFIG_DATA": {values}}
	o.post("application/x-www-form-urlencoded", bytes.NewBufferString(form.Encode()))
}

func (o owner) reboot() {
	get(o.t, strings.Replace(o.base, "//", "//admin:admin@", 1)+"/cgi-bin/ConfigManApp.com?key=Reboot")
	time.Sleep(30 * time.Millisecond)
}

// TestUploadedCertificateIsPresented: after a reboot, and only while Device
// Certificates is Custom.
func TestUploadedCertificateIsPresented(t *testing.T) {
	f := start(t, serve.Config{Kinds: []serve.Kind{kind(t, dialect.Basic)}, HTTPS: true, Policy: device.Policy{RebootTime: 20 * time.Millisecond}})
	s := f.Phones()[0]
	phone := owner{t, s.URL}
	shows := func(when, want string) {
		t.Helper()
		_, state := get(t, s.URL)
		if got := state.PeerCertificates[0].Subject.CommonName; got != want {
			t.Errorf("%s: %s", when, got)
		}
		if c, err := f.Certificate(s); err != nil || c.Subject.CommonName != want {
			t.Errorf("%s: %v, %v", when, c, err)
		}
	}
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	phone.upload("own.pem", append(own.PEM(), own.KeyPEM(t)...))
	shows("after the upload", "yealink.com")
	phone.reboot()
	shows("with Default", "yealink.com")
	phone.set("þ1þ0þ0þ1")
	shows("before the reboot", "yealink.com")
	phone.reboot()
	shows("with Custom", "phone.example.com")
	next := testca.Root(t, "Example CA").Issue(t, "next.example.com")
	phone.upload("own.pem", append(next.PEM(), next.KeyPEM(t)...))
	shows("before the next reboot", "phone.example.com")
	phone.reboot()
	shows("the next one", "next.example.com")
	phone.set("þ1þ0þ0þ0")
	phone.reboot()
	shows("with Default again", "yealink.com")
}

// A key that is not the certificate's is taken, and cannot be presented.
func TestStrangeKey(t *testing.T) {
	told := make(chan string, 10)
	f := start(t, serve.Config{Kinds: []serve.Kind{kind(t, dialect.Basic)}, HTTPS: true, Log: func(text string) { told <- text }, Policy: device.Policy{RebootTime: 20 * time.Millisecond}})
	phone := owner{t, f.Phones()[0].URL}
	phone.upload("own.pem", fmt.Appendf(nil, "%s%s", testca.Root(t, "Example CA").PEM(), testca.ECRoot(t, "Another").KeyPEM(t)))
	phone.set("þ1þ0þ0þ1")
	phone.reboot()
	if _, state := get(t, phone.base); state.PeerCertificates[0].Subject.CommonName != "yealink.com" {
		t.Errorf("%s", state.PeerCertificates[0].Subject)
	}
	if text := <-told; !strings.Contains(text, `cannot present "own.pem"`) {
		t.Errorf("the log says %q", text)
	}
}
