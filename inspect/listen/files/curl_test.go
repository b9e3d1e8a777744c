package files_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/files"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestCurl: a client that is not of this house, over connections that it keeps.
func TestCurl(t *testing.T) {
	program := realparts.Need(t, "curl")
	dir := t.TempDir()
	large := bytes.Repeat([]byte("0123456789"), 300_000)
	for name, data := range map[string][]byte{"y000000000000.cfg": []byte("#!version:1.0.0.1\n"), "firmware.rom": large} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	connections, told := 0, []files.Exchange(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			connections++
			files.Serve(t.Context(), conn, files.Config{Folder: root.FS()}, func(x files.Exchange) { told = append(told, x) })
			conn.Close()
		}
	}()
	base := "http://" + l.Addr().String() + "/"
	curl := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), program, append([]string{"-sS", "--noproxy", "*", "--path-as-is", "--max-time", "120", "--expect100-timeout", "120", "-A", "Example Phone 1.0"}, args...)...)
		var problem bytes.Buffer
		cmd.Stderr = &problem
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v, %s", args, err, problem.String())
		}
		return string(out)
	}
	if got := curl(base+"y000000000000.cfg", base+"firmware.rom", base+"../../etc/passwd", base+"y000000000000.cfg"); got != "#!version:1.0.0.1\n"+string(large)+"Not Found\n#!version:1.0.0.1\n" {
		t.Errorf("%d bytes", len(got))
	}
	if got := curl("--http1.0", "-u", "alice:horse", "-w", "%{http_code} %{content_type}", base+"y000000000000.cfg"); got != "#!version:1.0.0.1\n200 text/plain" {
		t.Error(got)
	}
	if got := curl("-I", base+"firmware.rom"); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, "Content-Length: 3000000\r\n") {
		t.Error(got)
	}
	if got := curl("-r", "0-3,2999996-", base+"firmware.rom"); strings.Count(got, "Content-Range: bytes ") != 2 || !strings.Contains(got, "6789\r\n--") {
		t.Error(got)
	}
	if got := curl("-T", filepath.Join(dir, "firmware.rom"), "-w", "%{http_code}", base+"upload"); got != "Method Not Allowed\n405" {
		t.Error(got)
	}
	if got := curl("-d", "a=b", "-w", "%{http_code}", base+"y000000000000.cfg"); got != "Method Not Allowed\n405" {
		t.Error(got)
	}
	l.Close()
	<-done
	if connections != 6 || len(told) != 9 || told[0].UserAgent != "Example Phone 1.0" || told[1].Bytes != int64(len(large)) || told[0].Authorization || !told[4].Authorization {
		t.Errorf("%d connections, %+v", connections, told)
	}
}
