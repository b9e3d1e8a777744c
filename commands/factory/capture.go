package factory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/capture/hexdump"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/inspect/trace"
	"github.com/phonecert/phonecert/internal/disk"
)

// Capture names a capture as commands take one.
type Capture struct {
	// Path is the file; StandardStream is standard input.
	Path string
	// Hex says that it is a hex dump of one handshake.
	Hex bool
	// Filter picks connections of a capture; the zero value takes all of them.
	Filter capture.Filter
}

// ReadCapture hands the connections of a capture to the tracer.
func (f *Factory) ReadCapture(ctx context.Context, c Capture, tracer *trace.Tracer) (capture.Summary, error) {
	if c.Hex {
		return f.readHex(ctx, c, tracer)
	}
	var input io.Reader
	if c.Path == StandardStream {
		input = disk.Stream(ctx, f.Streams.In)
	} else {
		file, err := disk.Open(ctx, c.Path)
		if err != nil {
			return capture.Summary{}, WithHint(fmt.Errorf("cannot read %q: %w", c.Path, err), fmt.Sprintf("look at it with %q", "ls -l "+c.Path))
		}
		defer file.Close()
		input = file
	}
	summary, err := capture.Read(ctx, input, c.Filter, tracer)
	if err == nil {
		return summary, nil
	}
	hints := []string{"give a pcap or pcapng file; a hex dump is read with --hex", "on the server, tcpdump -i any -w phone.pcap port 5061 makes one"}
	if wrong := new(pcap.FormatError); errors.As(err, &wrong) && wrong.Fix != "" {
		hints[0] = wrong.Fix
	}
	return summary, WithHint(fmt.Errorf("cannot read %q: %w", c.Path, err), hints...)
}

// readHex reads the bytes of one connection as somebody pasted them.
func (f *Factory) readHex(ctx context.Context, c Capture, tracer *trace.Tracer) (capture.Summary, error) {
	text, err := f.ReadText(ctx, c.Path)
	if err != nil {
		return capture.Summary{}, err
	}
	client, server, err := capture.Hex([]byte(text))
	var wrong *hexdump.Error
	if errors.As(err, &wrong) {
		return capture.Summary{}, WithHint(fmt.Errorf("cannot read %q: %w", c.Path, wrong), wrong.Fix)
	}
	if err != nil {
		return capture.Summary{}, err
	}
	tracer.Dump(client, server)
	return capture.Summary{Packets: 1, Connections: 1, Bytes: int64(len(client) + len(server))}, nil
}

// KeyLog reads the secrets of --keylog, none where path is empty.
func (f *Factory) KeyLog(ctx context.Context, path string) (*keylog.Log, error) {
	if path == "" {
		return &keylog.Log{}, nil
	}
	text, err := f.ReadText(ctx, path)
	if err != nil {
		return nil, err
	}
	keys := keylog.Parse([]byte(text))
	if keys.Len() == 0 {
		return nil, WithHint(fmt.Errorf("%q holds no secret", path), "give a key log in NSS format: lines such as CLIENT_RANDOM ... ...")
	}
	return keys, nil
}

// CloseConn writes how a connection ended.
func CloseConn(conn *synthetic.Conn, o diagnosis.Outcome, at time.Time) error {
	byServer := o.Closer == "server"
	if o.Ending == diagnosis.Reset {
		return conn.RST(!byServer, at)
	}
	if err := conn.FIN(!byServer, at); err != nil {
		return err
	}
	return conn.FIN(byServer, at)
}
