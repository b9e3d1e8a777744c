//go:build unix

// Command bench measures phonecert against its peers in one run and prints
// ratios. Run it from the project's root:
//
//	go run ./bench
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	dir, err := os.MkdirTemp("", "phonecert-bench-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, phonecert: filepath.Join(dir, "phonecert"), loop: filepath.Join(dir, "readloop")}
	b.build("./cmd/phonecert", b.phonecert)
	b.build("./bench/readloop", b.loop)
	b.certificates(10_000)
	b.manyFiles()
	b.oneFile()
	b.shellLoop()
	b.decoder()
	b.probes()
	b.wire()
	b.push()
	fmt.Println("\nEach ratio is the median of the pairs of one run; lower is better.")
}
