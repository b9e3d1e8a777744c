package serve

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
)

// entrance is where a phone is listened for. All phones share one http.Server,
// which tells them apart by the context of the entrance.
type entrance struct {
	net.Listener
	ctx context.Context
}

// inside is the key of the phone in that context.
type inside struct{}

func (f *Fleet) entrance(ctx context.Context, s *Served, l net.Listener, secure *tls.Config) entrance {
	l = door{l, s}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	return entrance{l, context.WithValue(ctx, inside{}, s)}
}

// door hangs up on visitors before the first byte while the phone reboots.
type door struct {
	net.Listener
	served *Served
}

func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil || !d.served.Phone.Away() {
			return conn, err
		}
		_ = conn.Close()
	}
}

func (f *Fleet) newServer() *http.Server {
	return &http.Server{
		Handler:     http.HandlerFunc(f.answer),
		BaseContext: func(l net.Listener) context.Context { return l.(entrance).ctx },
		ErrorLog:    log.New(logWriter(f.config.Log), "", 0),
		// The phones speak HTTP/1.1 alone.
		TLSNextProto:      map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime,
	}
}

// logWriter hands the lines of a log.Logger on.
type logWriter func(text string)

func (w logWriter) Write(line []byte) (int, error) {
	w(string(line[:len(line)-1]))
	return len(line), nil
}

// answer has the phone answer whose entrance was taken.
func (f *Fleet) answer(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(inside{}).(*Served)
	f.requests.Add(1)
	s.requests.Add(1)
	f.config.Observe(s, r)
	s.Phone.ServeHTTP(w, r)
}
