package profile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/survey"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// lookAtPage asks a phone's web interface for what it shows to everybody. Nothing
// secret is sent, so any certificate is taken.
func (o *handsetLearnOptions) lookAtPage(ctx context.Context) (seen, error) {
	limited, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	address, err := url.Parse(o.source)
	if err != nil {
		return seen{}, err // factory.PhoneAddress has taken it
	}
	s := seen{Observation: learn.Observation{At: o.f.Now(), How: learn.OnWebPage, Web: &learn.Web{}}}
	if address.Scheme == "https" {
		if err := o.asServer(limited, address, &s); err != nil {
			return s, o.told(ctx, address, err)
		}
	}
	config := &upload.Config{
		Web:     web.Config{Dial: o.f.Network.Dial, Now: o.f.Now, Random: o.f.Network.Random, Timeout: o.timeout},
		Judge:   known.Judge{Insecure: true, Now: o.f.Now},
		Retries: 2, Backoff: 500 * time.Millisecond,
	}
	p, err := upload.Open(limited, o.source, config)
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	if err != nil {
		if len(s.Web.Versions) == 0 {
			return s, o.told(ctx, address, err)
		}
		s.notes = append(s.notes, "the pages were not read: "+err.Error())
		return s, nil
	}
	defer p.Close(limited)
	s.Web.Dialect, s.Web.Model, s.Web.Firmware = string(p.Dialect), p.Identity.Model, p.Identity.Firmware
	return s, nil
}

// asServer looks at the phone as TLS server: the versions that it takes, one
// connection each, and its certificate.
func (o *handsetLearnOptions) asServer(ctx context.Context, address *url.URL, s *seen) error {
	host, port := address.Hostname(), address.Port()
	if port == "" {
		port = "443"
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		return o.f.Network.Dial(ctx, "tcp", net.JoinHostPort(host, port))
	}
	conn, err := dial(ctx)
	if err != nil {
		return err
	}
	conn.Close()
	taken := survey.Versions(ctx, survey.Question{ServerName: diagnosis.Target{Host: host}.ServerName(), Dial: dial})
	for _, v := range taken.Versions {
		s.Web.Versions = append(s.Web.Versions, v.String())
	}
	switch {
	case taken.Leaf != nil:
		s.Web.Chain = []*certificate.Certificate{taken.Leaf}
	case len(taken.Versions) > 0:
		s.notes = append(s.notes, "the certificate of the web page stands inside the encryption of TLS 1.3 and was not seen")
	}
	if len(taken.Versions) > 0 {
		s.notes = append(s.notes, "as server the phone takes "+strings.Join(s.Web.Versions, ", ")+"; what it offers as client shows only where it calls a server")
	}
	return nil
}

// told puts an error of the network, or a problem of the phone, into words.
func (o *handsetLearnOptions) told(ctx context.Context, address *url.URL, err error) error {
	var p *upload.Problem
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &p) && p.Code == "upload.not-a-phone": // its fix has a flag that is none here
		return factory.WithHint(errors.New(p.Message), "look at the address in a browser", o.instead())
	case errors.As(err, &p):
		return factory.WithHint(errors.New(p.Message), p.Fix)
	}
	return factory.WithHint(fmt.Errorf("cannot connect to %q: %w", address.Host, err), "look whether the phone is on, and whether its web page is by http:// or https://")
}
