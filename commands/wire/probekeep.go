package wire

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/probe"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// maxKept is how much of what went over the wire is kept for --save, in bytes.
const maxKept = 256 << 20

// keptWire is what a probe writes into files: the connections, the secrets
// that open them, and the root that the phone lacks.
type keptWire struct {
	*probeOptions
	mutex    sync.Mutex
	attempts []probe.Attempt
	size     int
	secrets  bytes.Buffer
}

func newKeptWire(o *probeOptions) *keptWire { return &keptWire{probeOptions: o} }

// check refuses names that cannot be written, before anything is sent.
func (k *keptWire) check() error {
	if k.saveRoot == factory.StandardStream || k.keyLog == factory.StandardStream || k.save == factory.StandardStream || k.html == factory.StandardStream {
		return factory.WithHint(errors.New("--save, --keylog, --save-root and --html need the name of a file"), "standard output is for the answer")
	}
	var outputs []factory.Output
	for _, path := range []string{k.save, k.keyLog, k.saveRoot, k.html} {
		if path != "" {
			outputs = append(outputs, factory.Output{Path: path})
		}
	}
	return k.f.MayWrite(outputs, nil, k.force)
}

// Write takes lines of the key log.
func (k *keptWire) Write(line []byte) (int, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.keyLog != "" && k.secrets.Len() < maxKept {
		k.secrets.Write(line)
	}
	return len(line), nil
}

// add keeps what went over the wire.
func (k *keptWire) add(a probe.Attempt) {
	if k.save == "" || !a.Client.IsValid() {
		return
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, s := range a.Segments {
		k.size += len(s.Bytes)
	}
	if k.size <= maxKept {
		k.attempts = append(k.attempts, a)
	}
}

// finish writes the files. answer is nil where there were several probes.
func (k *keptWire) finish(ctx context.Context, answer *wire.Answer) error {
	var outputs []factory.Output
	if k.save != "" {
		capture, err := k.capture()
		if err != nil {
			return err
		}
		outputs = append(outputs, factory.Output{Path: k.save, Data: capture})
		if k.size > maxKept {
			paper.Note(k.f.Streams, fmt.Sprintf("%q holds the first %d connections; the rest is beyond %d MB", k.save, len(k.attempts), maxKept>>20))
		}
	}
	if k.keyLog != "" {
		outputs = append(outputs, factory.Output{Path: k.keyLog, Data: k.secrets.Bytes(), Secret: true})
	}
	if k.html != "" && answer != nil {
		var page bytes.Buffer
		if err := wire.HTML(&page, answer); err != nil {
			return err
		}
		outputs = append(outputs, factory.Output{Path: k.html, Data: page.Bytes(), Text: true})
	}
	if root := k.root(answer); root != nil {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
		outputs = append(outputs, factory.Output{Path: k.saveRoot, Data: text, Text: true})
	}
	return k.f.Save(ctx, "", outputs, nil, k.force)
}

// capture writes the connections as packets.
func (k *keptWire) capture() ([]byte, error) {
	var file bytes.Buffer
	w := synthetic.NewWriter(&file)
	for _, a := range k.attempts {
		start := a.Start
		if d := a.Evidence.Dial; d != nil {
			start = start.Add(-d.Duration)
		}
		conn, err := w.Open(a.Client, a.Server, start, a.Start)
		if err != nil {
			return nil, err
		}
		last := a.Start
		for _, s := range a.Segments {
			if err := conn.Data(s.FromClient, s.At, s.Bytes); err != nil {
				return nil, err
			}
			last = s.At
		}
		if err := factory.CloseConn(conn, a.Evidence.Outcome, last); err != nil {
			return nil, err
		}
	}
	err := w.Flush()
	return file.Bytes(), err
}

// root is the root certificate that the phone lacks, as far as the server sent
// it or --ca-dir holds it; else standard error says which one to get.
func (k *keptWire) root(answer *wire.Answer) *certificate.Certificate {
	if k.saveRoot == "" {
		return nil
	}
	var named *trust.Change
	if answer != nil {
		for _, c := range answer.Connections {
			if c.Trust == nil {
				continue
			}
			for _, change := range c.Trust.Changes {
				if change.Kind == trust.AddRoot && change.Certificate != nil {
					return change.Certificate
				}
				if change.Kind == trust.AddRoot {
					named = &change
				}
			}
		}
	}
	note := fmt.Sprintf("%q was not written: no root is missing", k.saveRoot)
	if named != nil {
		note = fmt.Sprintf("%q was not written: the server does not send the root and --ca-dir does not hold it; get the certificate of %q", k.saveRoot, named.Subject)
		if named.KeyID != "" {
			note += ", key identifier " + named.KeyID
		}
	}
	paper.Note(k.f.Streams, note)
	return nil
}
