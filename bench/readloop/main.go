// Command readloop is the peer for many files: it reads each one and calls
// crypto/x509.ParseCertificate, and does nothing else.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.pem"))
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		block, _ := pem.Decode(data)
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(files))
}
