package diagnosis

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

func endings() []Ending {
	return []Ending{"", Completed, AlertReceived, AlertSent, Closed, Reset, Silent, NotTLS, Malformed, TooLarge, Unsupported, Unfinished}
}

// diagnoseAll tries a transcript under every ending, as a probe and as a
// capture, with a phone and without. Nothing may panic, and what is said must
// be whole.
func diagnoseAll(t *testing.T, transcript *handshake.Transcript) {
	t.Helper()
	p := phoneOf(t, t28p)
	for _, ending := range endings() {
		for _, survey := range []*Survey{nil, {}, {Versions: []iana.ProtocolVersion{iana.TLS12}, CipherSuites: []iana.CipherSuite{0x1301}}} {
			for _, live := range []bool{true, false} {
				e := captured(p, nil, ending)
				e.Live, e.Transcript, e.Survey = live, transcript, survey
				wellFormed(t, Diagnose(e))
				e.Phone, e.Matches = nil, nil
				wellFormed(t, Diagnose(e))
			}
			e := captured(p, nil, ending)
			e.Transcript, e.Listener = transcript, &Listener{}
			wellFormed(t, Diagnose(e))
		}
	}
}

// TestPrefixes cuts a connection at every byte of both sides.
func TestPrefixes(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	hello, err := helloOf(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	records := func(b ...[]byte) []byte {
		return handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, bytes.Join(b, nil))
	}
	client := records(hello)
	server := records(serverHello(iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, 0, 7), message(13, []byte{1, 1, 0, 0}), certificateMessage(t, leaf), message(14, nil))
	diagnoseAll(t, nil)
	for n := 0; n <= len(client); n += 7 {
		diagnoseAll(t, handshake.Decode(client[:n], nil))
	}
	for n := 0; n <= len(server); n += 29 {
		diagnoseAll(t, handshake.Decode(client, server[:n]))
	}
}

var hexLine = regexp.MustCompile(`^[0-9a-f]{8}  ([0-9a-f ]{48})`)

// TestRecordings diagnoses the handshakes that Go's crypto/tls keeps for its
// own tests: those that complete and those that end with an alert.
func TestRecordings(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		realparts.Missing(t, "the go command")
	}
	paths, err := filepath.Glob(strings.TrimSpace(string(root)) + "/src/crypto/tls/testdata/*-TLSv*")
	if err != nil || len(paths) < 100 {
		realparts.Missing(t, fmt.Sprintf("the recordings of the Go tree (%d found)", len(paths)))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			transcript := recording(t, string(text))
			e := Evidence{Transcript: transcript, Outcome: Outcome{Ending: Completed}}
			want := []Verdict{Registers, Unknown}
			for _, entry := range transcript.Entries {
				if a, ok := entry.Fields.(*handshake.Alert); ok && a.Level == handshake.AlertFatal {
					e.Outcome = Outcome{Ending: AlertReceived, Alert: a.Description}
					if entry.Direction == handshake.ClientToServer {
						e.Outcome.Ending = AlertSent
					}
					want = []Verdict{Refuses}
				}
			}
			d := Diagnose(e)
			wellFormed(t, d)
			if d.Verdict != want[0] && d.Verdict != want[len(want)-1] {
				t.Errorf("%s: %s", d.Verdict, d.Sentence)
			}
		})
	}
}

func recording(t *testing.T, text string) *handshake.Transcript {
	t.Helper()
	d, direction := handshake.NewDecoder(nil), handshake.ServerToClient
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">>> Flow") {
			direction = handshake.ServerToClient
			if strings.Contains(line, "(client to server)") {
				direction = handshake.ClientToServer
			}
		} else if m := hexLine.FindStringSubmatch(line); m != nil {
			b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			d.Feed(direction, 0, b)
		}
	}
	return d.Finish()
}
