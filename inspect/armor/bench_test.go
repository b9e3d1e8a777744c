package armor

import (
	"encoding/pem"
	"testing"

	"github.com/phonecert/phonecert/handset"
)

func BenchmarkReadClean(b *testing.B) {
	text := []byte(wrap("CERTIFICATE", loadMaterial(b).a, 64))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Read(text).Blocks) != 1 {
			b.Fatal("no block")
		}
	}
}

func BenchmarkEncodingPEM(b *testing.B) {
	text := []byte(wrap("CERTIFICATE", loadMaterial(b).a, 64))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if block, _ := pem.Decode(text); block == nil {
			b.Fatal("no block")
		}
	}
}

func BenchmarkReadIndented(b *testing.B) {
	text := []byte(eachLine(wrap("CERTIFICATE", loadMaterial(b).a, 64), true, before(" ")))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Read(text).Blocks) != 1 {
			b.Fatal("no block")
		}
	}
}

func BenchmarkOpenSSL(b *testing.B) {
	text := []byte(wrap("CERTIFICATE", loadMaterial(b).a, 64))
	for _, gen := range handset.Libraries() {
		b.Run(string(gen), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if !OpenSSL(text, gen, Certificate).Taken {
					b.Fatal("refused")
				}
			}
		})
	}
}
