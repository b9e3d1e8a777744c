package convert

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/internal/realparts"
)

// openssl runs the program with input and returns its output.
func openssl(t *testing.T, input []byte, args ...string) []byte {
	t.Helper()
	path := realparts.Need(t, "openssl")
	cmd := exec.Command(path, args...)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return out
}

// legacy gives the arguments that let OpenSSL 3 use old algorithms; earlier
// releases need none.
func legacy(t *testing.T) []string {
	t.Helper()
	if strings.HasPrefix(string(openssl(t, nil, "version")), "OpenSSL 3") {
		return []string{"-legacy"}
	}
	return nil
}

func saved(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Fifty certificates survive PKCS#7 in both encodings, byte for byte, and
// openssl sees them too.
func TestPKCS7OfFifty(t *testing.T) {
	f := makeFamily()
	var bundle []identity
	for i := range 50 {
		bundle = append(bundle, issue(fmt.Sprintf("phone-%02d.example.com", i), &f.root, false, f.leaf.key))
	}
	in := file("bundle.pem", certOf(bundle...)...)
	text, remarks := one(t, Options{To: inspect.FormatPKCS7}, in)
	if !text.Text || len(text.Certificates) != 50 || len(remarks) != 0 {
		t.Fatalf("%d certificates, text %v, remarks %q", len(text.Certificates), text.Text, remarks)
	}
	binary, _ := one(t, Options{To: inspect.FormatPKCS7, DER: true}, in)
	labels, ders := blocks(t, text.Data)
	if len(labels) != 1 || labels[0] != "PKCS7" || !bytes.Equal(ders[0], binary.Data) || binary.Text {
		t.Error("PEM and DER differ")
	}
	for _, form := range []struct {
		name string
		data []byte
	}{{"PEM", text.Data}, {"DER", binary.Data}} {
		printed := openssl(t, form.data, "pkcs7", "-print_certs", "-inform", form.name)
		parts := strings.SplitAfter(string(printed), "-----END CERTIFICATE-----\n")
		if len(parts) != 51 {
			t.Fatalf("%s: openssl prints %d certificates", form.name, len(parts)-1)
		}
		for i, id := range bundle {
			begin := strings.Index(parts[i], "-----BEGIN")
			if _, ders := blocks(t, []byte(parts[i][begin:])); !bytes.Equal(ders[0], id.cert.Raw) {
				t.Errorf("%s: certificate %d differs", form.name, i+1)
			}
		}
	}
}

func TestPKCS12ForOpenSSL(t *testing.T) {
	f := makeFamily()
	in := file("in.pem", append(certOf(f.root, f.intermediate, f.leaf), keyOf(f.leaf))...)
	for name, o := range map[string]Options{
		"modern": {To: inspect.FormatPKCS12},
		"legacy": {To: inspect.FormatPKCS12, Legacy: true},
	} {
		t.Run(name, func(t *testing.T) {
			o.Password = []byte("correct horse ü")
			out, _ := one(t, o, in)
			if len(out.Certificates) != 3 || out.PrivateKeys != 1 || out.Text {
				t.Errorf("%+v", out)
			}
			password := saved(t, "password", append(o.Password, '\n'))
			args := []string{"pkcs12", "-in", saved(t, "out.p12", out.Data), "-passin", "file:" + password, "-nodes"}
			if o.Legacy {
				args = append(args, legacy(t)...)
			}
			printed := openssl(t, nil, args...)
			if n := bytes.Count(printed, []byte("BEGIN CERTIFICATE")); n != 3 || bytes.Count(printed, []byte("BEGIN PRIVATE KEY")) != 1 {
				t.Errorf("openssl finds %d certificates in\n%s", n, printed)
			}
			leafOnly := openssl(t, nil, append(args, "-clcerts", "-nokeys")...)
			if begin := bytes.Index(leafOnly, []byte("-----BEGIN")); begin < 0 || subjects(t, leafOnly[begin:]) != "pbx.example.com" {
				t.Errorf("the key's own certificate is not marked:\n%s", leafOnly)
			}
		})
	}
}

func TestPKCS12OfCertificatesForOpenSSL(t *testing.T) {
	f := makeFamily()
	out, remarks := one(t, Options{Name: "trust.pfx", Password: []byte("changeit")},
		file("in.pem", append(certOf(f.root, f.other), other(inspect.KindCRL, "X509 CRL"))...))
	if out.PrivateKeys != 0 || len(remarks) != 1 {
		t.Errorf("%+v, %q", out, remarks)
	}
	password := saved(t, "password", []byte("changeit"))
	printed := string(openssl(t, nil, "pkcs12", "-in", saved(t, "out.p12", out.Data), "-passin", "file:"+password, "-nokeys"))
	for _, want := range []string{"friendlyName: 01-example-root", "friendlyName: 02-old-root"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is missing in\n%s", want, printed)
		}
	}
}
