package rehearse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/terminal"
)

// stays is a command that runs until stop, and what it has printed.
type stays struct {
	t    *testing.T
	stop func() commandstest.Said
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

// Write takes what the command prints.
func (s *stays) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(text)
}

func (s *stays) out() (string, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.more
}

// event is a line of --json.
type event struct {
	Command, Event, Address, Phone, Account, Alert, Text, MAC string
	Method                                                    string
	Status                                                    int
	LockIcon                                                  string `json:"lock_icon"`
	Cause                                                     *struct{ Code, Fix string }
}

// wait returns the first line for which a test holds.
func (s *stays) wait(what string, is func(event) bool) event {
	s.t.Helper()
	limit := time.After(5 * time.Minute)
	for {
		text, more := s.out()
		for line := range strings.Lines(text) {
			var e event
			if strings.HasSuffix(line, "\n") && json.Unmarshal([]byte(line), &e) == nil && is(e) {
				return e
			}
		}
		select {
		case <-more:
		case <-limit:
			s.t.Fatalf("%s did not come: %s", what, text)
		}
	}
}

// background runs a command until the end of the test.
func background(t *testing.T, o *commandstest.Office, args ...string) *stays {
	t.Helper()
	streams, _, stderr := terminal.Test(strings.NewReader(""))
	s := &stays{t: t, more: make(chan struct{})}
	streams.Out = s
	f := commandstest.Factory(streams, o.Env)
	f.ConfigDir = func() string { return o.Home }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- commands.Run(ctx, f, args) }()
	s.stop = sync.OnceValue(func() commandstest.Said {
		cancel()
		code := <-ended
		text, _ := s.out()
		return commandstest.Said{Code: code, Out: text, Err: stderr.String()}
	})
	t.Cleanup(func() { s.stop() })
	return s
}

var _ io.Writer = (*stays)(nil)

// TestUploadThenRegister is the rehearsal of docs/simulate.md: the phone refuses
// the server, gets its root and the setting, reboots, and registers with its
// password. Nothing is started again, and nothing shows the password.
func TestUploadThenRegister(t *testing.T) {
	t.Parallel()
	o := commandstest.NewOffice(t)
	o.Now = time.Now
	o.Env["PHONECERT_SIP_PASSWORD"] = "wet-secret-3"
	users, ca := o.File("users.txt", []byte("alice:wet-secret-3\n")), o.Dir+"/ca.pem"
	server := background(t, o, "simulate", "registrar", "--listen", "127.0.0.1:0", "--write-ca", ca, "--users", users, "--json")
	address := server.wait("the address", func(e event) bool { return e.Event == "listening" }).Address
	phone := background(t, o, "simulate", "phone", "--handset", "yealink-t28p", "--register", "sips:1001@"+address, "--auth-user", "alice",
		"--register-retry", "50ms", "--reboot-time", "100ms", "--json")
	url := phone.wait("the phone", func(e event) bool { return e.Event == "" }).Phone
	refused := phone.wait("the refusal", func(e event) bool { return e.Event == "refused" })
	if refused.Alert != "unknown_ca" || refused.Phone != url || refused.Account != "sips:1001@127.0.0.1" || refused.Cause == nil ||
		refused.Cause.Code != "trust.unknown-ca" || !strings.Contains(refused.Cause.Fix, "--phone "+url) {
		t.Errorf("%+v", refused)
	}
	server.wait("the alert", func(e event) bool { return e.Event == "refused" && e.Alert == "unknown_ca" })
	o.Run(0, "upload", ca, "--as", "trusted", "--phone", url)
	o.Run(0, "phone", "set", url, "--ca", "all")
	o.Run(0, "phone", "reboot", url)
	registered := phone.wait("the registration", func(e event) bool { return e.Event == "registered" })
	if registered.LockIcon != "LCD screen" || registered.Cause != nil {
		t.Errorf("%+v", registered)
	}
	server.wait("the registration", func(e event) bool { return e.Method == "REGISTER" && e.Status == 200 })
	began := time.Now()
	end := phone.stop()
	const most = 3 * time.Second // is how long the phone tries to take it back
	if !strings.Contains(end.Out, `"event":"removed"`) && time.Since(began) < most {
		t.Errorf("%s%s", end.Out, end.Err)
	}
	for _, text := range []string{end.Out, end.Err, server.stop().Out} {
		if strings.Contains(text, "wet-secret-3") {
			t.Error(text)
		}
	}
}
