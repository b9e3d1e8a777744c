package handshake

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
)

// flow is what one side sent before the other one did.
type flow struct {
	direction Direction
	bytes     []byte
}

// recordings are the handshakes that Go's crypto/tls keeps for its own tests.
var recordings = sync.OnceValues(func() (map[string][]flow, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(strings.TrimSpace(string(root)) + "/src/crypto/tls/testdata/*-TLSv*")
	if err != nil {
		return nil, err
	}
	all := map[string][]flow{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if list := flows(string(text)); len(list) > 0 { // two recordings are empty
			all[filepath.Base(path)] = list
		}
	}
	return all, nil
})

var hexLine = regexp.MustCompile(`^[0-9a-f]{8}  ([0-9a-f ]{48})`)

func flows(text string) []flow {
	var list []flow
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">>> Flow") {
			f := flow{direction: ServerToClient}
			if strings.Contains(line, "(client to server)") {
				f.direction = ClientToServer
			}
			list = append(list, f)
		} else if m := hexLine.FindStringSubmatch(line); m != nil && len(list) > 0 {
			b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
			if err != nil {
				panic(err)
			}
			list[len(list)-1].bytes = append(list[len(list)-1].bytes, b...)
		}
	}
	return list
}

func recorded(t testing.TB) map[string][]flow {
	t.Helper()
	all, err := recordings()
	if err != nil || len(all) < 100 {
		realparts.Missing(t, fmt.Sprintf("the recordings of the Go tree (%d found, %v)", len(all), err))
	}
	return all
}

// decode feeds flows in pieces of at most size bytes, a second for each flow.
func decode(list []flow, size int) *Transcript {
	d := NewDecoder(nil)
	feed(d, list, size)
	return d.Finish()
}

func feed(d *Decoder, list []flow, size int) {
	for i, f := range list {
		for b := f.bytes; len(b) > 0; {
			n := min(size, len(b))
			d.Feed(f.direction, time.Duration(i)*time.Second, b[:n])
			b = b[n:]
		}
	}
}

// TestRecordings: every recorded handshake is decoded without a Problem and
// its messages come in the order of its version.
func TestRecordings(t *testing.T) {
	flights := map[string]*regexp.Regexp{
		"full": regexp.MustCompile(`^ClientHello ServerHello Certificate (CertificateStatus )?(ServerKeyExchange )?(CertificateRequest )?ServerHelloDone ` +
			`(Certificate )?ClientKeyExchange (CertificateVerify )?ChangeCipherSpec Finished\* (NewSessionTicket )?ChangeCipherSpec Finished\*( ApplicationData\*| EncryptedHandshakeMessage\*| ChangeCipherSpec\* Finished\*)*( Alert\*)*$`),
		"resumed":       regexp.MustCompile(`^ClientHello ServerHello (NewSessionTicket )?ChangeCipherSpec Finished\* ChangeCipherSpec Finished\*( ApplicationData\*)*( Alert\*)?$`),
		"refused late":  regexp.MustCompile(`^ClientHello ServerHello .*ServerHelloDone .*ChangeCipherSpec Finished\* Alert$`),
		"refused":       regexp.MustCompile(`^ClientHello (ServerHello Certificate (ServerKeyExchange )?ServerHelloDone )?Alert$`),
		"1.3":           regexp.MustCompile(`^ClientHello ServerHello ChangeCipherSpec( ApplicationData\*)+ ChangeCipherSpec( ApplicationData\*)+$`),
		"1.3 and retry": regexp.MustCompile(`^ClientHello HelloRetryRequest ChangeCipherSpec ChangeCipherSpec ClientHello ServerHello( ApplicationData\*)+$`),
	}
	seen := map[string]int{}
	for file, list := range recorded(t) {
		transcript := decode(list, 1<<20)
		names := nameList(transcript)
		if n := problems(transcript); n != "" || len(transcript.Foreign) > 0 {
			t.Errorf("%s: %s: %s %v", file, names, n, transcript.Foreign)
		}
		kind := ""
		for k, pattern := range flights {
			if pattern.MatchString(names) {
				kind = k
			}
		}
		if kind == "" {
			t.Errorf("%s: unexpected order: %s", file, names)
		}
		seen[kind]++
		checkNegotiated(t, file, kind, transcript)
	}
	if seen["full"] < 50 || seen["resumed"] < 1 || seen["1.3"] < 20 || seen["1.3 and retry"] < 2 {
		t.Errorf("the recordings are of other kinds than expected: %v", seen)
	}
}

func checkNegotiated(t *testing.T, file, kind string, transcript *Transcript) {
	t.Helper()
	n := transcript.Negotiated
	if n == nil {
		if !strings.HasPrefix(kind, "refused") {
			t.Errorf("%s: nothing negotiated", file)
		}
		return
	}
	version := strings.NewReplacer("TLSv1", "TLS 1.").Replace(strings.Split(file, "-")[1])
	if n.Version.String() != version {
		t.Errorf("%s: version %s", file, n.Version)
	}
	if n.KeyExchange == "" || strings.HasPrefix(n.KeyExchange, "ECDHE") && !n.Resumed && n.KeyBits == 0 {
		t.Errorf("%s: key exchange %q of %d bits", file, n.KeyExchange, n.KeyBits)
	}
	if n.Resumed != (kind == "resumed") && !strings.Contains(file, "Resume") {
		t.Errorf("%s: resumed is %v in a %s handshake", file, n.Resumed, kind)
	}
}

func nameList(transcript *Transcript) string {
	var names []string
	for _, e := range transcript.Entries {
		name := e.Name
		if e.Encrypted && !e.Decrypted {
			name += "*"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// problems lists all that is told, or returns nothing.
func problems(transcript *Transcript) string {
	var list []string
	for _, p := range transcript.Problems {
		list = append(list, p.Error())
	}
	for _, e := range transcript.Entries {
		for _, p := range e.Problems {
			list = append(list, p.Error())
		}
	}
	return strings.Join(list, "; ")
}

// TestPieces: the same transcript whatever the size of the pieces.
func TestPieces(t *testing.T) {
	for file, list := range recorded(t) {
		want := decode(list, 1<<20)
		for _, size := range []int{1, 2, 3, 5, 7, 100} {
			if got := decode(list, size); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: pieces of %d bytes give\n%s\nnot\n%s", file, size, nameList(got), nameList(want))
			}
		}
	}
}

// TestRecordsCutAnywhere: a stream that ends early gives the messages before
// the cut, and says that it is cut unless that is between two records.
func TestRecordsCutAnywhere(t *testing.T) {
	for _, file := range []string{"Client-TLSv10-ClientCert-RSA-RSA", "Client-TLSv13-AES256-SHA384", "Server-TLSv12-ALPN"} {
		list := recorded(t)[file]
		if len(list) < 2 {
			t.Fatalf("%s is missing", file)
		}
		client, server := list[0].bytes, list[1].bytes
		whole := Decode(client, server)
		for n := range server {
			cut := Decode(client, server[:n])
			for i, e := range cut.Entries {
				if len(e.Problems) == 0 && (i >= len(whole.Entries) || e.Name != whole.Entries[i].Name) {
					t.Fatalf("%s cut at %d: entry %d is %s", file, n, i, e.Name)
				}
			}
			if boundary(server, n) != (problems(cut) == "" && len(cut.Foreign) == 0) {
				t.Fatalf("%s cut at %d, boundary %v: %s", file, n, boundary(server, n), problems(cut))
			}
		}
	}
}

func boundary(stream []byte, n int) bool {
	at := 0
	for at < n {
		at += 5 + int(stream[at+3])<<8 + int(stream[at+4])
	}
	return at == n
}

// TestEveryPrefixOfAMessage: a message cut at any byte marks itself and panics
// nowhere; its name is still known.
func TestEveryPrefixOfAMessage(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range recorded(t) {
		transcript := decode(list, 1<<20)
		for _, e := range transcript.Entries {
			if e.Raw == nil || transcript.Negotiated == nil {
				continue
			}
			seen[e.Name] = true
			for n := 1; n < len(e.Raw); n++ {
				name, _, problems := parseMessage(bytes.Clone(e.Raw[:n]), transcript.Negotiated.Version, transcript.Negotiated.CipherSuite)
				if len(problems) == 0 || name != e.Name && e.Name != "HelloRetryRequest" {
					t.Fatalf("%d of %d bytes of %s: %s %v", n, len(e.Raw), e.Name, name, problems)
				}
				for _, p := range problems {
					if p.Offset < 0 || p.Offset > int64(n) {
						t.Fatalf("%d of %d bytes of %s: %v", n, len(e.Raw), e.Name, p)
					}
				}
			}
			// With a length that fits, the cut is found by the fields alone.
			for n := 4; n < len(e.Raw); n++ {
				b := bytes.Clone(e.Raw[:n])
				b[1], b[2], b[3] = 0, byte((n-4)>>8), byte(n-4)
				parseMessage(b, transcript.Negotiated.Version, transcript.Negotiated.CipherSuite)
			}
			if len(e.Raw) > 2000 {
				continue
			}
			// The same from within the record: the rest is still decoded.
			d := NewDecoder(nil)
			d.Feed(e.Direction, 0, AppendRecords(nil, ContentHandshake, iana.TLS10, e.Raw[:len(e.Raw)-1]))
			d.Feed(e.Direction, 0, AppendRecords(nil, ContentAlert, iana.TLS10, []byte{2, 40}))
			if got := d.Finish(); !strings.Contains(nameList(got), "Alert") || marks(got) == 0 {
				t.Fatalf("%s cut before an alert: %s", e.Name, nameList(got))
			}
		}
	}
	for _, name := range []string{"ClientHello", "ServerHello", "HelloRetryRequest", "Certificate", "CertificateStatus", "ServerKeyExchange",
		"CertificateRequest", "ServerHelloDone", "ClientKeyExchange", "CertificateVerify", "NewSessionTicket"} {
		if !seen[name] {
			t.Logf("no recording holds a %s", name)
		}
	}
}

func marks(transcript *Transcript) (n int) {
	for _, e := range transcript.Entries {
		n += len(e.Problems)
	}
	return n
}

// TestBuildClientHello: parse, build, equal.
func TestBuildClientHello(t *testing.T) {
	n := 0
	for file, list := range recorded(t) {
		for _, e := range decode(list, 1<<20).Entries {
			if m, ok := e.Fields.(*ClientHello); ok && !e.Encrypted {
				n++
				if again, problems := ParseClientHello(e.Raw); !reflect.DeepEqual(again, m) || len(problems) > 0 {
					t.Errorf("%s: %+v %v", file, again, problems)
				}
				if b, err := m.Marshal(); err != nil || !bytes.Equal(b, e.Raw) {
					t.Errorf("%s: %v\n%x\nnot\n%x", file, err, b, e.Raw)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d ClientHellos", n)
	}
	for _, raw := range [][]byte{nil, {2, 0, 0, 0}} {
		if m, problems := ParseClientHello(raw); m != nil || len(problems) != 1 {
			t.Errorf("%x is %+v", raw, m)
		}
	}
}
