package listen

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/inspect/listen/uas"
	"github.com/phonecert/phonecert/inspect/trace"
)

// Server is one that listens. It is safe for concurrent use.
type Server struct {
	config       Config
	listeners    []net.Listener
	tls          *tls.Config
	certificates map[chain.Variant]*tls.Certificate
	tracer       *trace.Tracer
	sip          *uas.Server
	keys         *writer
	survey       *survey

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	places chan struct{}

	number    atomic.Int64
	reporting sync.Mutex
}

// Start opens the doors and answers until ctx is done or Close is called. The
// error says what is wrong with the Config, or is that of the network.
func Start(ctx context.Context, c Config) (*Server, error) {
	c = c.filled()
	if err := c.validate(); err != nil {
		return nil, err
	}
	s := &Server{
		config: c, keys: &writer{to: c.KeyLog}, survey: newSurvey(c.Variants), places: make(chan struct{}, c.MaxConnections),
		tracer: trace.New(trace.Options{Phone: c.Phone, Profiles: c.Profiles, Everything: true}, func(trace.Connection) {}),
	}
	var err error
	if s.sip, err = uas.New(c.SIP); err != nil {
		return nil, err
	}
	if err := s.identify(); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	context.AfterFunc(s.ctx, s.shut)
	for i, l := range s.listeners {
		s.group.Go(func() { s.accept(l, c.Doors[i].Scheme) })
	}
	return s, nil
}

// open opens the doors, all or none.
func (s *Server) open(ctx context.Context) error {
	for _, d := range s.config.Doors {
		l, err := s.config.Listen(ctx, "tcp", d.Address)
		if err != nil {
			s.shut()
			return err
		}
		s.listeners = append(s.listeners, l)
	}
	return nil
}

func (s *Server) shut() {
	for _, l := range s.listeners {
		l.Close()
	}
}

// Addrs are the addresses of the doors, in the order of the Config.
func (s *Server) Addrs() []net.Addr {
	var list []net.Addr
	for _, l := range s.listeners {
		list = append(list, l.Addr())
	}
	return list
}

// Tables are the surveys so far, a phone each, in the order of their first call.
func (s *Server) Tables() []measure.Table { return s.survey.tables() }

// Bindings are the registrations in force, by user.
func (s *Server) Bindings() []uas.Binding { return s.sip.Bindings() }

// Close hangs up on everybody, and returns when every connection was reported.
func (s *Server) Close() error {
	s.cancel()
	s.group.Wait()
	return nil
}

// accept lets phones in.
func (s *Server) accept(l net.Listener, scheme Scheme) {
	for {
		raw, err := l.Accept()
		if err != nil {
			if s.ctx.Err() != nil {
				return
			}
			s.rest()
			continue
		}
		c := s.newConnection(raw, s.number.Add(1), scheme)
		select {
		case s.places <- struct{}{}:
			s.group.Go(func() {
				c.serve()
				<-s.places
				s.report(c)
			})
		default:
			c.reach(limitConnections)
			raw.Close()
			s.report(c)
		}
	}
}

func (s *Server) rest() {
	select {
	case <-time.After(acceptPause):
	case <-s.ctx.Done():
	}
}

// report tells of a connection that has ended, one at a time. Its trial is known
// to none that is reported before it.
func (s *Server) report(c *connection) {
	told := c.told()
	s.reporting.Lock()
	defer s.reporting.Unlock()
	if told.Trial != nil {
		told.Survey = s.survey.learned(c.shown, *told.Trial, lostBefore(told.Evidence, *told.Trial))
	}
	s.config.Report(told)
}

// writer is one that several connections write to.
type writer struct {
	mutex sync.Mutex
	to    io.Writer
}

// Write writes all of it at once. What fails is the caller's to find: a phone
// need not hang for it.
func (w *writer) Write(b []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.to.Write(b)
	return len(b), nil
}
