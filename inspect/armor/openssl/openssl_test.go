package openssl

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/testpem"
)

func checkOutcome(t *testing.T, o Outcome) {
	t.Helper()
	if o.Taken != (o.Refusal == finding.Finding{}) || o.Taken != (len(o.Blocks) > 0) {
		t.Errorf("taken %v, %d blocks, refusal %+v", o.Taken, len(o.Blocks), o.Refusal)
	}
	for _, b := range o.Blocks {
		if len(b.Bytes) == 0 || b.Label == "" || b.Line < 1 || b.EndLine <= b.Line {
			t.Errorf("block %q on lines %d to %d, %d bytes", b.Label, b.Line, b.EndLine, len(b.Bytes))
		}
	}
	if !o.Taken && (o.Refusal.Message == "" || strings.Contains(o.Refusal.Message, "{")) {
		t.Errorf("refusal %+v", o.Refusal)
	}
}

// TestBOM shows why the blocks that are taken matter: a mark before the
// first BEGIN makes an old phone take the second certificate for the first.
func TestBOM(t *testing.T) {
	m := testpem.Load(t)
	text := []byte("\ufeff" + testpem.Wrap("CERTIFICATE", m.A, 64) + testpem.Wrap("CERTIFICATE", m.B, 64))
	old, now := Read(text, handset.OpenSSL100, Certificate), Read(text, handset.OpenSSL3, Certificate)
	if !old.Taken || old.Blocks[0].Line != 21 || string(old.Blocks[0].Bytes) != string(m.B) {
		t.Errorf("1.0.0: %+v", old)
	}
	if !now.Taken || now.Blocks[0].Line != 1 || string(now.Blocks[0].Bytes) != string(m.A) {
		t.Errorf("3: %+v", now)
	}
}

func TestRefusals(t *testing.T) {
	m := testpem.Load(t)
	a := testpem.Wrap("CERTIFICATE", m.A, 64)
	for _, c := range []struct{ name, text, code, message string }{
		{"one line", testpem.Wrap("CERTIFICATE", m.A, 2000), "reader.long-line", "line 2 has 1104 characters, and the handset's decoder takes 79 at most"},
		{"blank line", testpem.ReplaceLine(a, 10, testpem.After("\n")), "reader.blank-line", "line 11 is blank, and the handset's reader takes what stands above it in the block for headers"},
		{"indented", testpem.EachLine(a, true, testpem.Before(" ")), "reader.begin-indented", "white space hides the BEGIN line on line 1 from the handset's reader"},
		{"DER", string(m.A), "reader.der", "the handset's reader wants PEM, and the file is DER"},
		{"dashes", strings.Replace(a, "-----BEGIN", "----BEGIN", 1), "reader.begin-line", "line 1 is no BEGIN line to the handset's reader, for it has not five dashes on each side"},
		{"star", testpem.ReplaceLine(a, 5, testpem.Before("*")), "reader.character", "the handset's decoder stops at '*' on line 5, which is no base64"},
		{"key alone", testpem.Wrap("PRIVATE KEY", m.PKCS8, 64), "reader.not-wanted", `the handset's reader skips every block of the file, for they are labelled "PRIVATE KEY"`},
		{"cut", testpem.Wrap("CERTIFICATE", m.A[:700], 64), "reader.cut-off", "the block on line 1 gives the handset's reader 700 of 827 bytes"},
		{"PKCS #7 in it", testpem.Wrap("CERTIFICATE", []byte{0x30, 3, 6, 1, 1}, 64), "reader.not-certificate", "the block on line 1 is labelled a certificate, and the handset's reader finds none in it"},
	} {
		o := Read([]byte(c.text), handset.OpenSSL100, Certificate)
		if o.Taken || o.Refusal.Code != c.code || o.Refusal.Message != c.message {
			t.Errorf("%s: %+v", c.name, o.Refusal)
		}
	}
}

// everyReader lists the four readers among which the generations share.
func everyReader() (list []pemReader) {
	for _, gen := range handset.Libraries() {
		for _, r := range readersOf(gen) {
			if !slices.Contains(list, r) {
				list = append(list, r)
			}
		}
	}
	return list
}

// TestPrefixes cuts a file after every byte: what is taken is whole.
func TestPrefixes(t *testing.T) {
	m := testpem.Load(t)
	text := testpem.Wrap("EXAMPLE", m.B, 64) + testpem.Wrap("CERTIFICATE", m.A, 64)
	for i := range text {
		for _, r := range everyReader() {
			o := r.read([]byte(text[:i]), Certificate)
			checkOutcome(t, o)
			if o.Taken && i < len(text)-1 {
				t.Errorf("%+v takes the first %d of %d bytes", r, i, len(text))
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	testpem.EachHostile(t, func(t *testing.T, text []byte) {
		checkOutcome(t, Read(text, handset.OpenSSL100, Bundle))
		checkOutcome(t, Read(text, handset.OpenSSL3, PrivateKey))
	})
}
