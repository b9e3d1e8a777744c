package convert

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/key"
)

func TestPEMKeepsOrderAndKinds(t *testing.T) {
	f := makeFamily()
	in := file("all.pem", objects(certOf(f.root), []inspect.Object{keyOf(f.leaf)}, certOf(f.leaf), []inspect.Object{
		other(inspect.KindCSR, "NEW CERTIFICATE REQUEST"), other(inspect.KindCRL, "X509 CRL"),
		other(inspect.KindPublicKey, ""), other(inspect.KindPublicKey, "RSA PUBLIC KEY"), other(inspect.KindOther, "EC PARAMETERS"),
	})...)
	out, remarks := one(t, Options{}, in)
	labels, ders := blocks(t, out.Data)
	want := []string{"CERTIFICATE", "PRIVATE KEY", "CERTIFICATE", "CERTIFICATE REQUEST", "X509 CRL", "PUBLIC KEY", "RSA PUBLIC KEY"}
	if !slices.Equal(labels, want) {
		t.Errorf("labels %q", labels)
	}
	if !bytes.Equal(ders[0], f.root.cert.Raw) || !bytes.Equal(ders[3], in.Objects[3].DER) {
		t.Error("the bytes differ")
	}
	if len(out.Certificates) != 2 || out.PrivateKeys != 1 || !out.Text || out.Format != inspect.FormatPEM || out.Name != "" {
		t.Errorf("%+v", out)
	}
	if len(remarks) != 1 || !strings.Contains(remarks[0], `EC PARAMETERS block in line 5 of "all.pem"`) {
		t.Errorf("remarks %q", remarks)
	}
}

func TestDEROfOneObject(t *testing.T) {
	f := makeFamily()
	key := keyOf(f.leaf)
	tests := []struct {
		name    string
		objects []inspect.Object
		want    []byte
		remarks int
	}{
		{"certificate", certOf(f.root), f.root.cert.Raw, 0},
		{"certificate and key", append(certOf(f.leaf), key), f.leaf.cert.Raw, 1},
		{"key", []inspect.Object{key}, key.Key.PKCS8, 0},
		{"request", []inspect.Object{other(inspect.KindCSR, "x")}, []byte{0x30, 3, 2, 1, 1}, 0},
		{"revocation list", []inspect.Object{other(inspect.KindCRL, "xy")}, []byte{0x30, 3, 2, 1, 2}, 0},
	}
	for _, test := range tests {
		out, remarks := one(t, Options{Name: "out.der"}, file("in.pem", test.objects...))
		if !bytes.Equal(out.Data, test.want) || out.Text || out.Format != inspect.FormatDER {
			t.Errorf("%s: wrong output", test.name)
		}
		if len(remarks) != test.remarks {
			t.Errorf("%s: remarks %q", test.name, remarks)
		}
	}
}

func TestFormatFollowsTheName(t *testing.T) {
	for name, want := range map[string]inspect.Format{
		"": inspect.FormatPEM, "a.pem": inspect.FormatPEM, "a.crt": inspect.FormatPEM, "a.CER": inspect.FormatPEM,
		"a": inspect.FormatPEM, "a.key": inspect.FormatPEM, "A.DER": inspect.FormatDER, "a.p7b": inspect.FormatPKCS7,
		"a.p7c": inspect.FormatPKCS7, "a.p12": inspect.FormatPKCS12, "a.pem.PFX": inspect.FormatPKCS12,
	} {
		if got := FormatOf(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestMergeDropsDuplicates(t *testing.T) {
	f := makeFamily()
	// The same key in another form is the same key.
	again := keyOf(f.leaf)
	again.DER = []byte{1, 2, 3}
	out, remarks := one(t, Options{},
		file("cert.crt", certOf(f.leaf, f.intermediate)...),
		file("chain.pem", certOf(f.intermediate, f.root)...),
		file("key.pem", keyOf(f.leaf), again))
	if got := subjects(t, out.Data); got != "pbx.example.com, Example Issuing CA, Example Root, PRIVATE KEY" {
		t.Errorf("got %s", got)
	}
	if len(remarks) != 2 || !strings.Contains(remarks[0], `line 1 of "chain.pem"`) {
		t.Errorf("remarks %q", remarks)
	}
}

func TestManyDuplicatesAreToldInShort(t *testing.T) {
	root := makeFamily().root
	_, remarks := one(t, Options{}, file("x", certOf(root, root, root, root, root, root, root, root)...))
	if len(remarks) != 6 || remarks[5] != "left out 2 objects more that came before" {
		t.Errorf("remarks %q", remarks)
	}
}

func TestChainOrder(t *testing.T) {
	f := makeFamily()
	tests := []struct {
		name    string
		objects []inspect.Object
		want    string
		remark  string
	}{
		{"in order", certOf(f.leaf, f.intermediate, f.root), "pbx.example.com, Example Issuing CA, Example Root", ""},
		{"reversed", certOf(f.root, f.intermediate, f.leaf), "pbx.example.com, Example Issuing CA, Example Root", ""},
		{"with key first", append([]inspect.Object{keyOf(f.leaf)}, certOf(f.root, f.leaf, f.intermediate)...),
			"pbx.example.com, Example Issuing CA, Example Root, PRIVATE KEY", ""},
		{"gap", certOf(f.root, f.leaf), "pbx.example.com, Example Root", "1 of the certificates are not in the chain"},
		{"cross-signed twin", certOf(f.cross, f.root, f.other, f.intermediate, f.leaf),
			"pbx.example.com, Example Issuing CA, Example Root, Example Root, Old Root", "2 of the certificates"},
		{"cross-signed only", certOf(f.cross, f.other, f.intermediate, f.leaf),
			"pbx.example.com, Example Issuing CA, Example Root, Old Root", ""},
		{"the key decides", append(certOf(f.leaf, f.selfSigned), keyOf(f.selfSigned)), "192.0.2.1, pbx.example.com, PRIVATE KEY", "chain of \"192.0.2.1\""},
		{"authorities only", certOf(f.root, f.intermediate), "Example Issuing CA, Example Root", ""},
		{"key alone", []inspect.Object{keyOf(f.leaf)}, "PRIVATE KEY", ""},
	}
	for _, test := range tests {
		out, remarks := one(t, Options{Order: ChainOrder}, file("in.pem", test.objects...))
		if got := subjects(t, out.Data); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if all := strings.Join(remarks, "\n"); (all == "") != (test.remark == "") || !strings.Contains(all, test.remark) {
			t.Errorf("%s: remarks %q", test.name, remarks)
		}
	}
}

// Two authorities that have certified each other must not lead in a circle.
func TestChainCircle(t *testing.T) {
	a := issue("A", nil, true, newRSA())
	b := issue("B", &a, true, newRSA())
	a2 := issue("A", &b, true, a.key)
	out, _ := one(t, Options{Order: ChainOrder}, file("circle.pem", certOf(a2, b)...))
	if got := subjects(t, out.Data); got != "A, B" {
		t.Errorf("got %s", got)
	}
}

func TestSelect(t *testing.T) {
	f := makeFamily()
	all := objects(certOf(f.root, f.intermediate, f.leaf), []inspect.Object{keyOf(f.leaf), other(inspect.KindCSR, "CSR")})
	tests := []struct{ choice, want string }{
		{"1", "Example Root"},
		{"2", "Example Issuing CA"},
		{"3", "pbx.example.com, PRIVATE KEY"},
		{"leaf", "pbx.example.com, PRIVATE KEY"},
		{"root", "Example Root"},
	}
	for _, test := range tests {
		out, _ := one(t, Options{Select: test.choice}, file("in.pem", all...))
		if got := subjects(t, out.Data); got != test.want {
			t.Errorf("%s: %s, want %s", test.choice, got, test.want)
		}
	}
	out, _ := one(t, Options{Select: "leaf", NoKeys: true, To: inspect.FormatDER}, file("in.pem", all...))
	if !bytes.Equal(out.Data, f.leaf.cert.Raw) {
		t.Error("leaf to DER")
	}
	out, _ = one(t, Options{Select: "leaf"}, file("ca.pem", certOf(f.root, f.intermediate)...))
	if got := subjects(t, out.Data); got != "Example Issuing CA" {
		t.Errorf("leaf of authorities: %s", got)
	}
	// What is sound can be taken out of a damaged file, and the damage is told.
	out, remarks := one(t, Options{Select: "root"}, damaged(file("in.pem", all...)))
	if len(out.Certificates) != 1 || len(remarks) != 1 || !strings.Contains(remarks[0], "cut off") {
		t.Errorf("damaged file: %+v, %q", out, remarks)
	}
}

func TestSplit(t *testing.T) {
	f := makeFamily()
	in := file("in.p12", objects(certOf(f.leaf, f.root), []inspect.Object{keyOf(f.leaf), other(inspect.KindCSR, "CSR")})...)
	for _, to := range []inspect.Format{inspect.FormatPEM, inspect.FormatDER} {
		outputs, _, err := Convert([]*inspect.File{in}, Options{To: to, Split: true})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, out := range outputs {
			names = append(names, out.Name)
			if out.Format != to || len(out.Certificates)+out.PrivateKeys > 1 {
				t.Errorf("%+v", out)
			}
		}
		want := "01-pbx-example-com.E 02-example-root.E 03-private-key.E 04-certificate-request.E"
		if got := strings.Join(names, " "); got != strings.ReplaceAll(want, "E", string(to)) {
			t.Errorf("%s: %s", to, got)
		}
		if outputs[2].PrivateKeys != 1 || outputs[0].PrivateKeys != 0 {
			t.Error("the private key is not marked")
		}
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"Example Root CA - G2":    "07-example-root-ca-g2.pem",
		"../../etc/passwd":        "07-etc-passwd.pem",
		"*.example.com":           "07-example-com.pem",
		"Zürich & Köln":           "07-z-rich-k-ln.pem",
		"認証局":                     "07-certificate.pem",
		"\x00\n\\:":               "07-x00-n.pem",
		strings.Repeat("ab ", 40): "07-" + strings.Repeat("ab-", 13) + "a.pem",
	} {
		it := item{Object: certOf(issue(name, nil, true, makeFamily().root.key))[0]}
		if got := fileName(7, 20, it, ".pem"); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	it := item{Object: inspect.Object{Kind: inspect.KindPrivateKey}}
	if got := fileName(3, 1000, it, ".der"); got != "0003-private-key.der" {
		t.Errorf("got %q", got)
	}
}

// What is refused is refused with a sentence of its own and a hint.
func TestRefusals(t *testing.T) {
	f := makeFamily()
	chain := file("chain.pem", certOf(f.leaf, f.intermediate, f.root)...)
	alone := file("key.pem", keyOf(f.leaf))
	tests := []struct {
		name string
		in   []*inspect.File
		o    Options
		want string
		hint string
	}{
		{"several to DER", []*inspect.File{chain}, Options{To: inspect.FormatDER}, `"chain.pem" holds 3 certificates`, "--split DIR"},
		{"several to DER", []*inspect.File{chain}, Options{To: inspect.FormatDER}, "a DER file holds one", `1 "pbx.example.com", 2`},
		{"several others to DER", []*inspect.File{file("x", keyOf(f.leaf), keyOf(f.root))}, Options{To: inspect.FormatDER}, "2 objects and no certificate", "--split"},
		{"nothing", []*inspect.File{chain, file("empty")}, Options{}, `"empty" holds nothing`, "phonecert inspect empty"},
		{"damaged", []*inspect.File{damaged(file("cut.pem", certOf(f.root)...))}, Options{}, `"cut.pem" cannot be converted: it was cut off`, "copy it again"},
		{"damaged, selected", []*inspect.File{damaged(file("cut.pem"))}, Options{Select: "1"}, "cannot be converted", "copy it again"},
		{"no such number", []*inspect.File{chain}, Options{Select: "4"}, "there is no certificate 4", "inspect chain.pem"},
		{"no such number", []*inspect.File{chain}, Options{Select: "0"}, "there is no certificate 0", "inspect"},
		{"no selection", []*inspect.File{chain}, Options{Select: "top"}, `--select "top"`, "leaf or root"},
		{"two leaves", []*inspect.File{file("x", certOf(f.leaf, f.ec)...)}, Options{Select: "leaf"}, "2 certificates to which --select leaf", `2 "ec.example.com"`},
		{"no root", []*inspect.File{file("x", certOf(f.leaf)...)}, Options{Select: "root"}, "no root certificate", "inspect x"},
		{"key to p7b", []*inspect.File{alone}, Options{To: inspect.FormatPKCS7}, "PKCS#7 file holds nothing else", "--to pem"},
		{"key to p12", []*inspect.File{alone}, Options{To: inspect.FormatPKCS12}, "PKCS#12 file is made for one", "CERTIFICATE KEY"},
		{"wrong key to p12", []*inspect.File{alone, file("r.pem", certOf(f.root)...)}, Options{To: inspect.FormatPKCS12}, "belongs to none", "CERTIFICATE KEY"},
		{"two pairs to p12", []*inspect.File{file("x", objects(certOf(f.leaf, f.root), []inspect.Object{keyOf(f.leaf), keyOf(f.root)})...)},
			Options{To: inspect.FormatPKCS12}, "a private key for 2 certificates", "--select N"},
		{"locked to p12", []*inspect.File{file("x", append(certOf(f.leaf), lockedKey())...)}, Options{To: inspect.FormatPKCS12}, "could not be decrypted: no password", "--password-file"},
		{"locked to PEM", []*inspect.File{file("x", lockedKey())}, Options{}, "could not be decrypted: no password", "--password-file"},
		{"locked to DER", []*inspect.File{file("x", lockedKey())}, Options{To: inspect.FormatDER}, "could not be decrypted", "PHONECERT_PASSWORD"},
		{"no keys", []*inspect.File{alone}, Options{NoKeys: true}, "private keys only", "--no-keys"},
		{"split p7b", []*inspect.File{chain}, Options{To: inspect.FormatPKCS7, Split: true}, "--split writes one object a file", "--to pem"},
		{"odd format", []*inspect.File{chain}, Options{To: "zip"}, `nothing is written as "zip"`, "--to"},
		{"odd password", []*inspect.File{chain}, Options{To: inspect.FormatPKCS12, Password: []byte("\U0001F512")}, "could not be written", "password"},
		{"half a request", []*inspect.File{file("x", inspect.Object{Kind: inspect.KindCSR, DER: []byte{0x30, 2, 0x30, 1}})}, Options{}, "the certificate request in \"x\" is damaged inside", "inspect x"},
		{"unknown key", []*inspect.File{file("x", inspect.Object{Kind: inspect.KindPrivateKey, Key: &key.Private{}})}, Options{}, "of a kind that cannot be converted", "inspect x"},
	}
	for _, test := range tests {
		outputs, _, err := Convert(test.in, test.o)
		refusal, ok := err.(*Error)
		if !ok || outputs != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		hints := strings.Join(refusal.Hints, "\n")
		if !strings.Contains(refusal.Reason, test.want) || !strings.Contains(hints, test.hint) {
			t.Errorf("%s: %q, hints %q", test.name, refusal.Reason, hints)
		}
	}
}

// Certificates that the strict parser refuses are written all the same.
func TestLenientCertificates(t *testing.T) {
	der := bytes.Clone(makeFamily().root.cert.Raw)
	serial := makeFamily().root.cert.SerialNumber.Bytes()
	der[bytes.Index(der, serial)] |= 0x80
	odd := identity{cert: parsed(der)}
	if odd.cert.Strict == nil {
		t.Skip("the strict parser takes negative serial numbers here")
	}
	if _, err := x509.ParseCertificate(der); err == nil {
		t.Fatal("not odd")
	}
	for _, to := range []inspect.Format{inspect.FormatPEM, inspect.FormatDER, inspect.FormatPKCS7, inspect.FormatPKCS12} {
		out, _ := one(t, Options{To: to, DER: true}, file("odd.pem", certOf(odd)...))
		if to == inspect.FormatDER && !bytes.Equal(out.Data, der) || to == inspect.FormatPKCS7 && !bytes.Contains(out.Data, der) {
			t.Errorf("%s: other bytes", to)
		}
	}
}

// A key's bytes and a password never stand in an error or a remark.
func TestSecretsStaySecret(t *testing.T) {
	f := makeFamily()
	secret := keyOf(f.leaf)
	for _, to := range []inspect.Format{inspect.FormatPEM, inspect.FormatDER, inspect.FormatPKCS7, inspect.FormatPKCS12} {
		in := file("x", append(certOf(f.root, f.leaf), secret)...)
		_, remarks, err := Convert([]*inspect.File{in}, Options{To: to, Password: []byte("correct horse \U0001F512")})
		text := strings.Join(remarks, "\n")
		if err != nil {
			text += err.Error()
		}
		if strings.Contains(text, "correct horse") || strings.Contains(text, string(secret.DER[30:40])) {
			t.Errorf("%s: %q", to, text)
		}
	}
}
