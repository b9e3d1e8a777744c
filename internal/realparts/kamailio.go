package realparts

import (
	"bytes"
	"cmp"
	"path/filepath"
	"runtime"
	"testing"
	"text/template"
)

// KamailioConfig says what a Kamailio takes. It answers OPTIONS with 200 and
// is a registrar that keeps its bindings in memory; its log says "NAME is
// registered" or "NAME is not registered" after each REGISTER that it takes.
type KamailioConfig struct {
	// Certificate and Key are PEM; a chain is sent as it stands there.
	Certificate, Key []byte
	// Method is the module's tls_method, "TLSv1+" when "": also "TLSv1" (only
	// that one), "TLSv1.2+" and so on.
	Method string
	// Ciphers is OpenSSL's cipher list, "ALL:@SECLEVEL=0" when "": TLS 1.0 needs
	// that level.
	Ciphers string
	// ClientCA is PEM: a client certificate of this CA is required.
	ClientCA []byte
	// User may register, with the Password, in Realm ("example.com" when "").
	// Without a user everybody may, without a password.
	User, Password, Realm string
	// Algorithm is that of the digest: MD5 when "", or SHA-256.
	Algorithm string
	// Route is routing script that runs before all else, for answers such as
	// sl_send_reply("403", "Forbidden"); exit;
	Route string
}

// kamailioTLS is the file of Kamailio's TLS module, below the folder of the
// machine's libraries.
const kamailioTLS = "kamailio/modules/tls.so"

// Kamailio starts one. Its TLS module is a package of its own on Debian.
func Kamailio(t testing.TB, c KamailioConfig) *Server {
	t.Helper()
	Need(t, "kamailio")
	if found, _ := filepath.Glob("/usr/lib*/*/" + kamailioTLS); runtime.GOOS == "linux" && len(found) == 0 {
		Missing(t, "Kamailio's TLS module")
	}
	dir, port := t.TempDir(), FreePort(t)
	settings := struct {
		KamailioConfig
		Port, TLS, CertificateFile, KeyFile, CAFile string
	}{KamailioConfig: c, Port: port}
	settings.Method = cmp.Or(c.Method, "TLSv1+")
	settings.Ciphers = cmp.Or(c.Ciphers, "ALL:@SECLEVEL=0")
	settings.Realm = cmp.Or(c.Realm, "example.com")
	settings.CertificateFile = writeIn(t, dir, "certificate.pem", c.Certificate)
	settings.KeyFile = writeIn(t, dir, "key.pem", c.Key)
	if len(c.ClientCA) > 0 {
		settings.CAFile = writeIn(t, dir, "clientca.pem", c.ClientCA)
	}
	settings.TLS = writeIn(t, dir, "tls.cfg", fill(t, kamailioTLSConfig, settings))
	main := writeIn(t, dir, "kamailio.cfg", fill(t, kamailioConfig, settings))
	return start(t, "127.0.0.1:"+port, "kamailio", "-f", main, "-DD", "-E", "-m", "16", "-M", "4",
		"-Y", dir, "-w", dir, "-P", filepath.Join(dir, "pid"))
}

// fill puts values into the text of a configuration.
func fill(t testing.TB, text string, values any) []byte {
	t.Helper()
	parsed, err := template.New("").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, values); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const kamailioTLSConfig = `[server:default]
method = {{.Method}}
certificate = {{.CertificateFile}}
private_key = {{.KeyFile}}
cipher_list = {{.Ciphers}}
{{- if .CAFile}}
ca_list = {{.CAFile}}
verify_certificate = yes
require_certificate = yes
{{- else}}
verify_certificate = no
require_certificate = no
{{- end}}
`

const kamailioConfig = `#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
disable_core_dump=yes
dns=no
rev_dns=no
enable_tls=yes
listen=tls:127.0.0.1:{{.Port}}
loadmodule "tls.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("tls", "config", "{{.TLS}}")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 10)
{{- if .Algorithm}}
modparam("auth", "algorithm", "{{.Algorithm}}")
{{- end}}
request_route {
	{{.Route}}
	if ($rm == "OPTIONS") {
		append_to_reply("Allow: OPTIONS, REGISTER\r\n");
		sl_send_reply("200", "OK");
		exit;
	}
	if ($rm != "REGISTER") {
		sl_send_reply("405", "Method Not Allowed");
		exit;
	}
	{{- if .User}}
	if (!pv_www_authenticate("{{.Realm}}", "{{.Password}}", "0") || $au != "{{.User}}") {
		www_challenge("{{.Realm}}", "1");
		exit;
	}
	consume_credentials();
	{{- end}}
	if (!save("location")) exit;
	if (registered("location", "$tu")) xlog("L_NOTICE", "$tU is registered\n");
	else xlog("L_NOTICE", "$tU is not registered\n");
}
`
