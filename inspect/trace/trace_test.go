package trace_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trace"
)

// TestCutAtEveryByte: a capture that ends anywhere after its own header is read
// as far as it goes. What is in it is told, and nothing certain is said of what
// is not.
func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS10, false)
	list := c.file(t)
	file, p := bytes.Join(list, nil), t28(t, c.root)
	whole := read(file, c.keys, p)
	names := whole.names(t)
	if whole.diagnoses[0].Verdict != diagnosis.Registers || len(names) < 11 {
		t.Fatalf("%s: %s, %v", whole.diagnoses[0].Verdict, whole.diagnoses[0].Sentence, names)
	}
	header := len(list[0])
	borders := map[int]bool{}
	at := 0
	for _, b := range list {
		borders[at] = true
		at += len(b)
	}
	longest := 0
	for cut := range file {
		r := read(file[:cut], c.keys, p)
		if r.err != nil {
			if cut >= header {
				t.Fatalf("cut at %d: %v", cut, r.err)
			}
			continue
		}
		if cut > header && r.summary.Truncated == borders[cut] {
			t.Errorf("cut at %d: truncated %t", cut, r.summary.Truncated)
		}
		findings := trace.Findings(r.summary, int64(len(r.connections)))
		if r.summary.Truncated != slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Code == "capture.truncated" }) {
			t.Errorf("cut at %d: %+v", cut, findings)
		}
		if len(r.connections) == 0 {
			if len(findings) == 0 {
				t.Errorf("cut at %d: neither a connection nor a finding", cut)
			}
			continue
		}
		got := r.names(t)
		if len(got) < longest || len(got) > len(names) || !slices.Equal(got, names[:len(got)]) {
			t.Fatalf("cut at %d: %v", cut, got)
		}
		longest = len(got)
		switch d := r.diagnoses[0]; {
		case d.Verdict == diagnosis.Refuses:
			t.Fatalf("cut at %d: refused, %s", cut, d.Sentence)
		case d.Verdict == diagnosis.Unknown && r.message("capture.unfinished") == "" && r.message("extent.no-answer") == "":
			t.Fatalf("cut at %d: %s, %v", cut, d.Sentence, got)
		}
	}
}

// TestLosses: what a capture lacks is told in words.
func TestLosses(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS10, false)
	list := c.file(t)
	whole := read(bytes.Join(list, nil), nil, nil).names(t)
	var first int // of the packets
	var data []int
	server, client := keep(list, false), keep(list, true)
	for i, b := range list {
		if !isPacket(b) {
			first = i + 1
			continue
		}
		if _, text := payload(b); len(text) > 0 {
			data = append(data, i)
		}
	}
	// The server's flight takes two packets: 0 is the ClientHello, 3 the client's
	// second flight, 4 the server's.
	without := func(from, to int) [][]byte { return append(slices.Clone(list[:from]), list[to:]...) }
	var short [][]byte
	for _, b := range list {
		if isPacket(b) {
			b = snapped(b, 300)
		}
		short = append(short, b)
	}
	tests := []struct {
		name  string
		file  [][]byte
		code  string
		words string
		// has is a message that is still seen, lacks one that is not.
		has, lacks string
	}{
		{"the certificate's packet is lost", without(data[2], data[2]+1), "capture.segment-lost", "from the server were not captured", "ServerHello", "ServerHelloDone"},
		{"the server's first packet is lost", without(data[1], data[1]+1), "capture.segment-lost", "from the server were not captured", "ClientHello", "ServerHello"},
		{"the client's key is lost", without(data[3], data[3]+1), "capture.segment-lost", "from the client were not captured", "ServerHelloDone", "ClientKeyExchange"},
		{"snap length", short, "capture.snap-length", "cut its packets short", "ClientHello", "ServerHelloDone"},
		{"began in the middle", without(first, data[3]), "capture.began-mid-stream", "begins in the middle", "ClientKeyExchange", "ClientHello"},
		{"began after the handshake", without(first, data[len(data)-2]), "capture.began-mid-stream", "begins in the middle", "", "ClientHello"},
		{"ended in the middle", list[:data[3]], "capture.ended-mid-stream", "ends in the middle", "ServerHelloDone", "ClientKeyExchange"},
		{"the server's side alone", server, "capture.one-direction", "nothing from the client", "ServerHelloDone", "ClientHello"},
		{"the client's side alone", client, "capture.one-direction", "nothing from the server", "ClientHello", "ServerHelloDone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := read(bytes.Join(test.file, nil), nil, t28(t, c.root))
			got := r.names(t)
			if message := r.message(test.code); !strings.Contains(message, test.words) {
				t.Errorf("no %s with %q in %+v", test.code, test.words, r.diagnoses[0].Findings)
			}
			if test.has != "" && !slices.Contains(got, test.has) || slices.Contains(got, test.lacks) {
				t.Errorf("messages %v", got)
			}
			if d := r.diagnoses[0]; d.Verdict == diagnosis.Refuses || r.message("capture.resumed") != "" {
				t.Errorf("%s, %s: %+v", d.Verdict, d.Sentence, d.Findings)
			}
		})
	}
	for name, file := range map[string][][]byte{
		"twice":     twice(list),
		"reordered": swapped(list, data),
	} {
		r := read(bytes.Join(file, nil), nil, nil)
		if got := r.names(t); !slices.Equal(got, whole) || len(r.connections[0].Evidence.Lost) > 0 {
			t.Errorf("%s: %v, lost %+v", name, got, r.connections[0].Evidence.Lost)
		}
	}
}

// keep leaves one side's packets.
func keep(list [][]byte, client bool) (kept [][]byte) {
	for _, b := range list {
		if isPacket(b) {
			if from, _ := payload(b); from != client {
				continue
			}
		}
		kept = append(kept, b)
	}
	return kept
}

func twice(list [][]byte) (file [][]byte) {
	for _, b := range list {
		file = append(file, b)
		if isPacket(b) {
			file = append(file, b)
		}
	}
	return file
}

// swapped exchanges neighbours of the server's, as networks do.
func swapped(list [][]byte, data []int) [][]byte {
	file := slices.Clone(list)
	for i := 0; i+1 < len(data); i++ {
		a, _ := payload(file[data[i]])
		b, _ := payload(file[data[i+1]])
		if !a && !b {
			file[data[i]], file[data[i+1]] = file[data[i+1]], file[data[i]]
			i++
		}
	}
	return file
}

// TestWhatIsHidden: TLS 1.3 encrypts the certificates; a key log shows them.
func TestWhatIsHidden(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS13, false)
	file, p := bytes.Join(c.file(t), nil), t28(t, c.root)
	hidden, shown := read(file, nil, p), read(file, c.keys, p)
	if hidden.message("capture.certificates-encrypted") == "" || len(hidden.connections[0].Evidence.Sent) > 0 || hidden.diagnoses[0].Verdict == diagnosis.Refuses {
		t.Errorf("%s: %+v", hidden.diagnoses[0].Verdict, hidden.diagnoses[0].Findings)
	}
	sent := shown.connections[0].Evidence.Sent
	if len(sent) != 2 || !bytes.Equal(sent[0].Raw, c.sent[0]) || !bytes.Equal(sent[1].Raw, c.sent[1]) {
		t.Errorf("%d certificates", len(sent))
	}
	if names := fmt.Sprint(shown.names(t)); !strings.Contains(names, "EncryptedExtensions Certificate CertificateVerify Finished") {
		t.Errorf("messages %s", names)
	}
}

// TestHiddenRefusal: with TLS 1.3 the alert of a client that refuses the server
// looks like data, and must not be taken for some.
func TestHiddenRefusal(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS13, true)
	file := bytes.Join(c.file(t), nil)
	if d := read(file, nil, t28(t, c.root)).diagnoses[0]; d.Verdict == diagnosis.Registers {
		t.Errorf("%s: %s", d.Verdict, d.Sentence)
	}
	shown := read(file, c.keys, nil)
	if o := shown.connections[0].Evidence.Outcome; o.Ending != diagnosis.AlertSent {
		t.Errorf("%+v, %v", o, shown.names(t))
	}
}

// TestDump reads one side after the other, as a pasted dump has them.
func TestDump(t *testing.T) {
	t.Parallel()
	c := converse(t, tls.VersionTLS10, false)
	var sides [2][]byte
	for _, s := range c.segments {
		side := 1
		if s.fromClient {
			side = 0
		}
		sides[side] = append(sides[side], s.bytes...)
	}
	var got []string
	tracer := trace.New(trace.Options{Phone: t28(t, c.root)}, func(c trace.Connection) {
		for _, e := range c.Evidence.Transcript.Entries {
			got = append(got, e.Name)
		}
		if c.Evidence.Trust == nil || len(c.Evidence.Sent) != 2 {
			t.Errorf("trust %+v", c.Evidence.Trust)
		}
	})
	tracer.Dump(sides[0], sides[1])
	for _, name := range []string{"ClientHello", "ServerHello", "Certificate", "ServerHelloDone", "ClientKeyExchange", "ChangeCipherSpec", "Finished"} {
		if !slices.Contains(got, name) {
			t.Errorf("no %s in %v", name, got)
		}
	}
	for cut := range sides[1] {
		trace.New(trace.Options{}, func(trace.Connection) {}).Dump(sides[0][:min(cut, len(sides[0]))], sides[1][:cut])
	}
}
