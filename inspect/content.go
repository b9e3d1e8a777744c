package inspect

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/phonecert/phonecert/inspect/armor"
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
	const keytool = "keytool -importkeystore -srckeystore {file} -srcstoretype %s -destkeystore out.p12 -deststoretype PKCS12, then phonecert convert out.p12 -o {out}"
	return []signature{
		{"\xfe\xed\xfe\xed", "content.jks", "it is a Java key store (JKS)", fmt.Sprintf(keytool, "JKS")},
		{"\xce\xce\xce\xce", "content.jceks", "it is a Java key store (JCEKS)", fmt.Sprintf(keytool, "JCEKS")},
		{"PK\x03\x04", "content.zip", "it is a ZIP archive", "unpack it with unzip {file} and take the certificate out of it"},
		{"PK\x05\x06", "content.zip-empty", "it is an empty ZIP archive", "ask for the archive again"},
		{"\x1f\x8b", "content.gzip", "it is compressed with gzip", "unpack it with gzip -d"},
		{"BZh", "content.bzip2", "it is compressed with bzip2", "unpack it with bzip2 -d"},
		{"\xfd7zXZ\x00", "content.xz", "it is compressed with xz", "unpack it with xz -d"},
		{"7z\xbc\xaf\x27\x1c", "content.7z", "it is a 7-Zip archive", "unpack it with 7z x and take the certificate out of it"},
		{"%PDF-", "content.pdf", "it is a PDF document", "ask for the certificate as a file of its own, not printed or embedded"},
		{"\x89PNG", "content.image", "it is a picture", "ask for the certificate itself, not for a picture of it"},
		{"\x7fELF", "content.program", "it is a program", "look for the file that you meant: programs hold no certificate to take out"},
		{"\x0a\x0d\x0d\x0a", "content.capture", "it is a network capture (pcapng)", "have Wireshark export the certificate from the Certificate message of the capture"},
		{"\xd4\xc3\xb2\xa1", "content.capture-pcap", "it is a network capture (pcap)", "in Wireshark, export the packet bytes of the certificate from its Certificate message"},
	}
}

// textSignatures are texts that are often saved under a certificate's name.
// They are compared in lower case, after leading white space; of two that fit
// the first counts.
func textSignatures() []signature {
	const (
		page   = "it is an HTML page, probably an error or login page saved in place of the certificate"
		log    = "log in to the page and download the certificate again, or export it from the browser"
		follow = "download what it points to"
	)
	return []signature{
		{"<!doctype html", "content.html", page, log},
		{"<html", "content.html", page, log},
		{"<?xml", "content.xml", "it is XML", "look in it for the certificate's base64 text and save that alone"},
		{"<", "content.markup", "it is HTML or XML without a heading", "open it in a browser: it probably says why the certificate was not delivered"},
		{"{", "content.json", "it is JSON, probably an answer of a web service", "take the certificate's text out of it, with jq -r for instance"},
		{"[", "content.ini", "it is a configuration file or JSON list", "look in it for the path of the certificate"},
		{"ssh-", "content.ssh-public-key", "it is an SSH public key", "SSH keys are no certificates: ask for the X.509 certificate"},
		{"ecdsa-sha2-", "content.ssh-ec-public-key", "it is an SSH public key for ECDSA", "SSH keys are no certificates: ask for the X.509 certificate of the server"},
		{"putty-user-key-file", "content.putty-key", "it is a PuTTY private key", "keep it secret, and ask for the X.509 certificate: PuTTY's keys are for SSH"},
		{"#!version:", "content.phone-configuration", "it is a configuration file for the phone's auto-provisioning", "look in it for trusted_certificates.url"},
		{"http://", "content.link", "it is a web address and no certificate", follow},
		{"https://", "content.link", "it is a web address and no certificate", follow},
	}
}

// sign finds the signature with which a file begins.
func sign(data []byte, signatures []signature) (signature, bool) {
	for _, s := range signatures {
		if bytes.HasPrefix(data, []byte(s.begins)) {
			return s, true
		}
	}
	return signature{}, false
}

// notCertificate names a file in which nothing was found that belongs to
// certificates.
func notCertificate(data []byte) finding.Finding {
	const startSize = 512
	text, _ := armor.Decode(data)
	is, known := sign(data, binarySignatures())
	if !known && looksLikeText(text) {
		start := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), startSize)]))
		is, known = sign(start, textSignatures())
	}
	var f finding.Finding
	switch {
	case known:
		f = finding.Finding{Code: is.code, Message: is.is, Fix: is.fix}
	case len(data) == 0:
		f = finding.Finding{Code: "content.empty", Message: "it is empty", Fix: "copy the file again: the last copy moved no byte"}
	case len(bytes.Trim(data, "\x00")) == 0:
		f = finding.Finding{Code: "content.zeros", Message: "it holds nothing but zero bytes", Fix: "copy the file again: its content never reached the disk"}
	case len(bytes.TrimSpace(text)) == 0:
		f = finding.Finding{Code: "content.blank", Message: "it holds nothing but white space", Fix: "export or download the file again"}
	case !looksLikeText(text):
		f = finding.Finding{Code: "content.binary", Message: "it is binary and neither DER nor any format known here", Fix: "export the certificate again, as PEM (Base64)"}
	default:
		f = finding.Finding{Code: "content.text", Message: "it is text without any BEGIN line",
			Fix: "export the certificate again, as PEM (Base64), and keep the BEGIN and END lines"}
	}
	f.Severity, f.Basis, f.Source = finding.Error, finding.Documented, "RFC 7468, section 2"
	return f
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
