package survey

import (
	"context"
	"sync"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Versions asks for nothing but the versions that a server takes and the
// certificate that it presents: one connection for each version.
func Versions(ctx context.Context, q Question) *diagnosis.Survey {
	s := &survey{question: q, places: make(chan struct{}, atOnce)}
	s.versions(ctx)
	s.result.Complete = ctx.Err() == nil && !s.cut
	return &s.result
}

// versions asks for each version alone, the oldest first in the result.
func (s *survey) versions(ctx context.Context) {
	var group sync.WaitGroup
	var taken [5]bool
	all := []iana.ProtocolVersion{iana.SSL30, iana.TLS10, iana.TLS11, iana.TLS12, iana.TLS13}
	for i, v := range all {
		group.Go(func() { taken[i] = s.takes(ctx, v) })
	}
	group.Wait()
	for i, v := range all {
		if taken[i] {
			s.result.Versions = append(s.result.Versions, v)
		}
	}
}
