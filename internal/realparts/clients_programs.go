package realparts

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sClient is "openssl s_client" for one version of TLS. It judges within the
// handshake, and sends the alert that OpenSSL has for the error.
func sClient(version string) Client {
	return Client{Name: "openssl s_client " + version, Run: func(t testing.TB, r ClientRun) ClientResult {
		t.Helper()
		args := []string{"s_client", "-connect", r.Addr, version, "-CAfile", r.CAFile, "-no-CApath", "-no-CAstore",
			"-verify_return_error", "-nocommands", "-cipher", "ALL:@SECLEVEL=0"}
		if sni := r.sni(); sni != "" {
			args = append(args, "-servername", sni)
		}
		if r.CheckName && r.sni() == "" {
			args = append(args, "-verify_ip", r.host())
		} else if r.CheckName {
			args = append(args, "-verify_hostname", r.host())
		}
		if r.CertFile != "" {
			args = append(args, "-cert", r.CertFile, "-key", r.KeyFile)
		}
		out := converse(t, r, nil, "openssl", args...)
		// The code in its summary is 0 where the handshake failed.
		result := between(out, "verify error:num=", "\n")
		connected := strings.Contains(out, ", Cipher is ") && !strings.Contains(out, "Cipher is (NONE)") && result == ""
		verified := connected && strings.Contains(out, "Verify return code: 0 (ok)")
		return ClientResult{Reached: connected || result != "", Verified: verified, Connected: connected, Result: result, Output: out}
	}}
}

// gnuTLS is gnutls-cli for one version of TLS. It judges within the handshake,
// the name too, and sends bad_certificate whatever it is that it dislikes.
func gnuTLS(version string) Client {
	return Client{Name: "gnutls-cli " + version, Run: func(t testing.TB, r ClientRun) ClientResult {
		t.Helper()
		args := []string{"--priority", "NORMAL:-VERS-ALL:+VERS-" + version, "--x509cafile", r.CAFile, "--verify-hostname", r.host(), "-p", r.port()}
		if sni := r.sni(); sni != "" {
			args = append(args, "--sni-hostname", sni)
		}
		if r.CertFile != "" {
			args = append(args, "--x509certfile", r.CertFile, "--x509keyfile", r.KeyFile)
		}
		out := converse(t, r, nil, "gnutls-cli", append(args, "127.0.0.1")...)
		result := between(out, "- Status: ", "\n")
		return ClientResult{Reached: result != "", Verified: strings.Contains(result, "is trusted"), Connected: strings.Contains(out, "- Handshake was completed"), Result: result, Output: out}
	}}
}

// curl is curl up to one version of TLS. It judges the chain within the
// handshake, as OpenSSL, and the name after it: then it closes in order.
func curl(version string) Client {
	return Client{Name: "curl TLS " + version, Scheme: "https", Run: func(t testing.TB, r ClientRun) ClientResult {
		t.Helper()
		args := []string{"--silent", "--tlsv1.0", "--tls-max", version, "--ciphers", "ALL:@SECLEVEL=0", "--cacert", r.CAFile, "--noproxy", "*",
			"--connect-to", "::" + r.Addr, "--output", os.DevNull, "--write-out", "%{json}"}
		if r.CertFile != "" {
			args = append(args, "--cert", r.CertFile, "--key", r.KeyFile)
		}
		ctx, cancel := context.WithTimeout(context.Background(), clientTime)
		defer cancel()
		out, _ := exec.CommandContext(ctx, Need(t, "curl"), append(args, "https://"+r.host()+":"+r.port()+"/phone.cfg")...).Output()
		var said struct {
			Verify    int     `json:"ssl_verify_result"`
			Error     string  `json:"errormsg"`
			Exit      int     `json:"exitcode"`
			Connected float64 `json:"time_appconnect"`
			Answer    int     `json:"http_code"`
		}
		if err := json.Unmarshal(out, &said); err != nil {
			t.Fatalf("curl: %v\n%s", err, out)
		}
		// Exit code 60 is CURLE_PEER_FAILED_VERIFICATION, of chain and name.
		const notTrusted, name = 60, "subject name"
		return ClientResult{
			Reached: said.Answer > 0 || said.Exit == notTrusted, Verified: said.Answer > 0,
			Connected: said.Connected > 0 || strings.Contains(said.Error, name), Result: said.Error, Output: string(out),
		}
	}}
}

// Baresip is a real SIP client, which registers as alice and is then killed: it
// would call again to take that back where the server has hung up. Debian's, 1.0.0,
// verifies nothing: it is like a phone that accepts certificates that it does not
// trust.
func Baresip() Client {
	return Client{Name: "baresip", Scheme: "sips", Run: func(t testing.TB, r ClientRun) ClientResult {
		t.Helper()
		program := Need(t, "baresip")
		modules := filepath.Join(filepath.Dir(program), "..", "lib", "baresip", "modules")
		if _, err := os.Stat(modules); err != nil {
			Missing(t, "baresip's modules in "+modules)
		}
		config := "module_path " + modules + "\nmodule_app account.so\nmodule_app menu.so\nsip_verify_server yes\nsip_cafile " + r.CAFile + "\n"
		if r.CertFile != "" {
			config += "sip_certificate " + r.CertFile + "\n"
		}
		folder := t.TempDir()
		writeIn(t, folder, "config", []byte(config))
		writeIn(t, folder, "accounts", []byte("<sip:alice@"+r.host()+":"+r.port()+";transport=tls>;auth_pass=secret;regint=600\n"))
		ctx, cancel := context.WithTimeout(context.Background(), clientTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, "-v", "-f", folder)
		cmd.WaitDelay = drainTime
		ownGroup(cmd)
		const registered = " binding" // "[1 binding]", or more where others came before
		out := &overheard{until: registered, heard: func() { killGroup(cmd.Process) }}
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Run(); err != nil && ctx.Err() != nil {
			t.Errorf("baresip is not registered after %s", clientTime)
		}
		went := strings.Contains(out.String(), registered)
		return ClientResult{Reached: went, Verified: went, Connected: went, Result: between(out.String(), "/TLS/v4} ", "\n"), Output: out.String()}
	}}
}
