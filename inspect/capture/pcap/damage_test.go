package pcap_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

func TestNoCapture(t *testing.T) {
	for file, want := range map[string]string{
		"": "empty", "\x0A": "too few", "\xD4\xC3": "too few", "\x28\xB5\x2F\xFD....": "zstd", "\x16\x03\x01\x00\x05": "bare TLS",
		"0000  16 03 01\n": "is text", "-----BEGIN CERTIFICATE-----\n": "PEM", "\x7FELF\x02": "begins with 7f454c46", "PK\x03\x04aa": "ZIP",
		"\xD4\xC3\xB2\xA1\x09\x00\x04\x00" + strings.Repeat("\x00", 16): "version 9",
	} {
		wantFormatError(t, []byte(file), want).wants(t)
	}
}

// TestDamaged: what stands before the damage was read, and where it is, is told.
func TestDamaged(t *testing.T) {
	sound := classic(three()...)
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		n := newNG(order)
		n.device(packet.LinkRaw, 0, n.option(9, 9)...)
		for _, f := range three() {
			n.enhanced(0, uint64(f.At.UnixNano()), f)
		}
		good := n.bytes
		for _, c := range []struct {
			file []byte
			want string
		}{
			{append(bytes.Clone(sound), bytes.Repeat([]byte{0x7F}, 16)...), fmt.Sprintf("packet 4 would have 2139062143 bytes (at byte %d)", len(sound))},
			{append(bytes.Clone(good), n.u32(6, 7, 0)...), fmt.Sprintf("impossible length 7 (at byte %d)", len(good))},
			{append(bytes.Clone(good), n.u32(6, 16, 0, 20)...), "ends with the length 20"},
			{append(bytes.Clone(good), n.u32(6, 16, 0, 16)...), "type 6 contradicts its length"},
			{append(bytes.Clone(good), n.u32(6, 32, 0, 0, 0, 1, 1, 32)...), "type 6 contradicts its length"},
			{append(bytes.Clone(good), n.u32(10, 24, keyLog, 5, 0, 24)...), "type 10 contradicts its length"},
			{append(bytes.Clone(good), n.u32(10, 16, keyLog, 16)...), "type 10 contradicts its length"},
			{append(bytes.Clone(good), n.u32(1, 16, 0, 16)...), "type 1 contradicts its length"},
			{append(bytes.Clone(good), n.u32(3, 12, 12)...), "type 3 contradicts its length"},
			{append(bytes.Clone(good), n.u32(sectionBlock, 28, 0, 0, 0, 0, 28)...), "byte order"},
		} {
			wantFormatError(t, c.file, c.want).wants(t, heardThree()...)
		}
	})
}

// TestOversize: what is too large is passed over and counted, not held.
func TestOversize(t *testing.T) {
	const size = pcap.MaxPacket + 64<<10
	huge := capturetest.Frame{At: capturetest.Clock(), Bytes: make([]byte, size)}
	n := newNG(binary.LittleEndian)
	n.device(packet.LinkRaw, 0, n.option(9, 9)...)
	n.enhanced(0, 0, huge)
	n.block(secretsBlock, append(n.u32(keyLog, pcap.MaxSecrets), make([]byte, pcap.MaxSecrets)...)...)
	for _, f := range three() {
		n.enhanced(0, uint64(f.At.UnixNano()), f)
	}
	h, f := read(t, n.bytes)
	h.wants(t, append([]string{fmt.Sprintf("too large - %d", size+32)}, heardThree()...)...)
	if f.SecretsDropped != 1 {
		t.Errorf("%+v", f)
	}
	h, f = read(t, classic(slices.Insert(three(), 0, huge)...))
	h.wants(t, append([]string{fmt.Sprintf("too large 12:00:00.123456 %d", size)}, heardThree()...)...)
	if f.SecretsDropped != 0 || f.Truncated {
		t.Errorf("%+v", f)
	}
}

// TestManyInterfaces: their number and that of their link types have a bound.
func TestManyInterfaces(t *testing.T) {
	n := newNG(binary.LittleEndian)
	for i := range uint32(5000) {
		n.device(packet.LinkType(i), i)
	}
	n.enhanced(4095, 0, capturetest.Frame{Bytes: []byte("last")})
	n.enhanced(4096, 0, capturetest.Frame{Bytes: []byte("none")})
	h, f := read(t, n.bytes)
	if len(f.LinkTypes) != 64 || f.SnapLength != 4999 || !strings.Contains(h.lines[0], "link type 4095") || h.lines[1] != "unknown interface - 4" {
		t.Errorf("%+v %q", f, h.lines)
	}
}

// TestEveryPrefix: a cut file gives what stands before the cut, or a clean
// error when not even the format can be told.
func TestEveryPrefix(t *testing.T) {
	for _, file := range [][]byte{classic(three()...), written(t), compress(t, written(t))} {
		whole, _ := read(t, file)
		boundaries := 0
		for n := range file {
			h := &heard{}
			f, err := pcap.Read(context.Background(), bytes.NewReader(file[:n]), h)
			if err != nil {
				if f := (*pcap.FormatError)(nil); !errors.As(err, &f) || len(h.lines) > 0 || n > 16 {
					t.Errorf("%d bytes: %v", n, err)
				}
				continue
			}
			if !f.Truncated {
				boundaries++
			}
			if len(h.lines) > len(whole.lines) || !slices.Equal(h.lines, whole.lines[:len(h.lines)]) {
				t.Errorf("%d bytes: %q", n, h.lines)
			}
		}
		if boundaries > 6 {
			t.Errorf("%d prefixes seemed whole", boundaries)
		}
	}
}
