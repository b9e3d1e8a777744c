package armor

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/testpem"
)

// mended are texts out of which the certificate a comes whole, each with the
// codes of what was odd, in alphabetical order.
func mended(m testpem.Material) []struct{ name, text, codes string } {
	a := testpem.Wrap("CERTIFICATE", m.A, 64)
	b64 := base64.StdEncoding.EncodeToString(m.A)
	crlf := strings.ReplaceAll(a, "\n", "\r\n")
	return []struct{ name, text, codes string }{
		{"smart quotes", "“" + strings.TrimSpace(a) + "”\n", "pem.smart-quote"},
		{"half a character", testpem.UTF16(a, false, true) + "\n", "pem.half-character pem.utf-16"},
		{"Java", testpem.EachLine(a, true, func(s string) string { return `    "` + s + `\n" +` }), "pem.escaped-line-end pem.indented pem.punctuation pem.quote"},
		{"Python", "cert = '''" + a + "'''\n", "pem.quote pem.text-beside"},
		{"YAML", "cert: |\n" + testpem.EachLine(a, true, testpem.Before("  ")), "pem.indented pem.text-before"},
		{"shell", "export CERT=\"" + strings.ReplaceAll(strings.TrimSpace(a), "\n", `\n`) + "\"\n", "pem.escaped-line-end pem.quote pem.text-beside"},
		{"JSON escapes", `{"cert":"` + strings.NewReplacer("\n", `\n`, "/", `\/`, "+", `\u002B`).Replace(a) + `"}`, "pem.escaped-character pem.escaped-line-end pem.punctuation pem.quote pem.text-beside"},
		{"JSON array", "[\n" + testpem.EachLine(a, true, func(s string) string { return `  "` + s + `",` }) + "]\n", "pem.indented pem.punctuation pem.quote pem.text-before"},
		{"SAML", "<ds:X509Certificate>" + b64 + "</ds:X509Certificate>\n", "pem.bare-base64 pem.html-tag pem.one-line"},
		{"HTML breaks", strings.ReplaceAll(a, "\n", "<br/>") + "\n", "pem.html-tag"},
		{"entities", strings.NewReplacer("+", "&#x2B;", "/", "&#47;").Replace(a), "pem.html-entity"},
		{"quoted-printable", strings.ReplaceAll(testpem.EachLine(a, false, func(s string) string { return strings.ReplaceAll(s, "=", "=3D") }), "\n", "=0D=0A\n"), "pem.quoted-printable pem.text-beside"},
		{"numbered by an editor", testpem.EachLine(a, true, testpem.Before("  12: ")), "pem.indented pem.line-number"},
		{"mail quoting, twice", testpem.EachLine(crlf, true, testpem.Before(">> ")), "pem.mail-quote"},
		{"CRLF without the last one", strings.TrimSuffix(crlf, "\r\n"), ""},
		{"CRLF, blank lines around", "\r\n\r\n" + crlf + "\r\n", ""},
		{"URL alphabet", strings.NewReplacer("+", "-", "/", "_").Replace(a), "pem.url-alphabet"},
		{"em dashes", strings.ReplaceAll(a, "-----", "—–"), "pem.typographic-dash"},
		{"minus signs", strings.ReplaceAll(a, "-----", "−−−−−"), "pem.typographic-dash"},
		{"spaced dashes", strings.ReplaceAll(a, "-----", "- - - - -"), "pem.marker-space"},
		{"title case", strings.NewReplacer("BEGIN CERTIFICATE", "Begin Certificate", "END CERTIFICATE", "End Certificate").Replace(a), "pem.lower-case"},
		{"no dashes", strings.ReplaceAll(a, "-----", ""), "pem.dash-count"},
		{"text about the end", "--- END OF MAIL ---\n" + a + "-- Begin the day with a smile --\n", "pem.text-after pem.text-before"},
		{"bits", strings.Replace(a, b64[len(b64)-4:], b64[len(b64)-4:len(b64)-2]+string(b64[len(b64)-2]+1)+"=", 1), "pem.padding-bits"},
		{"comment inside", strings.Replace(a, b64[64:70], "# the second line\n"+b64[64:70], 1), "pem.text-inside"},
		{"narrow lines, the first behind BEGIN", strings.Replace(testpem.Wrap("CERTIFICATE", m.A, 20), "-----\n", "-----", 1), "pem.short-line pem.text-beside"},
		{"bare, in lines", strings.Join(strings.SplitAfter(a, "\n")[1:19], ""), "pem.bare-base64"},
		{"bare, with text around", "the certificate:\n\n" + strings.Join(strings.SplitAfter(a, "\n")[1:19], "") + "\nregards\n", "pem.bare-base64 pem.text-after pem.text-before"},
		{"BEGIN line lost but for its end", strings.Replace(a, "-----BEGIN CERTIFICATE", "", 1), "pem.begin-missing pem.text-before"},
	}
}

func TestReadMends(t *testing.T) {
	m := testpem.Load(t)
	for _, c := range mended(m) {
		t.Run(c.name, func(t *testing.T) {
			x := Read([]byte(c.text))
			if !x.Armored || len(x.Blocks) != 1 || x.Blocks[0].Damaged || !bytes.Equal(x.Blocks[0].Bytes, m.A) {
				t.Fatalf("blocks %+v\nfindings %v", x.Blocks, messages(x.Findings))
			}
			if got := strings.Join(codes(x.Findings), " "); got != c.codes {
				t.Errorf("got  %s\nwant %s\n%s", got, c.codes, messages(x.Findings))
			}
			if len(x.Mended()) != len(x.Findings) {
				t.Error("a finding that cost no bytes is an error")
			}
		})
	}
}

func codes(list []finding.Finding) (codes []string) {
	for _, f := range list {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return codes
}

func messages(list []finding.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString("  " + string(f.Severity) + " " + f.Code + ": " + f.Message + "\n")
	}
	return b.String()
}

func TestReadDamaged(t *testing.T) {
	m := testpem.Load(t)
	a, b := testpem.Wrap("CERTIFICATE", m.A, 64), testpem.Wrap("CERTIFICATE", m.B, 64)
	lines := strings.SplitAfter(a, "\n")
	cases := []struct{ name, text, code, message string }{
		{"cut off, END kept", strings.Join(lines[:13], "") + lines[19], "pem.cut-off", "the block on line 1 holds 576 of 827 bytes"},
		{"cut off", strings.Join(lines[:13], "") + lines[13][:10], "pem.cut-off", "the block on line 1 holds 583 of 827 bytes"},
		{"cut off in the second", a + b[:400], "pem.cut-off", "the block on line 21 holds 275 of 816 bytes"},
		{"bare and cut off", strings.Join(lines[1:13], ""), "pem.cut-off", "the block on line 1 holds 576 of 827 bytes"},
		{"a star", strings.Replace(a, lines[4][10:20], "*"+lines[4][11:20], 1), "pem.bad-character", "'*' stands on line 5, column 11, where base64 should, and what stood there is lost"},
		{"a letter of another alphabet", strings.Replace(a, lines[4][10:20], "А"+lines[4][11:20], 1), "pem.bad-character", "'А' stands on line 5, column 11, where base64 should, and what stood there is lost"},
		{"a character missing", strings.Replace(a, lines[4], lines[4][1:], 1), "pem.bad-length", "the block on line 1 has 1103 base64 characters, so that some are missing or too many"},
		{"no DER", testpem.Wrap("CERTIFICATE", []byte("example"), 64), "pem.not-der", "what the block on line 1 holds is no DER"},
		{"empty", lines[0] + lines[19], "pem.empty-block", "the block on line 1 is empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x := Read([]byte(c.text))
			if len(x.Blocks) == 0 || !x.Blocks[len(x.Blocks)-1].Damaged {
				t.Fatalf("blocks %+v", x.Blocks)
			}
			var errors []finding.Finding
			for _, f := range x.Findings {
				if f.Severity == finding.Error {
					errors = append(errors, f)
				}
			}
			if len(errors) != 1 || errors[0].Code != c.code || errors[0].Message != c.message {
				t.Errorf("got\n%s", messages(errors))
			}
		})
	}
	t.Run("more damages than are told", func(t *testing.T) {
		x := Read([]byte(strings.Repeat(lines[0]+lines[19], maxDamages+7)))
		last := x.Findings[len(x.Findings)-1]
		if len(x.Findings) != maxDamages+1 || last.Message != "7 further blocks are damaged, after the one on line 199" {
			t.Errorf("%d findings, the last: %s", len(x.Findings), last.Message)
		}
	})
	t.Run("one wrong character costs no more than its bytes", func(t *testing.T) {
		der := Read([]byte(cases[4].text)).Blocks[0].Bytes
		different := 0
		for i := range m.A {
			if der[i] != m.A[i] {
				different++
			}
		}
		if len(der) != len(m.A) || different == 0 || different > 3 {
			t.Errorf("%d bytes, %d of them different", len(der), different)
		}
	})
}

func TestReadBlocks(t *testing.T) {
	m := testpem.Load(t)
	encrypted := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
	text := "example\n" + testpem.Wrap("CERTIFICATE", m.A, 64) + "\n" + encrypted + testpem.Wrap("TRUSTED CERTIFICATE", append(bytes.Clone(m.B), 0x30, 0), 64)
	x := Read([]byte(text))
	if len(x.Blocks) != 3 {
		t.Fatalf("%d blocks\n%s", len(x.Blocks), messages(x.Findings))
	}
	certificate, key, trusted := x.Blocks[0], x.Blocks[1], x.Blocks[2]
	if certificate.Line != 2 || certificate.EndLine != 21 || certificate.Bare {
		t.Errorf("certificate %d to %d", certificate.Line, certificate.EndLine)
	}
	if key.Header("DEK-Info") != "AES-128-CBC,00" || key.Header("none") != "" || len(key.Headers) != 2 || key.Damaged {
		t.Errorf("key %+v", key)
	}
	if trusted.Trailing != 2 || !bytes.Equal(trusted.DER(), m.B) || trusted.Damaged {
		t.Errorf("trusted certificate: %d trailing bytes", trusted.Trailing)
	}
	if got := strings.Join(codes(x.Findings), " "); got != "pem.text-before pem.trusted" {
		t.Error(got)
	}
}

// TestReadLeavesOthersAlone: frames that only look like PEM's are no damage.
func TestReadLeavesOthersAlone(t *testing.T) {
	for name, text := range map[string]string{
		"OpenPGP":            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: example\n\nAAAA\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
		"RFC 4716":           "---- BEGIN SSH2 PUBLIC KEY ----\nComment: example\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
		"OpenSSH":            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n",
		"a curve":            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
		"BER as Windows has": testpem.Wrap("PKCS7", []byte{0x30, 0x80, 0, 0}, 64),
	} {
		x := Read([]byte(text))
		if len(x.Blocks) != 1 || x.Blocks[0].Damaged || len(x.Blocks[0].Bytes) == 0 || strings.Contains(messages(x.Findings), "error") {
			t.Errorf("%s: %+v\n%s", name, x.Blocks, messages(x.Findings))
		}
	}
	for name, text := range map[string]string{
		"nothing":      "",
		"prose":        "Begin at the beginning and go on till you come to the end: then stop.\n",
		"a page":       "<html><body>404</body></html>\n",
		"a table":      strings.Repeat("-----+-----+-----\n", 10),
		"JSON":         `{"end": "----- END OF FILE -----"}`,
		"a word":       "MIIC\n",
		"UTF-16 prose": testpem.UTF16("example\r\n", false, true),
		"DER":          string(testpem.Load(t).A),
		"short DER":    "\x30\x02\x05\x00",
		"zeros":        strings.Repeat("\x00", 100),
	} {
		if x := Read([]byte(text)); x.Armored || x.Blocks != nil || x.Findings != nil {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

// TestReadPrefixes cuts a file after every byte. No cut passes unnoticed, and
// none ends in a panic.
func TestReadPrefixes(t *testing.T) {
	a := testpem.Wrap("CERTIFICATE", testpem.Load(t).A, 64)
	text := "example\n" + a
	end := strings.Index(text, "-----END")
	for i := range text {
		x := Read([]byte(text[:i]))
		switch {
		case i < len("example\n-----BEGIN CERT"):
			continue
		case i < end-2 && len(x.Blocks) == 1 && !x.Blocks[0].Damaged:
			t.Errorf("cut after %d bytes: whole", i)
		case i < len(text)-1 && len(x.Findings) < 2:
			t.Errorf("cut after %d bytes: %s", i, messages(x.Findings))
		}
		Read([]byte(testpem.UTF16(text[:i], true, false)))
		Read([]byte(strings.ReplaceAll(text, "\n", `\n`)[:i]))
	}
}

func TestReadAgreesWithEncodingPEM(t *testing.T) {
	m := testpem.Load(t)
	for size := range 200 {
		der := append([]byte{0x30, 0x81, byte(size)}, m.A[:size]...)
		if size < 0x80 {
			der = append([]byte{0x30, byte(size)}, m.A[:size]...)
		}
		text := Encode("CERTIFICATE", der)
		x := Read(text)
		block, _ := pem.Decode(text)
		if len(x.Blocks) != 1 || len(x.Findings) != 0 || !bytes.Equal(x.Blocks[0].Bytes, block.Bytes) || x.Blocks[0].Label != block.Type {
			t.Errorf("%d bytes: %+v\n%s", size, x.Blocks, messages(x.Findings))
		}
		if clean, used, lines, ok := readClean(text); !ok || used != len(text) || lines != bytes.Count(text, []byte("\n")) || !bytes.Equal(clean.Bytes, der) {
			t.Errorf("%d bytes: not read the short way", size)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		data, text string
		encoding   Encoding
	}{
		{"", "", UTF8},
		{"example", "example", UTF8},
		{"\ufeffexample", "example", UTF8},
		{"\xff\xfe", "", UTF16LE},
		{"\xfe\xff", "", UTF16BE},
		{testpem.UTF16("é 😀\n", false, true), "é 😀\n", UTF16LE},
		{testpem.UTF16("é 😀\n", true, true), "é 😀\n", UTF16BE},
		{testpem.UTF16("example", false, false), "example", UTF16LE},
		{testpem.UTF16("example", true, false), "example", UTF16BE},
		{"\xff\xfe\x3d\xd8", "\ufffd", UTF16LE},
		{"\xff\xfea\x00b", "a", UTF16LE},
	} {
		text, encoding := Decode([]byte(c.data))
		if string(text) != c.text || encoding != c.encoding {
			t.Errorf("%q: %q in %s", c.data, text, encoding)
		}
	}
}

// TestFindingsShowNoKey: what a private key holds must not get into a message,
// however the file is broken.
func TestFindingsShowNoKey(t *testing.T) {
	key := testpem.Wrap("PRIVATE KEY", testpem.Load(t).PKCS8, 64)
	lines := strings.Split(key, "\n")
	secret := lines[2][10:18]
	for _, c := range testpem.Cases(t) {
		if !strings.Contains(c.Text, secret) {
			continue
		}
		if told := messages(Read([]byte(c.Text)).Findings); strings.Contains(told, secret) {
			t.Errorf("%s:\n%s", c.Name, told)
		}
	}
}
