package serve

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// How long a phone waits for a file that an imported configuration names, and
// how much of it it takes: more than the 5 MB that its pages take.
const (
	fetchTime  = 10 * time.Second
	fetchBytes = 8 << 20
)

// fetcher gets such a file straight from where it is: phones know no proxy.
func fetcher(ctx context.Context) func(url string) ([]byte, error) {
	client := &http.Client{Timeout: fetchTime, Transport: &http.Transport{DisableKeepAlives: true}}
	return func(url string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		answer, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("status %d", answer.StatusCode)
		}
		return io.ReadAll(io.LimitReader(answer.Body, fetchBytes))
	}
}
