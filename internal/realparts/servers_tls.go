package realparts

import (
	"path/filepath"
	"testing"
)

// SServer starts "openssl s_server". Certificate and key are the caller's
// arguments, as files of WriteFile; so is -www or -rev.
func SServer(t testing.TB, args ...string) *Server {
	t.Helper()
	addr := "127.0.0.1:" + FreePort(t)
	return start(t, addr, "openssl", append([]string{"s_server", "-accept", addr}, args...)...)
}

// GnuTLS starts gnutls-serv with arguments such as --priority, --x509certfile
// and --x509keyfile. It listens at all of the machine's addresses, for it has
// no option for one.
func GnuTLS(t testing.TB, args ...string) *Server {
	t.Helper()
	port := FreePort(t)
	return start(t, "127.0.0.1:"+port, "gnutls-serv", append([]string{"--port", port}, args...)...)
}

// NginxConfig says what an nginx serves.
type NginxConfig struct {
	// Certificate and Key are PEM.
	Certificate, Key []byte
	// Directives stand in the server block, for instance "ssl_protocols TLSv1;".
	Directives string
	// Files are served by their path, "/y000000000000.cfg".
	Files map[string][]byte
}

// Nginx starts one that serves files by HTTPS.
func Nginx(t testing.TB, c NginxConfig) *Server {
	t.Helper()
	Need(t, "nginx")
	dir, addr := t.TempDir(), "127.0.0.1:"+FreePort(t)
	writeIn(t, dir, "root/.keep", nil)
	for name, text := range c.Files {
		writeIn(t, filepath.Join(dir, "root"), name, text)
	}
	config := writeIn(t, dir, "nginx.conf", fill(t, nginxConfig, struct{ Dir, Addr, Certificate, Key, Directives string }{
		dir, addr, writeIn(t, dir, "certificate.pem", c.Certificate), writeIn(t, dir, "key.pem", c.Key), c.Directives,
	}))
	return start(t, addr, "nginx", "-c", config, "-p", dir, "-e", "stderr")
}

// A single process: workers give up the rights that they need to read a test's
// folder.
const nginxConfig = `daemon off;
master_process off;
pid {{.Dir}}/pid;
error_log stderr info;
events {}
http {
	access_log {{.Dir}}/access.log;
	client_body_temp_path {{.Dir}}/body;
	proxy_temp_path {{.Dir}}/proxy;
	fastcgi_temp_path {{.Dir}}/fastcgi;
	uwsgi_temp_path {{.Dir}}/uwsgi;
	scgi_temp_path {{.Dir}}/scgi;
	server {
		listen {{.Addr}} ssl;
		ssl_certificate {{.Certificate}};
		ssl_certificate_key {{.Key}};
		root {{.Dir}}/root;
		{{.Directives}}
	}
}
`

// Sipp starts a sipp that answers as a scenario has it, by plain TCP: Debian's
// is built without TLS.
func Sipp(t testing.TB, scenario []byte, args ...string) *Server {
	t.Helper()
	Need(t, "sipp")
	port := FreePort(t)
	file := WriteFile(t, "scenario.xml", scenario)
	return start(t, "127.0.0.1:"+port, "sipp", append([]string{"-sf", file, "-t", "t1", "-i", "127.0.0.1", "-p", port, "-nostdin"}, args...)...)
}
