package inspect

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"github.com/phonecert/phonecert/inspect/pfx"
	"software.sslmate.com/src/go-pkcs12"
)

const containerSecret = "pa55 wörd"

func typed(password string) key.Password {
	return func() ([]byte, bool) { return []byte(password), true }
}

func exportPKCS12(t testing.TB, args ...string) []byte {
	t.Helper()
	m := forContainers(t)
	files := m.files()
	files["all"] = append(files["key"], files["chain"]...)
	base := strings.Fields("pkcs12 -provider legacy -provider default -export -in {all} -passout")
	return opensslTool(t, files, slices.Concat(base, []string{"pass:" + containerSecret}, args)...)
}

func TestPKCS12(t *testing.T) {
	m := forContainers(t)
	for name, args := range map[string]string{
		"modern": "", "legacy": "-legacy", "RC4": "-certpbe PBE-SHA1-RC4-40 -keypbe PBE-SHA1-RC4-128", "in clear": "-certpbe NONE -keypbe NONE",
	} {
		t.Run(name, func(t *testing.T) {
			in := exportPKCS12(t, strings.Fields(args)...)
			objects, findings, err := readPKCS12(in, typed(containerSecret))
			if err != nil || len(findings) > 0 {
				t.Fatalf("%v, findings %q", err, codes(findings))
			}
			rest := wantCertificates(t, objects, m.certificates)
			if len(rest) != 1 || rest[0].Kind != KindPrivateKey || rest[0].Key.Locked != nil {
				t.Fatalf("%d objects follow, want the key", len(rest))
			}
			k := rest[0].Key
			if k.Encrypted != (name != "in clear") || k.Encrypted != (k.Cipher != "") || k.Curve != "P-256" ||
				!k.Matches(objects[0].Certificate.RawSubjectPublicKeyInfo) {
				t.Errorf("encrypted: %v, with %q, curve %q", k.Encrypted, k.Cipher, k.Curve)
			}
		})
	}
}

// A second writer: what the library writes, PBMAC1 included.
func TestPKCS12OfTheLibrary(t *testing.T) {
	m := forContainers(t)
	private, err := x509.ParsePKCS8PrivateKey(m.key)
	if err != nil {
		t.Fatal(err)
	}
	var chain []*x509.Certificate
	for _, der := range m.certificates {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, c)
	}
	for name, encoder := range map[string]*pkcs12.Encoder{
		"2026": pkcs12.Modern2026, "2023": pkcs12.Modern2023, "RC2": pkcs12.LegacyRC2, "3DES": pkcs12.LegacyDES, "clear": pkcs12.Passwordless,
	} {
		password := containerSecret
		if encoder == pkcs12.Passwordless {
			password = ""
		}
		in, err := encoder.Encode(private, chain[0], chain[1:], password)
		if err != nil {
			t.Fatal(err)
		}
		objects, findings, err := readPKCS12(in, typed(password))
		if err != nil || len(findings) > 0 {
			t.Fatalf("%s: %v, findings %q", name, err, codes(findings))
		}
		if rest := wantCertificates(t, objects, m.certificates); len(rest) != 1 || !bytes.Equal(rest[0].Key.PKCS8, m.key) {
			t.Errorf("%s: %d objects follow, want the key", name, len(rest))
		}
	}
}

func TestPKCS12Findings(t *testing.T) {
	in := exportPKCS12(t)
	certificates := exportPKCS12(t, "-certpbe", "NONE")
	for _, test := range []struct {
		name    string
		in      []byte
		ask     key.Password
		codes   string
		objects int
	}{
		{"no password", in, nil, "pkcs12.password-needed", 1},
		{"no password, certificates in clear", certificates, nil, "pkcs12.password-needed", 4},
		{"wrong password", in, typed("wrong"), "pkcs12.wrong-password", 1},
		{"wrong password, certificates in clear", certificates, typed("wrong"), "pkcs12.wrong-password", 4},
		{"trailing", append(bytes.Clone(in), 1, 2), typed(containerSecret), "pkcs12.trailing", 4},
		{"BER", append([]byte{0x30, 0x80}, append(bytes.Clone(in[4:]), 0, 0)...), typed(containerSecret), "pkcs12.ber", 4},
		{"unknown cipher", exportPKCS12(t, "-certpbe", "CAMELLIA-128-CBC", "-keypbe", "ARIA-256-CBC"), nil, "pkcs12.encryption pkcs12.encryption", 1},
		{"unknown cipher of the key", exportPKCS12(t, "-keypbe", "ARIA-256-CBC"), typed(containerSecret), "pkcs12.encryption", 4},
		{"unknown MAC", exportPKCS12(t, "-macalg", "sha3-256"), typed(containerSecret), "pkcs12.mac", 4},
		{"empty", []byte{0x30, 0x14, 2, 1, 3, 0x30, 0x0f, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 2, 4, 0}, nil, "", -1},
		{"version", []byte{0x30, 0x16, 2, 1, 1, 0x30, 0x11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 4, 4, 2, 0x30, 0}, nil, "pkcs12.version", 0},
		{"signed", []byte{0x30, 0x16, 2, 1, 3, 0x30, 0x11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2, 0xa0, 4, 4, 2, 0x30, 0}, nil, "pkcs12.public-key", 0},
		{"nothing in it", []byte{0x30, 0x16, 2, 1, 3, 0x30, 0x11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 4, 4, 2, 0x30, 0}, nil, "pkcs12.empty", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			objects, findings, err := readPKCS12(test.in, test.ask)
			if test.objects < 0 {
				if err == nil {
					t.Errorf("read, findings %q", codes(findings))
				}
				return
			}
			if err != nil || codes(findings) != test.codes || len(objects) != test.objects {
				t.Errorf("%v, %d objects, findings %q, want %d and %q", err, len(objects), codes(findings), test.objects, test.codes)
			}
			for _, o := range objects {
				if o.Key != nil && (o.Key.Locked != nil) == (o.Key.PKCS8 != nil) {
					t.Errorf("the key is locked by %v", o.Key.Locked)
				}
			}
		})
	}
}

// Every cause has a code, a sentence and a mend of its own, and no full stop.
func TestPKCS12Problems(t *testing.T) {
	seen := map[string]bool{}
	for _, cause := range []error{
		key.ErrPasswordNeeded, key.ErrWrongPassword, pfx.ErrNotOpened, pfx.ErrKeyPassword, pfx.ErrChanged, pfx.ErrMAC,
		pfx.ErrPublicKeyMode, pfx.ErrVersion, pfx.ErrMany, pbe.ErrUnsupported, pbe.ErrWork, pfx.ErrDamaged,
	} {
		f := pkcs12Problem(cause)
		if seen[f.Code] || f.Message == "" || strings.HasSuffix(f.Message, ".") || f.Fix == "" || f.Basis != finding.Documented {
			t.Errorf("%+v", f)
		}
		seen[f.Code] = true
	}
}

func TestPKCS12Prefixes(t *testing.T) {
	in := exportPKCS12(t)
	for n := range in {
		if _, _, err := readPKCS12(in[:n], nil); !errors.Is(err, ber.ErrTruncated) {
			t.Fatalf("prefix of %d of %d bytes: %v", n, len(in), err)
		}
	}
}

func FuzzPKCS12(f *testing.F) {
	f.Fuzz(func(t *testing.T, in []byte) {
		objects, findings, err := readPKCS12(in, nil)
		if err == nil && len(objects)+len(findings) == 0 {
			t.Error("nothing is said about the file")
		}
	})
}

func TestContainerSeedsExist(t *testing.T) {
	for _, target := range []string{"FuzzPKCS7", "FuzzPKCS12"} {
		seeds, err := os.ReadDir("testdata/fuzz/" + target)
		if err != nil || len(seeds) == 0 {
			t.Fatalf("no fuzz seeds for %s: %v", target, err)
		}
	}
}
