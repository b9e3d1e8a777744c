package account_test

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/account"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/upload/dialect"
)

// TestUploadThenRegister is the whole rehearsal on every dialect: refused, the
// root uploaded, the setting changed, rebooted, registered, and nothing restarted
// by hand.
func TestUploadThenRegister(t *testing.T) {
	for _, name := range pages.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			f := open(t, options{dialect: name, registrar: registrar.Config{Users: map[string]string{}}})
			alert := f.heard("the alert", func(e registrar.Event) bool { return e.Kind == registrar.Refused })
			if alert.By != "client" || alert.Alert != "unknown_ca" {
				t.Errorf("%+v", alert)
			}
			refused := f.told(account.Refused, "does not know who issued", "it sent unknown_ca")
			if refused.Cause == nil || refused.Cause.Code != "trust.unknown-ca" || refused.Supposed != "" || refused.Version != "TLS 1.0" {
				t.Errorf("%+v", refused)
			}
			d := f.in()
			f.upload(d, handset.Trusted, "root.pem", f.registrar.CA())
			f.told(account.Refused, "CA Certificates is default")
			f.set(d, dialect.Settings{CA: "all"})
			f.reboot(d)
			f.told(account.Rebooting)
			f.heard("the registration", registered)
			status := f.told(account.Registered, "registered over TLS 1.0 with TLS_")
			if status.Expires == 0 || status.Account != "sips:1001@127.0.0.1" || status.Cause != nil {
				t.Errorf("%+v", status)
			}
			if !strings.Contains(f.registrar.Bindings()[0].UserAgent, "SIP-T28P") && name == pages.Plain {
				t.Errorf("%+v", f.registrar.Bindings())
			}
		})
	}
}
