package pfx_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"github.com/phonecert/phonecert/inspect/pfx"
)

// only expects one problem and returns it.
func only(t *testing.T, file *pfx.File, cause error, text string) {
	t.Helper()
	if len(file.Problems) != 1 || !errors.Is(file.Problems[0], cause) || !strings.Contains(file.Problems[0].Error(), text) {
		t.Errorf("problems %v, want %v with %q", file.Problems, cause, text)
	}
}

func TestNoPassword(t *testing.T) {
	file := read(t, export(t, secret), nil)
	only(t, file, key.ErrPasswordNeeded, "the file is encrypted with PBES2 with AES-256-CBC")
	file = read(t, export(t, secret), func() ([]byte, bool) { return nil, false })
	only(t, file, key.ErrPasswordNeeded, "PBES2")
}

func TestWrongPassword(t *testing.T) {
	in := export(t, secret)
	only(t, read(t, in, give(t, "wrong")), key.ErrWrongPassword, "it does not fit the file's HMAC-SHA-256")
	// Without a MAC nobody knows whether it is the password.
	bare := sequence(number(3), data(content(t, in)))
	only(t, read(t, bare, give(t, "wrong")), pfx.ErrNotOpened, "encrypted with PBES2 with AES-256-CBC")
}

// The password is right and the MAC is not: the file was damaged.
func TestChanged(t *testing.T) {
	in := export(t, secret)
	safes := content(t, in)
	at := bytes.Index(in, safes) + len(safes) - 1
	in[at] ^= 1
	file := read(t, in, give(t, secret))
	if len(file.Problems) == 0 || !errors.Is(file.Problems[0], pfx.ErrChanged) || len(file.Bags) < 3 {
		t.Errorf("%d bags, problems %v", len(file.Bags), file.Problems)
	}
}

// An algorithm that is not known is named, and the rest of the file is read.
func TestUnsupported(t *testing.T) {
	in := export(t, secret, "-certpbe", "CAMELLIA-256-CBC")
	file := read(t, in, give(t, secret))
	only(t, file, pbe.ErrUnsupported, "PBES2 with CAMELLIA-256-CBC (part 1 of the file)")
	if len(file.Bags) != 1 || file.Bags[0].Plain == nil {
		t.Errorf("%d bags", len(file.Bags))
	}
	in = export(t, secret, "-keypbe", "ARIA-128-CBC")
	file = read(t, in, give(t, secret))
	if len(file.Bags) != 4 || !errors.Is(file.Bags[3].Locked, pbe.ErrUnsupported) {
		t.Errorf("%d bags, problems %v", len(file.Bags), file.Problems)
	}
	in = export(t, secret, "-keypbe", "ARIA-128-CBC", "-certpbe", "CAMELLIA-128-CBC")
	only(t, read(t, in, never(t)), pbe.ErrUnsupported, "CAMELLIA-128-CBC")
}

func TestUnsupportedMAC(t *testing.T) {
	in := export(t, secret, "-macalg", "sha3-256")
	file := read(t, in, give(t, secret))
	only(t, file, pfx.ErrMAC, "SHA3-256")
	if len(file.Bags) != 4 {
		t.Errorf("%d bags", len(file.Bags))
	}
}

// A file may ask for no more work than all its parts together are granted.
func TestTooManyIterations(t *testing.T) {
	const huge = 2_000_000_000
	encryptedKey := sequence(sequence(pkcs12(1, 3), sequence(octets([]byte("salt")), number(huge))), octets(make([]byte, 8)))
	aes := sequence([]byte{0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a}, octets(make([]byte, 16)))
	pbes2 := sequence(pkcs5(13), sequence(pbkdf2Identifier([]byte("salt"), huge, 32), aes))
	mac := sequence(sequence(sequence(digests(5)), octets(make([]byte, 16))), octets([]byte("salt")), number(huge))
	m := made(t)
	for name, in := range map[string][]byte{
		"the key":          pfxOf(nil, data(sequence(bag(2, encryptedKey)))),
		"the certificates": pfxOf(nil, encrypted(pbes2, make([]byte, 16))),
		"the MAC":          pfxOf(mac, data(sequence(certificateBag(m.chain[0])))),
	} {
		file := read(t, in, never(t))
		problems := file.Problems
		if len(file.Bags) == 1 && file.Bags[0].Locked != nil {
			problems = append(problems, file.Bags[0].Locked)
		}
		if len(problems) != 1 || !errors.Is(problems[0], pbe.ErrWork) || !strings.Contains(problems[0].Error(), "2000000000") {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestKeyWithItsOwnPassword(t *testing.T) {
	m := made(t)
	other := openssl(t, m.pem(), "pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-outform", "DER", "-passout", "pass:another one")
	safes := sequence(data(sequence(certificateBag(m.chain[0]))), data(sequence(bag(2, other))))
	file := read(t, sequence(number(3), data(safes), pbmac1(t, secret, safes)), give(t, secret))
	if len(file.Problems) > 0 || len(file.Bags) != 2 || !errors.Is(file.Bags[1].Locked, pfx.ErrKeyPassword) {
		t.Errorf("problems %v, the key is locked by %v", file.Problems, file.Bags[1].Locked)
	}
}

func TestBags(t *testing.T) {
	m := made(t)
	nested := bag(6, sequence(certificateBag(m.chain[1]), bag(6, sequence(certificateBag(m.chain[2])))))
	list := bag(4, sequence(pkcs9(23, 1), explicit0(octets([]byte("a list")))))
	file := read(t, pfxOf(nil, data(sequence(
		certificateBag(m.chain[0]), nested, list,
		bag(1, m.key), bag(5, sequence(pkcs9(1), explicit0(octets()))), bag(7, sequence()),
		bag(3, sequence(pkcs9(22, 2), explicit0(octets()))), bag(3, sequence(pkcs9(22, 9), explicit0(octets()))), bag(3, number(1)),
	))), never(t))
	var got []string
	for _, b := range file.Bags {
		got = append(got, []string{"certificate", "key", "encrypted key", "list", b.Type}[b.Kind])
	}
	want := "certificate, certificate, certificate, list, key, a secret, a bag of type 1.2.840.113549.1.12.10.1.7, " +
		"an SDSI certificate, a certificate of type 1.2.840.113549.1.9.22.9, a damaged certificate bag"
	if strings.Join(got, ", ") != want || len(file.Problems) > 0 {
		t.Errorf("%s, want %s; problems %v", strings.Join(got, ", "), want, file.Problems)
	}
}

func TestOddParts(t *testing.T) {
	m := made(t)
	good := data(sequence(certificateBag(m.chain[0])))
	for _, test := range []struct {
		name  string
		in    []byte
		cause error
		text  string
	}{
		{"encrypted for a certificate", pfxOf(nil, good, sequence(pkcs7(3), explicit0(sequence()))), pfx.ErrPublicKeyMode, "part 2"},
		{"of an unknown type", pfxOf(nil, sequence(pkcs7(9), explicit0(sequence())), good), pbe.ErrUnsupported, "part 1 is of type"},
		{"without content", pfxOf(nil, good, sequence(pkcs7(1))), pfx.ErrDamaged, "part 2 has no content"},
		{"not a string", pfxOf(nil, good, sequence(pkcs7(1), explicit0(number(1)))), pfx.ErrDamaged, "part 2 is no string"},
		{"not encrypted data", pfxOf(nil, good, sequence(pkcs7(6), explicit0(number(1)))), pfx.ErrDamaged, "encrypted part 2"},
		{"not a list", pfxOf(nil, good, data(number(1))), pfx.ErrDamaged, "no list within"},
		{"cut off", pfxOf(nil, good, data([]byte{0x30, 5})), pfx.ErrDamaged, "cut off at byte 0 within"},
		{"more than a list", pfxOf(nil, good, data([]byte{0x30, 0, 0})), pfx.ErrDamaged, "1 bytes follow"},
		{"not a bag", pfxOf(nil, good, data(sequence(number(1)))), pfx.ErrDamaged, "bag 2"},
		{"damaged MAC", pfxOf(sequence(number(1)), good), pfx.ErrMAC, "no MAC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := read(t, test.in, never(t))
			only(t, file, test.cause, test.text)
			if len(file.Bags) != 1 {
				t.Errorf("%d bags, want the good one", len(file.Bags))
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		in    []byte
		cause error
	}{
		{"nothing", nil, pfx.ErrNotPFX},
		{"a certificate", made(t).chain[0], pfx.ErrNotPFX},
		{"a key", made(t).key, pfx.ErrNotPFX},
		{"version 1", sequence(number(1), data(sequence())), pfx.ErrVersion},
		{"signed", sequence(number(3), sequence(pkcs7(2), explicit0(sequence()))), pfx.ErrPublicKeyMode},
		{"of another type", sequence(number(3), sequence(pkcs7(5), explicit0(sequence()))), pfx.ErrNotPFX},
		{"without a string", sequence(number(3), sequence(pkcs7(1), explicit0(sequence()))), pfx.ErrDamaged},
		{"with more than a MAC", sequence(number(3), data(sequence()), sequence(), sequence()), pfx.ErrDamaged},
		{"not a list", sequence(number(3), data(number(1))), pfx.ErrDamaged},
	} {
		if file, err := pfx.Read(test.in, never(t)); !errors.Is(err, test.cause) {
			t.Errorf("%s: %v, %v, want %v", test.name, file, err, test.cause)
		}
	}
}

func TestTooManyBags(t *testing.T) {
	file := read(t, pfxOf(nil, data(sequence(bytes.Repeat(bag(5, sequence()), pfx.MaxBags+1)))), never(t))
	only(t, file, pfx.ErrMany, "more than 10000")
	if len(file.Bags) != pfx.MaxBags {
		t.Errorf("%d bags", len(file.Bags))
	}
}

func TestPrefixes(t *testing.T) {
	m := made(t)
	safes := sequence(data(sequence(certificateBag(m.chain[0]), bag(1, m.key))))
	in := sequence(number(3), data(safes), pbmac1(t, secret, safes))
	for n := range in {
		if file, err := pfx.Read(in[:n], never(t)); err == nil {
			t.Fatalf("prefix of %d of %d bytes was read: %d bags", n, len(in), len(file.Bags))
		}
	}
}

// Neither the password nor a key may be in a message.
func TestMessagesHoldNoSecret(t *testing.T) {
	const password = "correct horse battery staple"
	in := export(t, secret, "-legacy")
	for n := 0; n < len(in); n += 31 {
		broken := bytes.Clone(in)
		broken[n] ^= 0x15
		der, _, err := ber.ToDER(broken)
		if err != nil {
			continue
		}
		for _, given := range []string{secret, password} {
			file, err := pfx.Read(der, func() ([]byte, bool) { return []byte(given), true })
			var text strings.Builder
			if err != nil {
				text.WriteString(err.Error())
			} else {
				for _, problem := range file.Problems {
					text.WriteString(problem.Error())
				}
			}
			if strings.Contains(text.String(), given) {
				t.Fatalf("byte %d: %s", n, text.String())
			}
		}
	}
}
