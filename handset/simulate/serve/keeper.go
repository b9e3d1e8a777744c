package serve

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"time"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/disk"
)

// saveAfter is how long changes are collected before the file is written.
const saveAfter = time.Second

// keeper keeps the states in a file. Without a path it does nothing.
type keeper struct {
	ctx  context.Context
	path string
	// known are the phones of the file that were not taken; order is theirs.
	known map[mac.Address]device.State
	order []mac.Address
	// dirty holds a word when something changed since the last write.
	dirty chan struct{}
	// states are those to be written, written the digest of what the file holds.
	states  func() []device.State
	written [sha256.Size]byte
	ended   chan struct{}
}

// newKeeper reads the file if there is one.
func newKeeper(ctx context.Context, path string) (*keeper, error) {
	k := &keeper{ctx: ctx, path: path, dirty: make(chan struct{}, 1), known: map[mac.Address]device.State{}}
	if path == "" {
		return k, nil
	}
	file, err := disk.Open(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, &StateError{path, err}
	}
	defer file.Close()
	phones, err := decode(file)
	if err != nil {
		return k, &StateError{path, err}
	}
	for _, s := range phones {
		a, _ := mac.Parse(s.MAC)
		k.known[a] = s
		k.order = append(k.order, a)
	}
	return k, nil
}

// take hands out what the file says of a phone.
func (k *keeper) take(a mac.Address) (device.State, bool) {
	s, ok := k.known[a]
	delete(k.known, a)
	return s, ok
}

// changed says that there is something to write.
func (k *keeper) changed() {
	select {
	case k.dirty <- struct{}{}:
	default:
	}
}

// start writes the file for the first time, so that a path that cannot be is
// told at once, and from then on after every change.
func (k *keeper) start(states func() []device.State, log func(string)) error {
	k.states = states
	if k.path == "" {
		return nil
	}
	if err := k.write(); err != nil {
		return err
	}
	k.ended = make(chan struct{})
	go func() {
		defer close(k.ended)
		for k.wait() {
			if err := k.write(); err != nil {
				log(err.Error())
			}
		}
	}()
	return nil
}

// wait returns false at the end, and true when there is something to write.
func (k *keeper) wait() bool {
	select {
	case <-k.dirty:
	case <-k.ctx.Done():
		return false
	}
	pause := time.NewTimer(saveAfter)
	defer pause.Stop()
	select {
	case <-pause.C:
		return true
	case <-k.ctx.Done():
		return false
	}
}

// write puts the states into the file, behind them those of phones that are not
// served this time.
func (k *keeper) write() error {
	states := k.states()
	for _, a := range k.order {
		if s, left := k.known[a]; left {
			states = append(states, s)
		}
	}
	text, err := encode(states)
	if sum := sha256.Sum256(text); err == nil && sum != k.written {
		if err = disk.Write(k.path, text, 0o600, true); err == nil {
			k.written = sum
		}
	}
	if err != nil {
		return &StateError{k.path, err}
	}
	return nil
}

// end writes what is left once ctx is done.
func (k *keeper) end() error {
	if k.ended == nil {
		return nil
	}
	<-k.ended
	return k.write()
}

// states are those of all phones.
func (f *Fleet) states() []device.State {
	states := make([]device.State, len(f.phones))
	for i, s := range f.phones {
		states[i] = s.Phone.State()
	}
	return states
}
