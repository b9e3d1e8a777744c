// A phone's own keys may be shorter than 1,024 bits, and certificates that
// phones accept may have negative serial numbers; the standard library refuses
// both unless told otherwise.
//
//go:debug rsa1024min=0
//go:debug x509negativeserial=1

// Command phonecert tells what a SIP desk phone does with a certificate.
package main

import (
	"os"

	"github.com/phonecert/phonecert/commands"
)

func main() { os.Exit(commands.Main()) }
