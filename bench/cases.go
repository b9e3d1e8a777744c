//go:build unix

package main

import (
	"fmt"
	"log"
	"os/exec"
	"strings"
)

// files: what is done with files of certificates.
func (b *bench) files() {
	b.manyFiles()
	b.oneFile()
	b.shellLoop()
}

// manyFiles: ten thousand files in one check against the bare loop.
func (b *bench) manyFiles() {
	check := func() sample {
		return run(b.phonecert, "check", b.path("many"), "--recursive", "--as", "trusted", "--handset", "yealink-t28p")
	}
	pairs("check of 10,000 files against a loop of ReadFile and x509.ParseCertificate", "at most ×3, under 100 MB", 7,
		check, func() sample { return run(b.loop, b.path("many")) })
}

// oneFile: the whole process against openssl x509.
func (b *bench) oneFile() {
	if !have("openssl") {
		return
	}
	file := b.path("many", "00000.pem")
	openssl := func() sample { return run("openssl", "x509", "-noout", "-text", "-in", file) }
	pairs("inspect of one file against openssl x509 -noout -text", "at most ×0.5", 41,
		func() sample { return run(b.phonecert, "inspect", file) }, openssl)
	pairs("check of one file against openssl x509 -noout -text", "at most ×0.5", 41,
		func() sample {
			return run(b.phonecert, "check", file, "--as", "trusted", "--handset", "yealink-t28p")
		}, openssl)
}

// shellLoop: a thousand files in one call against a shell loop of openssl.
func (b *bench) shellLoop() {
	if !have("openssl") || !have("sh") {
		return
	}
	loop := fmt.Sprintf(`for f in %s/00*.pem; do openssl x509 -noout -subject -in "$f" >/dev/null; done`, b.path("many"))
	inspect := fmt.Sprintf(`%s inspect %s/00*.pem`, b.phonecert, b.path("many"))
	pairs("inspect of 1,000 files against a shell loop of openssl x509", "at most ×0.01", 3,
		func() sample { return run("sh", "-c", inspect) }, func() sample { return run("sh", "-c", loop) })
}

// decoder: the decoder alone has no peer; its figures are per core.
func (b *bench) decoder() {
	fmt.Println("the decoder alone (target: application data 1 GB/s, handshake messages 100 MB/s)")
	cmd := exec.Command("go", "test", "-run", "none", "-bench", ".", "-cpu", "1", "./inspect/handshake")
	out, err := cmd.CombinedOutput()
	if err != nil {
		log.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Benchmark") {
			fmt.Print("  ", line)
		}
	}
}

func have(program string) bool {
	if _, err := exec.LookPath(program); err != nil {
		fmt.Println("left out:", program, "is missing")
		return false
	}
	return true
}
