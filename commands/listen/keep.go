package listen

import (
	"bytes"
	"fmt"
	"os"
	"sync"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxSaved is how much of what went over the wire --save writes, in bytes.
const maxSaved = 1 << 30

// What the packets around a call and around each of its pieces take, in bytes:
// whoever scans ports sends nothing, and must not fill the disk either.
const (
	perCall    = 1 << 10
	perSegment = 128
)

// calls writes down what went over the wire and the secrets that open it. Both
// files are whole after each connection, whatever ends the run.
type calls struct {
	*listenOptions
	mutex   sync.Mutex
	capture *os.File
	writer  *synthetic.Writer
	keys    *os.File
	// pending are the secrets that stand in no capture yet: they go before the
	// packets that they open.
	pending bytes.Buffer
	size    int64
	failed  error
}

// open makes the files: both hold secrets.
func (k *calls) open() error {
	var err error
	if k.keyLog != "" {
		if k.keys, err = k.create(k.keyLog); err != nil {
			return err
		}
	}
	if k.save == "" {
		return nil
	}
	if k.capture, err = k.create(k.save); err != nil {
		return err
	}
	k.writer = synthetic.NewWriter(k.capture)
	return k.writer.Flush()
}

func (k *calls) create(path string) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if k.force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, unwritable(path, err)
	}
	return file, nil
}

// Write takes lines of the key log.
func (k *calls) Write(line []byte) (int, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.capture != nil && k.size <= maxSaved { // a full one takes no more
		k.pending.Write(line)
	}
	if k.keys != nil && k.failed == nil {
		_, k.failed = k.keys.Write(line)
	}
	return len(line), nil
}

// add writes a connection.
func (k *calls) add(c listen.Connection) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.failed != nil {
		return k.writeError(k.keyLog, k.failed)
	}
	if k.capture == nil || !c.Client.IsValid() || !c.Server.IsValid() {
		return nil
	}
	before := k.size
	k.size += perCall + int64(k.pending.Len())
	for _, s := range c.Segments {
		k.size += int64(len(s.Bytes)) + perSegment
	}
	if k.size > maxSaved {
		if before <= maxSaved {
			k.pending = bytes.Buffer{}
			paper.Note(k.f.Streams, fmt.Sprintf("%q is full: connections from number %d on are beyond %d MB", k.save, c.Number, maxSaved>>20))
		}
		return nil
	}
	if err := k.packets(c); err != nil {
		return k.writeError(k.save, err)
	}
	return nil
}

// packets writes a connection as packets, with the secrets before them.
func (k *calls) packets(c listen.Connection) error {
	if k.pending.Len() > 0 {
		if err := k.writer.Secrets(k.pending.Bytes()); err != nil {
			return err
		}
		k.pending.Reset()
	}
	conn, err := k.writer.Open(c.Client, c.Server, c.Start, c.Start)
	if err != nil {
		return err
	}
	last := c.Start
	for _, s := range c.Segments {
		if err := conn.Data(s.FromClient, s.At, s.Bytes); err != nil {
			return err
		}
		last = s.At
	}
	if err := factory.CloseConn(conn, c.Evidence.Outcome, last); err != nil {
		return err
	}
	return k.writer.Flush()
}

func (k *calls) writeError(path string, err error) error {
	return factory.WithHint(fmt.Errorf("cannot write %q: %w", path, err), "is the disk full?")
}

// close closes the files. It may be called twice.
func (k *calls) close() error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, file := range []**os.File{&k.capture, &k.keys} {
		if *file == nil {
			continue
		}
		err := (*file).Close()
		name := (*file).Name()
		if *file = nil; err != nil {
			return k.writeError(name, err)
		}
	}
	return nil
}
