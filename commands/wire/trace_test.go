package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// savedProbe is a registration at a real server, saved by "probe --save".
type savedProbe struct {
	file, keys string
	bytes      []byte
	addr       string
	client     string
	transcript []wireMessage
	pki        commandstest.PKI
}

func saveProbe(t *testing.T) savedProbe {
	t.Helper()
	dir := t.TempDir()
	s := savedProbe{file: filepath.Join(dir, "probe.pcapng"), keys: filepath.Join(dir, "keys.txt"), pki: commandstest.NewPKI(t)}
	s.addr = realparts.Kamailio(t, realparts.KamailioConfig{
		Certificate: append(s.pki.Leaf.PEM(), s.pki.Intermediate.PEM()...), Key: s.pki.Leaf.KeyPEM(t), User: "alice", Password: sipPassword,
	}).Addr
	code, out, errText := commandstest.Online(t, map[string]string{"PHONECERT_SIP_PASSWORD": sipPassword}, "probe", s.addr, "--json", "--handset", "yealink-t28p",
		"--clock", testca.Clock().Format(time.RFC3339), "--custom", realparts.WriteFile(t, "root.pem", s.pki.Root.PEM()),
		"--register", "alice@example.com", "--save", s.file, "--keylog", s.keys)
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errText)
	}
	c := answer(t, out)
	s.transcript, s.client = c.Transcript, c.Client
	var err error
	if s.bytes, err = os.ReadFile(s.file); err != nil {
		t.Fatal(err)
	}
	return s
}

// screened is a command line whose output a person sees.
func screened(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	streams, stdout, stderr := terminal.Test(strings.NewReader(""))
	streams.OutTTY = true
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	code = commands.Run(ctx, commandstest.Factory(streams, nil), args)
	return code, stdout.String(), stderr.String()
}

func namesOf(list []wireMessage) string { return wireConnection{Transcript: list}.messages() }

// TestTrace reads one connection in every way in which it may come.
func TestTrace(t *testing.T) {
	t.Parallel()
	s := saveProbe(t)
	want := namesOf(s.transcript)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(s.bytes)
	z.Close()
	t.Run("forms", func(t *testing.T) {
		t.Parallel()
		for name, run := range map[string]func() (int, string, string){
			"file": func() (int, string, string) { return commandstest.Online(t, nil, "trace", s.file, "--json") },
			"gzip": func() (int, string, string) {
				return commandstest.Online(t, nil, "trace", realparts.WriteFile(t, "p.gz", packed.Bytes()), "--json")
			},
			"standard input": func() (int, string, string) { return commandstest.Piped(t, s.bytes, "trace", "-", "--json") },
			"gzip, piped":    func() (int, string, string) { return commandstest.Piped(t, packed.Bytes(), "trace", "-", "--json") },
			"filtered": func() (int, string, string) {
				return commandstest.Online(t, nil, "trace", s.file, "--json", "--filter", "127.0.0.0/8,"+commandstest.Port(s.addr))
			},
		} {
			code, out, errText := run()
			if c := first(t, out); code != 0 || c.messages() != want || c.Server != s.addr {
				t.Errorf("%s: exit code %d, %s\n%s%s", name, code, c.messages(), out, errText)
			}
		}
		for _, filter := range []string{"192.0.2.1", "1", "127.0.0.1,1"} {
			code, out, errText := commandstest.Online(t, nil, "trace", s.file, "--json", "--filter", filter)
			if code != 11 || !strings.Contains(out, "what --filter asks for") {
				t.Errorf("%s: exit code %d\n%s%s", filter, code, out, errText)
			}
		}
	})
	t.Run("hex", func(t *testing.T) { t.Parallel(); s.hex(t) })
	t.Run("extract", func(t *testing.T) { t.Parallel(); s.extract(t) })
	t.Run("key log", func(t *testing.T) { t.Parallel(); s.keyLog(t) })
	t.Run("cut", func(t *testing.T) { t.Parallel(); s.cut(t) })
}

// first is the first connection that trace tells, empty when there is none.
func first(t *testing.T, out string) wireConnection {
	t.Helper()
	for _, line := range matrixLines(t, out) {
		if len(line.Connections) > 0 {
			return line.Connections[0]
		}
	}
	return wireConnection{}
}

// hex pastes the handshake as programs show bytes.
func (s savedProbe) hex(t *testing.T) {
	dump := func(args ...string) []byte { return realparts.Run(t, s.bytes, args[0], args[1:]...) }
	var hello []byte
	for _, line := range strings.Fields(string(realparts.Run(t, nil, "tshark", "-r", s.file, "-d", "tcp.port=="+commandstest.Port(s.addr)+",tls", "-Y", "tls.handshake.type <= 14", "-T", "fields", "-e", "tcp.payload"))) {
		b, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		hello = append(hello, b...)
	}
	if len(hello) < 98 {
		t.Fatalf("%d bytes", len(hello))
	}
	hello = hello[:98] // the ClientHello alone
	spaced := fmt.Sprintf("% x", hello)
	forms := map[string][]byte{
		"digits":            []byte(hex.EncodeToString(hello)),
		"spaced":            []byte(spaced),
		"upper, colons":     []byte(strings.ToUpper(strings.ReplaceAll(spaced, " ", ":"))),
		"C array":           []byte("0x" + strings.ReplaceAll(spaced, " ", ", 0x")),
		"hexdump -C":        []byte(hex.Dump(hello)),
		"in lines, CRLF":    []byte(strings.ReplaceAll(spaced, " 00 39", "\r\n00 39")),
		"tshark -x":         dump("tshark", "-r", s.file, "-x", "-Y", "frame.number == 4"),
		"xxd of one record": []byte(xxd(hello)),
	}
	for name, text := range forms {
		code, out, errText := commandstest.Piped(t, text, "trace", "--hex", "--json")
		c := first(t, out)
		if code == 1 || !strings.HasPrefix(c.messages(), "ClientHello") || len(c.Matches) == 0 || c.Matches[0].Likeness != "exact" {
			t.Errorf("%s: exit code %d, %s\n%s\n%.300s", name, code, c.messages(), errText, text)
		}
	}
	for _, text := range []string{"", "no digits here, zzz", "16 03 0"} {
		if code, _, errText := commandstest.Piped(t, []byte(text), "trace", "--hex"); code == 0 || code == 1 && !strings.Contains(errText, "phonecert: hint: ") {
			t.Errorf("%q: exit code %d, %s", text, code, errText)
		}
	}
}

func xxd(b []byte) string {
	var text strings.Builder
	for at := 0; at < len(b); at += 16 {
		fmt.Fprintf(&text, "%08x:", at)
		for i, c := range b[at:min(at+16, len(b))] {
			if i%2 == 0 {
				text.WriteByte(' ')
			}
			fmt.Fprintf(&text, "%02x", c)
		}
		text.WriteString("  ................\n")
	}
	return text.String()
}

// extract writes the server's certificates, and nothing over a file.
func (s savedProbe) extract(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "certs")
	if code, _, errText := commandstest.Online(t, nil, "trace", s.file, "--extract", dir); code != 0 || !strings.Contains(errText, "2") {
		t.Fatalf("exit code %d: %s", code, errText)
	}
	var got [][]byte
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		block, rest := pem.Decode(text)
		if err != nil || block == nil || len(bytes.TrimSpace(rest)) > 0 {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		got = append(got, block.Bytes)
		os.WriteFile(name, []byte("mine"), 0o600)
	}
	for _, sent := range []*testca.Certificate{s.pki.Leaf, s.pki.Intermediate} {
		if !slices.ContainsFunc(got, func(b []byte) bool { return bytes.Equal(b, sent.Raw) }) || len(got) != 2 {
			t.Errorf("%q is not among %v", sent.Subject.CommonName, files)
		}
	}
	code, _, errText := commandstest.Online(t, nil, "trace", s.file, "--extract", dir)
	if text, _ := os.ReadFile(files[0]); code != 1 || string(text) != "mine" || !strings.Contains(errText, "--force") {
		t.Errorf("exit code %d, %q: %s", code, text, errText)
	}
	if code, _, errText := commandstest.Online(t, nil, "trace", s.file, "--extract", dir, "--force"); code != 0 {
		t.Errorf("exit code %d: %s", code, errText)
	}
	if text, _ := os.ReadFile(files[0]); !bytes.HasPrefix(text, []byte("-----BEGIN CERTIFICATE")) {
		t.Errorf("%q", text)
	}
}

// keyLog opens the SIP inside, but for what is secret in it.
func (s savedProbe) keyLog(t *testing.T) {
	args := []string{"trace", s.file, "--keylog", s.keys}
	_, out, errText := commandstest.Online(t, nil, append(args, "--json")...)
	for _, want := range []string{"REGISTER sips:example.com SIP/2.0", "SIP/2.0 401", "SIP/2.0 200 OK", "Call-ID: ", "Authorization: "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s%s", want, out, errText)
		}
	}
	_, screen, screenErr := screened(t, args...)
	if !strings.Contains(screen, "SIP/2.0 200 OK") {
		t.Errorf("no SIP on a screen:\n%s%s", screen, screenErr)
	}
	for _, secret := range []string{"response=", sipPassword} {
		if strings.Contains(out+errText+screen+screenErr, secret) {
			t.Errorf("%q is shown:\n%s", secret, out)
		}
	}
	wrong := realparts.WriteFile(t, "wrong.txt", []byte("CLIENT_RANDOM "+strings.Repeat("11", 32)+" "+strings.Repeat("22", 48)+"\n"))
	if code, out, errText := commandstest.Online(t, nil, "trace", s.file, "--keylog", wrong, "--json"); code != 0 || strings.Contains(out, "SIP/2.0 401") {
		t.Errorf("exit code %d\n%s%s", code, out, errText)
	}
	empty := realparts.WriteFile(t, "empty.txt", []byte("# nothing\n"))
	if code, _, errText := commandstest.Online(t, nil, "trace", s.file, "--keylog", empty); code != 1 || !strings.Contains(errText, "phonecert: hint: ") {
		t.Errorf("exit code %d: %s", code, errText)
	}
}

// cut ends the file early: what is there is told, and only a file without its
// own header is an error.
func (s savedProbe) cut(t *testing.T) {
	whole, longest := namesOf(s.transcript), ""
	const header = 28 // of a Section Header Block without options, at least
	for n := 0; n < len(s.bytes); n += len(s.bytes)/12 + 1 {
		code, out, errText := commandstest.Online(t, nil, "trace", realparts.WriteFile(t, "cut.pcapng", s.bytes[:n]), "--json", "--keylog", s.keys)
		if code == 1 {
			if n >= header || !strings.Contains(errText, "phonecert: hint: ") {
				t.Errorf("cut at %d: %s", n, errText)
			}
			continue
		}
		got := first(t, out).messages()
		if code == 10 || !strings.HasPrefix(whole, got) || len(got) < len(longest) {
			t.Errorf("cut at %d: exit code %d, %s", n, code, got)
		}
		longest = got
	}
	if len(longest) < len("ClientHello ServerHello Certificate") {
		t.Errorf("messages: %s", longest)
	}
}
