package sip_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

const password = "correct-horse-battery"

func kamailio(t *testing.T, c realparts.KamailioConfig) *realparts.Server {
	t.Helper()
	server := testca.Self(t, "pbx.example.com", testca.TLS)
	c.Certificate, c.Key = server.PEM(), server.KeyPEM(t)
	return realparts.Kamailio(t, c)
}

func dialTLS(t *testing.T, s *realparts.Server) net.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", s.Addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log())
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestKamailio(t *testing.T) {
	for _, scheme := range []string{"sips", "sip"} {
		for _, algorithm := range []string{"MD5", "SHA-256"} {
			t.Run(scheme+" "+algorithm, func(t *testing.T) {
				t.Parallel()
				s := kamailio(t, realparts.KamailioConfig{User: "100", Password: password, Algorithm: algorithm})
				request := sip.Request{Scheme: scheme, User: "100", Host: "example.com"}
				conn := dialTLS(t, s)
				options := sip.Options(within(t, patience), conn, request)
				if options.Status != 200 || options.Reason != "OK" || !strings.HasPrefix(options.Server, "kamailio") || !slices.Equal(options.Allow, []string{"OPTIONS", "REGISTER"}) || options.Error != "" || options.Duration <= 0 {
					t.Errorf("%+v", options)
				}
				right := sip.Register(within(t, patience), conn, request, sip.Credentials{Password: password})
				if right.Status != 200 || !right.Registered || !right.Removed || right.Expires != 60 || !right.Challenged || right.Realm != "example.com" || right.Algorithm != algorithm {
					t.Errorf("%+v", right)
				}
				s.WaitLog(t, "100 is registered")
				s.WaitLog(t, "100 is not registered")
				wrong := sip.Register(within(t, patience), conn, request, sip.Credentials{Password: "wrong"})
				if wrong.Status != 401 || wrong.Registered || wrong.Removed || !wrong.Challenged || wrong.Error != "" {
					t.Errorf("%+v", wrong)
				}
				bare := sip.Register(within(t, patience), conn, request, sip.Credentials{})
				if bare.Status != 401 || bare.Registered || bare.Error != "" {
					t.Errorf("%+v", bare)
				}
				for _, result := range []diagnosis.SIP{right, wrong} {
					if strings.Contains(fmt.Sprintf("%#v", result), password) || strings.Contains(s.Log(), password) {
						t.Error("the password is told")
					}
				}
			})
		}
	}
}

// TestKamailioRefuses: every status is an answer.
func TestKamailioRefuses(t *testing.T) {
	for status, reason := range map[int]string{403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			s := kamailio(t, realparts.KamailioConfig{Route: fmt.Sprintf(`sl_send_reply("%d", "%s"); exit;`, status, reason)})
			conn := dialTLS(t, s)
			for _, result := range []diagnosis.SIP{
				sip.Options(within(t, patience), conn, sip.Request{Host: "example.com"}),
				sip.Register(within(t, patience), conn, sip.Request{Host: "example.com"}, sip.Credentials{Password: password}),
			} {
				if result.Status != status || result.Reason != reason || result.Error != "" || result.Challenged {
					t.Errorf("%+v", result)
				}
			}
		})
	}
}
