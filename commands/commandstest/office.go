package commandstest

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// Office is where somebody looks after phones: a folder of files, a home,
// passwords.
type Office struct {
	Dir, Home string
	Env       map[string]string
	Stdin     string
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
	Random    io.Reader
	Now       func() time.Time

	t *testing.T
}

// NewOffice is one where the factory login of these phones is known, at the time
// of the tests' certificates.
func NewOffice(t *testing.T) *Office {
	return &Office{
		t: t, Dir: t.TempDir(), Home: t.TempDir(), Env: map[string]string{"PHONECERT_PASSWORD": "admin", "PATH": os.Getenv("PATH")},
		Dial: (&net.Dialer{}).DialContext, Random: rand.Reader, Now: testca.Clock,
	}
}

// File puts a file into the folder.
func (o *Office) File(name string, content ...[]byte) string {
	o.t.Helper()
	path := filepath.Join(o.Dir, name)
	if err := os.WriteFile(path, bytes.Join(content, nil), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

// Said is what a command said.
type Said struct {
	Code     int
	Out, Err string
}

// AnyCode is any exit code.
const AnyCode = -1

// Run runs a command line in the process of the test.
func (o *Office) Run(want int, args ...string) Said {
	o.t.Helper()
	streams, stdout, stderr := terminal.Test(strings.NewReader(o.Stdin))
	f := Factory(streams, o.Env)
	f.Now, f.ConfigDir = o.Now, func() string { return o.Home }
	f.Network.Dial, f.Network.Random = o.Dial, o.Random
	s := Said{Code: commands.Run(o.t.Context(), f, args), Out: stdout.String(), Err: stderr.String()}
	if s.Code != want && want != AnyCode {
		o.t.Fatalf("%v: exit code %d, want %d\n%s%s", args, s.Code, want, s.Out, s.Err)
	}
	return s
}
