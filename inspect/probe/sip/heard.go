package sip

import (
	"bytes"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// Heard finds the server's answer to a registration in what it sent, or else
// its answer to OPTIONS; nil when there is neither. Of several answers to
// REGISTER a success counts, else the last: the first one asks for a password.
func Heard(server []byte) *diagnosis.SIP {
	var found *diagnosis.SIP
	r := bytes.NewReader(server)
	for range maxMessages {
		m, err := readMessage(r)
		if err != nil {
			break
		}
		_, method := m.cseq()
		if m.status < 200 || method != "REGISTER" && method != "OPTIONS" {
			continue
		}
		answer := &diagnosis.SIP{Method: method}
		m.describe(answer)
		answer.Registered = method == "REGISTER" && m.status < 300
		switch {
		case found == nil, method == "REGISTER" && !found.Registered:
			found = answer
		}
	}
	return found
}
