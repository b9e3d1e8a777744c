//go:build unix

// Command bench measures phonecert against its peers in one run and prints
// ratios. Run it from the project's root, with the names of parts to measure
// those alone:
//
//	go run ./bench [files] [decoder] [probe] [wire] [push] [listen]
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
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
	b.build("./bench/bareserver", b.path("bareserver"))
	wanted := func(part string) bool { return len(os.Args) == 1 || slices.Contains(os.Args[1:], part) }
	if wanted("files") || wanted("push") {
		b.certificates(10_000)
	}
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"files", b.files}, {"decoder", b.decoder}, {"probe", b.probes}, {"wire", b.wire}, {"push", b.push}, {"listen", b.listen},
	} {
		if wanted(part.name) {
			part.run()
		}
	}
	fmt.Println("\nEach ratio is the median of the pairs of one run; lower is better, but for rates.")
}
