package sip

import (
	"bytes"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// Heard finds the server's answer to a registration in what it sent, or else
// its answer to OPTIONS; nil when there is neither. Of several answers to
// REGISTER a success counts, else the last. The first that asks for a password
// is no answer yet.
func Heard(server []byte) *diagnosis.SIP {
	var found *diagnosis.SIP
	asked := false
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
		if method == "REGISTER" && len(m.challenges()) > 0 && !asked {
			asked = true
			continue
		}
		answer := &diagnosis.SIP{Method: method}
		m.describe(answer)
		if method == "REGISTER" && m.status < 300 {
			answer.Registered = true
			answer.Expires, _ = m.expires("")
		}
		switch {
		case found == nil, method == "REGISTER" && !found.Registered:
			found = answer
		}
	}
	return found
}
