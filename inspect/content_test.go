package inspect

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// foreign are files that have nothing to do with certificates, and the code by
// which each is named.
func foreign(t testing.TB) map[string]struct {
	data []byte
	code string
} {
	t.Helper()
	m := forFiles(t)
	var archive, compressed bytes.Buffer
	z := zip.NewWriter(&archive)
	entry, err := z.CreateHeader(&zip.FileHeader{Name: "root.pem", Method: zip.Store})
	must(t, err)
	_, err = entry.Write(m.root.PEM())
	must(t, err)
	must(t, z.Close())
	g := gzip.NewWriter(&compressed)
	_, err = g.Write(m.root.PEM())
	must(t, err)
	must(t, g.Close())
	rows := []struct{ name, data, code string }{
		{"empty", "", "content.empty"},
		{"blank", " \r\n\t\n", "content.blank"},
		{"zeros", "\x00\x00\x00\x00", "content.zeros"},
		{"a byte order mark alone", "\xef\xbb\xbf", "content.blank"},
		{"JKS", "\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01", "content.jks"},
		{"JCEKS", "\xce\xce\xce\xce\x00\x00\x00\x02\x00\x00\x00\x01", "content.jceks"},
		{"ZIP, with a certificate in it", archive.String(), "content.zip"},
		{"empty ZIP", "PK\x05\x06" + strings.Repeat("\x00", 18), "content.zip-empty"},
		{"gzip", compressed.String(), "content.gzip"},
		{"bzip2", "BZh91AY&SY\x01\x02\x03", "content.bzip2"},
		{"xz", "\xfd7zXZ\x00\x00\x04", "content.xz"},
		{"7-Zip", "7z\xbc\xaf\x27\x1c\x00\x04", "content.7z"},
		{"PDF", "%PDF-1.4\n1 0 obj", "content.pdf"},
		{"picture", "\x89PNG\r\n\x1a\n\x00", "content.image"},
		{"program", "\x7fELF\x02\x01\x01", "content.program"},
		{"pcapng", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a", "content.capture"},
		{"pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "content.capture-pcap"},
		{"HTML", "\r\n<!DOCTYPE HTML>\n<html><body>404</body></html>", "content.html"},
		{"HTML without its type", "<HTML><body>Login</body></HTML>", "content.html"},
		{"HTML after a byte order mark", "\xef\xbb\xbf<!doctype html><title>Login</title>", "content.html"},
		{"HTML in UTF-16", string(utf16([]byte("<!DOCTYPE html><title>Login</title>"))), "content.html"},
		{"a piece of HTML", "<h1>Not Found</h1>", "content.markup"},
		{"XML", "<?xml version=\"1.0\"?><X509Certificate/>", "content.xml"},
		{"JSON", "{\"error\":\"not found\"}", "content.json"},
		{"JSON list", "[1, 2]", "content.ini"},
		{"SSH public key", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC admin@example.com\n", "content.ssh-public-key"},
		{"SSH EC public key", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= admin@example.com\n", "content.ssh-ec-public-key"},
		{"PuTTY key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "content.putty-key"},
		{"configuration of a phone", "#!version:1.0.0.1\ntrusted_certificates.url = http://192.0.2.1/root.crt\n", "content.phone-configuration"},
		{"link", "https://example.com/root.crt\n", "content.link"},
		{"text", "Dear colleague, here is the certificate.\n", "content.text"},
		{"Latin-1 text", "Gr\xfc\xdfe, das Zertifikat folgt.\n", "content.text"},
		{"UTF-16 text", string(utf16([]byte("Here is the certificate."))), "content.text"},
		{"a digit", "0", "content.text"},
		{"digits", "0123456789", "content.text"},
		{"noise", "\x01\x02\x03\x04\x05\x06\x07", "content.binary"},
		{"PGP key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBFmDPvIBCACx+KdTqyCxK1cT\n=Kf2x\n-----END PGP PUBLIC KEY BLOCK-----\n", "content.pgp"},
		{"DER of something else", "\x30\x03\x0a\x01\x00", "content.der-unknown"},
		{"DER nested without end", strings.Repeat("\x30\x80", 300), "der.too-deep"},
		{"DER whose lengths do not fit", "\x30\x05\x30\x82\x01\x00\x00", "der.damaged"},
	}
	list := map[string]struct {
		data []byte
		code string
	}{}
	for _, row := range rows {
		list[row.name] = struct {
			data []byte
			code string
		}{[]byte(row.data), row.code}
	}
	return list
}

func TestForeign(t *testing.T) {
	for name, file := range foreign(t) {
		f := Read(name, file.data, Options{})
		if codes(f.Findings) != file.code || len(f.Certificates())+len(f.Keys()) > 0 {
			t.Errorf("%s: findings %q, want %q", name, codes(f.Findings), file.code)
		}
		if pgp := file.code == "content.pgp"; f.Format != FormatUnknown && !pgp || f.PEM != pgp {
			t.Errorf("%s: format %s, PEM %v", name, f.Format, f.PEM)
		}
		wellFormed(t, name, f)
	}
}

// A certificate in such a file's text is found all the same.
func TestTextAroundCertificate(t *testing.T) {
	m := forFiles(t)
	for name, data := range map[string][]byte{
		"JSON":  []byte(`{"certificate":"` + strings.ReplaceAll(string(m.root.PEM()), "\n", `\n`) + `"}`),
		"XML":   append([]byte("<?xml version=\"1.0\"?>\n<pem>\n"), m.root.PEM()...),
		"mail":  append([]byte("Dear colleague,\n\n"), m.root.PEM()...),
		"lines": append([]byte("\n\r\r\n* \n"), m.root.PEM()...),
	} {
		f := Read(name, data, Options{})
		if certs := f.Certificates(); len(certs) != 1 || !certs[0].Equal(m.root.Certificate) || len(f.Findings) == 0 {
			t.Errorf("%s: %d certificates, findings %q", name, len(certs), codes(f.Findings))
		}
	}
}
