package visit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
)

// fetchTime is how long a phone may take to fetch the file after it was told
// where it is.
const fetchTime = 20 * time.Second

// importKey is the configuration key that names a certificate's URL on V81 and
// later (the fact sheet on provisioning).
func importKey(role handset.Role) string {
	if role == handset.Server {
		return "static.server_certificates.url"
	}
	return "static.trusted_certificates.url"
}

// imports says that the phone has a way to import a configuration.
func (v *visit) imports() bool {
	switch v.phone.Dialect {
	case dialect.Basic, dialect.Plain, dialect.Session:
		return false
	}
	return true
}

// byImport has the phone read a configuration file that names an address of
// this machine, and serves the certificate there for that time alone.
func (v *visit) byImport(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	o := v.order
	if !v.imports() {
		return dialect.Answer{}, &noRoute{noImport}
	}
	local, ok := v.phone.Conversation().Local().(*net.TCPAddr)
	if o.Listen == nil || !ok {
		return dialect.Answer{}, &noRoute{"this machine has no address for the phone to fetch the file from"}
	}
	desk, err := serveOnce(o, local.IP.String(), file)
	if err != nil {
		return dialect.Answer{}, &noRoute{"nothing can be served from here: " + err.Error()}
	}
	defer desk.Close()
	if err := v.begin(); err != nil {
		return dialect.Answer{}, err
	}
	if v.order.Role == handset.Server {
		v.remark("upload.key-in-clear", "go by --via form where the phone speaks HTTPS; give the phone another key if somebody may have listened",
			"the phone fetches the file with its private key by HTTP, where everybody on the way can read it")
	}
	text := "#!version:1.0.0.1\n" + importKey(v.order.Role) + " = " + desk.address + "\n"
	answer, err := v.phone.Pages().Import(ctx, dialect.File{Name: "certificate.cfg", Content: []byte(text)})
	if errors.Is(err, dialect.ErrNoImport) {
		return answer, &noRoute{err.Error()}
	}
	answer, err = v.judged(answer, err)
	if err != nil {
		return answer, err
	}
	v.result.Findings = append(v.result.Findings, finding.Finding{
		Code: "upload.import-stays", Severity: finding.Note, Basis: finding.Assumed, Source: "fact sheet web-interface.md",
		Message: "the phone may keep the address that it was given in " + importKey(v.order.Role) + "; nothing is served there any more",
		Fix:     "set the key anew where the phones are provisioned",
	})
	desk.wait(ctx)
	return answer, nil
}

// desk is the one file on offer.
type desk struct {
	address string
	server  *http.Server
	fetched chan struct{}
}

func serveOnce(o *Order, host string, file dialect.File) (*desk, error) {
	secret := make([]byte, 16)
	if _, err := io.ReadFull(o.Web.Random, secret); err != nil {
		return nil, err
	}
	listener, err := o.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	path := "/" + hex.EncodeToString(secret) + "/" + file.Name
	d := &desk{fetched: make(chan struct{}, 1)}
	d.address = (&url.URL{Scheme: "http", Host: listener.Addr().String(), Path: path}).String()
	d.server = &http.Server{
		ReadTimeout: fetchTime, WriteTimeout: fetchTime, MaxHeaderBytes: 16 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path || r.Method != http.MethodGet {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Length", fmt.Sprint(len(file.Content)))
			_, err := w.Write(file.Content)
			// Whoever hears of it ends the server at once.
			if err == nil && http.NewResponseController(w).Flush() == nil {
				select {
				case d.fetched <- struct{}{}:
				default:
				}
			}
		}),
	}
	go func() { _ = d.server.Serve(listener) }()
	return d, nil
}

// wait gives the phone the time to fetch. What comes of it is in its list.
func (d *desk) wait(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	select {
	case <-d.fetched:
	case <-limited.Done():
	}
}

func (d *desk) Close() error { return d.server.Close() }
