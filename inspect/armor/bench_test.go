package armor

import (
	"encoding/pem"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

func BenchmarkReadClean(b *testing.B) {
	text := []byte(testpem.Wrap("CERTIFICATE", testpem.Load(b).A, 64))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Read(text).Blocks) != 1 {
			b.Fatal("no block")
		}
	}
}

func BenchmarkEncodingPEM(b *testing.B) {
	text := []byte(testpem.Wrap("CERTIFICATE", testpem.Load(b).A, 64))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if block, _ := pem.Decode(text); block == nil {
			b.Fatal("no block")
		}
	}
}

func BenchmarkReadIndented(b *testing.B) {
	text := []byte(testpem.EachLine(testpem.Wrap("CERTIFICATE", testpem.Load(b).A, 64), true, testpem.Before(" ")))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Read(text).Blocks) != 1 {
			b.Fatal("no block")
		}
	}
}
