package openssl

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/testpem"
)

func BenchmarkRead(b *testing.B) {
	text := []byte(testpem.Wrap("CERTIFICATE", testpem.Load(b).A, 64))
	for _, gen := range handset.Libraries() {
		b.Run(string(gen), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if !Read(text, gen, Certificate).Taken {
					b.Fatal("refused")
				}
			}
		})
	}
}
