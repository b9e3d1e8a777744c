// A phone's own keys may be shorter than 1,024 bits, certificates that phones
// accept may have negative serial numbers, and a phone that speaks TLS 1.2 may know
// no signatures but those with SHA-1; the standard library refuses all three
// unless told otherwise.
//
//go:debug rsa1024min=0
//go:debug tlssha1=1
//go:debug x509negativeserial=1

// Command phonecert tells what a SIP desk phone does with a certificate.
package main

import (
	"os"

	"github.com/phonecert/phonecert/commands"
)

func main() { os.Exit(commands.Main()) }
