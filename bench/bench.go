//go:build unix

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// bench holds the programs and files of one run.
type bench struct {
	dir, phonecert, loop string
}

// sample is what one run of a program took.
type sample struct {
	wall, cpu time.Duration
	peakMiB   float64
}

func (b *bench) build(pkg, out string) {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		log.Fatalf("go build %s: %v\n%s", pkg, err, text)
	}
}

// certificates writes n self-signed roots, all different, one a file. They
// share a key, for it is not the making of keys that is measured.
func (b *bench) certificates(n int) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.Mkdir(b.path("many"), 0o755); err != nil {
		log.Fatal(err)
	}
	begin := time.Now().Add(-time.Hour)
	for i := range n {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i) + 1), IsCA: true, BasicConstraintsValid: true,
			Subject:   pkix.Name{CommonName: fmt.Sprintf("Example Root %d", i)},
			NotBefore: begin, NotAfter: begin.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageCertSign,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			log.Fatal(err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		if err := os.WriteFile(b.path("many", fmt.Sprintf("%05d.pem", i)), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.dir}, parts...)...)
}

// run starts a program and waits for it. Exit codes are answers here: only a
// program that cannot be started ends the benchmark.
func run(name string, args ...string) sample {
	cmd := exec.Command(name, args...)
	begin := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		log.Fatal(err)
	}
	s := sample{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peakMiB = float64(usage.Maxrss) / 1024 // kilobytes on Linux
		if runtime.GOOS == "darwin" {
			s.peakMiB /= 1024
		}
	}
	return s
}

// pairs runs ours and the peer in turn and prints the median of the ratios.
func pairs(title, limit string, n int, ours, peer func() sample) {
	var wall, cpu, oursMS, peerMS, peak []float64
	ours() // warm up: the files come into the cache
	peer()
	for range n {
		a, p := ours(), peer()
		wall = append(wall, float64(a.wall)/float64(p.wall))
		cpu = append(cpu, float64(a.cpu)/float64(max(p.cpu, time.Microsecond)))
		oursMS = append(oursMS, float64(a.wall)/1e6)
		peerMS = append(peerMS, float64(p.wall)/1e6)
		peak = append(peak, a.peakMiB)
	}
	fmt.Printf("%s (target: %s)\n  wall ×%.3f  cpu ×%.3f  (%.1f ms against %.1f ms, %d pairs), peak %.0f MiB\n",
		title, limit, median(wall), median(cpu), median(oursMS), median(peerMS), n, median(peak))
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
