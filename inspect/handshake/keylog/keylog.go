// Package keylog reads key logs in the format of NSS, which browsers, OpenSSL
// and Go write (RFC 9850): one secret a line, found by the random value of the
// ClientHello. What is in a log opens recorded connections, so nothing here
// writes a secret into a message.
package keylog

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"sync"
)

// The labels of secrets.
const (
	// ClientRandom is the master secret up to TLS 1.2.
	ClientRandom           = "CLIENT_RANDOM"
	ClientEarlyTraffic     = "CLIENT_EARLY_TRAFFIC_SECRET"
	ClientHandshakeTraffic = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
	ServerHandshakeTraffic = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
	ClientTraffic          = "CLIENT_TRAFFIC_SECRET_0"
	ServerTraffic          = "SERVER_TRAFFIC_SECRET_0"
)

const (
	// MaxLine is the longest line that is read, in bytes.
	MaxLine = 1024
	// MaxSecrets is how many secrets a log holds; later ones are dropped.
	MaxSecrets = 1 << 20
	// maxProblems is how many lines are told about.
	maxProblems = 16
	randomSize  = 32
	maxSecret   = 64
)

// Log holds secrets. Its zero value is empty and ready; it may be used by
// several goroutines, and as tls.Config.KeyLogWriter.
type Log struct {
	mutex    sync.Mutex
	secrets  map[key][]byte
	partial  []byte // of a line that has not ended
	tooLong  bool   // the line that has not ended is longer than MaxLine
	line     int
	problems []Problem
}

type key struct {
	label  string
	random [randomSize]byte
}

// Problem is a line that was left out.
type Problem struct {
	// Line counts from 1.
	Line int
	// Reason never shows what is in the line.
	Reason string
}

// Error says line and reason.
func (p Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Reason) }

// Parse reads a log. Lines that are no secret are told and left out.
func Parse(text []byte) *Log {
	l := &Log{}
	l.Write(text)
	l.Write([]byte("\n"))
	return l
}

// Write adds to the log; a line may come in pieces. It never fails.
func (l *Log) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for rest := text; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		if len(l.partial)+len(line) > MaxLine {
			l.tooLong = true
		} else {
			l.partial = append(l.partial, line...)
		}
		if ended {
			l.end()
		}
	}
	return len(text), nil
}

// end takes the line that is in partial.
func (l *Log) end() {
	l.line++
	if reason := l.add(bytes.TrimSpace(l.partial)); reason != "" && len(l.problems) < maxProblems {
		l.problems = append(l.problems, Problem{l.line, reason})
	}
	l.partial, l.tooLong = l.partial[:0], false
}

func (l *Log) add(line []byte) (problem string) {
	if l.tooLong {
		return fmt.Sprintf("longer than %d bytes", MaxLine)
	}
	if len(line) == 0 || line[0] == '#' {
		return ""
	}
	fields := bytes.Fields(line)
	if len(fields) != 3 {
		return fmt.Sprintf("%d words where label, random value and secret are expected", len(fields))
	}
	label := string(fields[0])
	if label == "RSA" { // an old form, found by the encrypted pre-master secret
		return "a pre-master secret (RSA) cannot be used"
	}
	random, secret := make([]byte, len(fields[1])/2), make([]byte, len(fields[2])/2)
	if n, err := hex.Decode(random, fields[1]); err != nil || n != randomSize {
		return "the second word is not a random value of 32 bytes in hexadecimal digits"
	}
	if n, err := hex.Decode(secret, fields[2]); err != nil || n == 0 || n > maxSecret {
		return "the third word is not a secret in hexadecimal digits"
	}
	switch label {
	case ClientRandom, ClientEarlyTraffic, ClientHandshakeTraffic, ServerHandshakeTraffic, ClientTraffic, ServerTraffic:
	default:
		return "" // of no use for opening records
	}
	if l.secrets == nil {
		l.secrets = map[key][]byte{}
	}
	if len(l.secrets) >= MaxSecrets {
		return fmt.Sprintf("more than %d secrets", MaxSecrets)
	}
	l.secrets[key{label, [randomSize]byte(random)}] = secret
	return ""
}

// Secret returns the secret with a label of the connection whose ClientHello
// has a random value, or nil. A nil log has none.
func (l *Log) Secret(label string, random []byte) []byte {
	if l == nil || len(random) != randomSize {
		return nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.secrets[key{label, [randomSize]byte(random)}]
}

// Len is the number of secrets.
func (l *Log) Len() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return len(l.secrets)
}

// Problems are the lines that were left out, the first sixteen of them.
func (l *Log) Problems() []Problem {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]Problem(nil), l.problems...)
}

// Format writes how many secrets there are whatever the verb, so that no
// message shows one.
func (l *Log) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "key log with %d secrets", l.Len())
}
