package inspect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/phonecert/phonecert/inspect/finding"
)

// signature is a beginning by which a kind of file is known.
type signature struct {
	begins string
	code   string
	is     string
	fix    string
}

// binarySignatures are files that are no text and no DER.
func binarySignatures() []signature {
	const keytool = "keytool -importkeystore -srckeystore {file} -destkeystore out.p12 -deststoretype PKCS12, then phonecert convert out.p12 -o {out}"
	return []signature{
		{"\xfe\xed\xfe\xed", "content.jks", "it is a Java key store (JKS)", keytool},
		{"\xce\xce\xce\xce", "content.jceks", "it is a Java key store (JCEKS)", keytool},
		{"PK\x03\x04", "content.zip", "it is a ZIP archive", "unpack it with unzip {file} and take the certificate out of it"},
		{"PK\x05\x06", "content.zip-empty", "it is an empty ZIP archive", "ask for the archive again"},
		{"\x1f\x8b", "content.gzip", "it is compressed with gzip", "unpack it with gzip -d"},
		{"BZh", "content.bzip2", "it is compressed with bzip2", "unpack it with bzip2 -d"},
		{"\xfd7zXZ\x00", "content.xz", "it is compressed with xz", "unpack it with xz -d"},
		{"7z\xbc\xaf\x27\x1c", "content.7z", "it is a 7-Zip archive", "unpack it with 7z x and take the certificate out of it"},
		{"%PDF-", "content.pdf", "it is a PDF document", "ask for the certificate as a file of its own"},
		{"\x89PNG", "content.image", "it is a picture", "ask for the certificate as a file of its own"},
		{"\x7fELF", "content.program", "it is a program", "look for the file that you meant"},
		{"\x0a\x0d\x0d\x0a", "content.capture", "it is a network capture (pcapng)", "look for the file that you meant"},
		{"\xd4\xc3\xb2\xa1", "content.capture-pcap", "it is a network capture (pcap)", "look for the file that you meant"},
	}
}

// textSignatures are texts that are often saved under a certificate's name.
// They are compared in lower case, after leading white space.
func textSignatures() []signature {
	const download = "log in to the page and download the certificate again, or export it from the browser"
	return []signature{
		{"<!doctype html", "content.html", "it is an HTML page, probably an error or login page saved in place of the certificate", download},
		{"<html", "content.html", "it is an HTML page, probably an error or login page saved in place of the certificate", download},
		{"<?xml", "content.xml", "it is XML", "look in it for the certificate's base64 text and save that alone"},
		{"{", "content.json", "it is JSON, probably an answer of a web service", "take the certificate's text out of it, with jq -r for instance"},
		{"[", "content.ini", "it is a configuration file or JSON list", "look in it for the path of the certificate"},
		{"ssh-", "content.ssh-public-key", "it is an SSH public key", "SSH keys are no certificates: ask for the X.509 certificate"},
		{"ecdsa-sha2-", "content.ssh-ec-public-key", "it is an SSH public key for ECDSA", "SSH keys are no certificates: ask for the X.509 certificate"},
		{"putty-user-key-file", "content.putty-key", "it is a PuTTY private key", "SSH keys are no certificates: ask for the X.509 certificate"},
		{"#!version:", "content.phone-configuration", "it is a configuration file for the phone's auto-provisioning", "look in it for trusted_certificates.url"},
		{"http://", "content.link", "it is a web address and no certificate", "download what it points to"},
		{"https://", "content.link", "it is a web address and no certificate", "download what it points to"},
	}
}

// notCertificate names a file in which nothing was found that belongs to
// certificates.
func notCertificate(data []byte) finding.Finding {
	unknown := finding.Finding{Severity: finding.Error, Basis: finding.Documented, Source: "RFC 7468, section 2"}
	if len(bytes.TrimSpace(data)) == 0 {
		unknown.Code, unknown.Fix = "content.blank", "export or download the file again"
		unknown.Message = "it holds nothing but white space"
		if len(data) == 0 {
			unknown.Code, unknown.Message = "content.empty", "it is empty"
			unknown.Fix = "copy the file again: the last copy moved no byte"
		}
		return unknown
	}
	for _, s := range binarySignatures() {
		if bytes.HasPrefix(data, []byte(s.begins)) {
			unknown.Code, unknown.Message, unknown.Fix = s.code, s.is, s.fix
			return unknown
		}
	}
	if !looksLikeText(data) {
		unknown.Code, unknown.Message = "content.binary", "it is binary and neither DER nor any format known here"
		unknown.Fix = "export the certificate again, as PEM (Base64)"
		return unknown
	}
	lower := strings.ToLower(string(bytes.TrimSpace(data[:min(len(data), 512)])))
	for _, s := range textSignatures() {
		if strings.HasPrefix(lower, s.begins) {
			unknown.Code, unknown.Message, unknown.Fix = s.code, s.is, s.fix
			return unknown
		}
	}
	unknown.Code, unknown.Message = "content.text", "it is text without any BEGIN line"
	unknown.Fix = "export the certificate again, as PEM (Base64), and keep the BEGIN and END lines"
	return unknown
}

// looksLikeText reports whether the beginning reads as text: valid UTF-8, or
// Latin-1, without control characters.
func looksLikeText(data []byte) bool {
	start := data[:min(len(data), 512)]
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f {
			return false
		}
		start = start[size:]
	}
	return true
}
