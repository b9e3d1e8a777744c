package inspect

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// fullSize is the most that is read of a file; a part of it is enough where
// the race detector makes everything slower.
const fullSize = 5 << 20 / slowdown

// hostileFiles are files of full size that would keep a reader with quadratic steps
// busy for hours, or fill the memory of one that copies.
func hostileFiles(t testing.TB) map[string][]byte {
	m := forFiles(t)
	repeat := func(piece []byte) []byte { return bytes.Repeat(piece, fullSize/len(piece)+1)[:fullSize] }
	text := func(piece string) []byte { return repeat([]byte(piece)) }
	noise := make([]byte, fullSize)
	for i, source := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
		noise[i] = byte(source.Uint32())
	}
	const emptyPKCS7 = "\x30\x13\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x06\x30\x04\x02\x01\x01\x31\x00"
	return map[string][]byte{
		"100,000 certificates in PEM, cut off": bytes.Repeat(m.leaf.PEM(), 100_000)[:fullSize],
		"certificates in DER":                  repeat(m.leaf.Raw),
		"certificates for the lenient parser":  repeat(negative(t, m.root.Raw)),
		"keys in PEM":                          repeat(textOf("EC PRIVATE KEY", m.sec1)),
		"public keys in DER":                   repeat(m.public),
		"sequences that stay open":             text("\x30\x80"),
		"sequences in sequences":               nested(fullSize),
		"empty sequences":                      text("\x30\x00"),
		"empty containers":                     text(emptyPKCS7),
		"labels that lie":                      repeat(textOf("CERTIFICATE", m.public)),
		"nothing known":                        repeat(textOf("CERTIFICATE", []byte{0x30, 0})),
		"zeros":                                make([]byte, fullSize),
		"line ends":                            text("\n"),
		"BEGIN lines":                          text("-----BEGIN CERTIFICATE-----\n"),
		"BEGIN and END lines":                  text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
		"letters":                              text("A"),
		"base64 of a DER":                      bare(repeat(m.leaf.Raw))[:fullSize],
		"noise":                                noise,
		"noise that begins as DER":             append([]byte{0x30, 0x80}, noise[:fullSize-2]...),
		"noise as PEM":                         textOf("CERTIFICATE", noise[:fullSize/2]),
	}
}

// nested is DER with a sequence in a sequence, each whole, as far as the size
// allows.
func nested(size int) []byte {
	out := make([]byte, 0, size)
	for left := size; left > 6; {
		left -= 6
		out = append(out, 0x30, 0x84, byte(left>>24), byte(left>>16), byte(left>>8), byte(left))
	}
	return append(out, make([]byte, size-len(out))...)
}

// Every file is read in bounded time and memory: what takes longest takes a
// hundredth of the limit, and a quadratic step would take hours.
func TestHostile(t *testing.T) {
	const timeLimit = time.Minute
	const memory = 256 << 20 // twice what the most greedy one takes
	for name, data := range hostileFiles(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		f := Read("file", data, Options{Password: typed(filePassword)})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; took > timeLimit || used > memory {
			t.Errorf("%s: reading takes %s and %d MiB", name, took, used>>20)
		}
		wellFormed(t, name, f)
	}
}
