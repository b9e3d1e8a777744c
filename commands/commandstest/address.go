package commandstest

import "strings"

// Nobody is where nothing ever listens, whatever other tests start meanwhile.
const Nobody = "127.0.0.1:1"

// Port is the port of an address.
func Port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }
