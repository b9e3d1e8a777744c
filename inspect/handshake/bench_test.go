package handshake

import (
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// BenchmarkApplicationData reads full records in pieces of the size of a TCP
// segment's reassembly.
func BenchmarkApplicationData(b *testing.B) {
	var stream []byte
	for range 64 {
		stream = AppendRecords(stream, ContentApplicationData, iana.TLS12, make([]byte, 16384))
	}
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		d := NewDecoder(nil)
		for at := 0; at < len(stream); at += 1460 {
			d.Feed(ServerToClient, 0, stream[at:min(at+1460, len(stream))])
		}
		d.Finish()
	}
}

// BenchmarkHandshake decodes the two flights of a recorded handshake with
// client certificate.
func BenchmarkHandshake(b *testing.B) {
	for _, file := range []string{"Client-TLSv10-ClientCert-RSA-RSA", "Client-TLSv12-ECDHE-RSA-AES", "Client-TLSv13-AES256-SHA384"} {
		b.Run(file, func(b *testing.B) {
			list := recorded(b)[file]
			total, messages := 0, 0
			for _, f := range list {
				total += len(f.bytes)
			}
			for _, e := range decode(list, 1<<20).Entries {
				if e.Raw != nil {
					messages++
				}
			}
			b.SetBytes(int64(total))
			b.ReportAllocs()
			allocations := testing.AllocsPerRun(10, func() { decode(list, 1<<20) })
			for b.Loop() {
				decode(list, 1<<20)
			}
			b.ReportMetric(allocations/float64(messages), "allocs/message")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(messages), "ns/message")
		})
	}
}
