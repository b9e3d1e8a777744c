package ber_test

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/ber"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestToDER(t *testing.T) {
	for _, test := range []struct{ name, in, der, rest string }{
		{"DER", "3003020105", "3003020105", ""},
		{"trailing bytes", "3003020105 0d0a", "3003020105", "0d0a"},
		{"indefinite", "3080 020105 0000", "3003 020105", ""},
		{"indefinite and trailing", "3080 020105 0000 0000", "3003 020105", "0000"},
		{"indefinite and empty", "3080 0000", "3000", ""},
		{"nested", "3080 3080 0500 0000 a080 3000 0000 0000", "3008 3002 0500 a002 3000", ""},
		{"long length", "308105 02820001 05", "3003 020105", ""},
		{"long length of four zeros", "30850000000002 0500", "3002 0500", ""},
		{"segmented octets", "2480 0402aabb 0401cc 0000", "0403 aabbcc", ""},
		{"segmented octets, definite", "2407 0402aabb 0401cc", "0403 aabbcc", ""},
		{"segments in segments", "2480 2480 0401aa 0000 2404 0402bbcc 0000", "0403 aabbcc", ""},
		{"no segments", "2480 0000", "0400", ""},
		{"segmented UTF8String", "3080 2c80 040168 040169 0000 0000", "3004 0c026869", ""},
		{"segmented IA5String of its own type", "3605 160168 1600", "160168", ""},
		{"an implicit string stays constructed", "a080 0401aa 0401bb 0000", "a006 0401aa 0401bb", ""},
		{"high tag", "bf8f2f80 0500 0000", "bf8f2f02 0500", ""},
		{"zeros in a definite string", "04020000", "04020000", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := unhex(t, test.in)
			der, rest, err := ber.ToDER(in)
			if err != nil {
				t.Fatal(err)
			}
			if want := unhex(t, test.der); !bytes.Equal(der, want) {
				t.Errorf("der = %x, want %x", der, want)
			}
			if want := unhex(t, test.rest); !bytes.Equal(rest, want) {
				t.Errorf("rest = %x, want %x", rest, want)
			}
			if n, ok := ber.Length(in); !ok || n != len(in)-len(rest) {
				t.Errorf("Length = %d, %v, want %d", n, ok, len(in)-len(rest))
			}
		})
	}
}

func TestToDERRefuses(t *testing.T) {
	for _, test := range []struct {
		name, in string
		cause    error
		text     string
	}{
		{"empty", "", ber.ErrTruncated, "the data is cut off at byte 0"},
		{"tag alone", "30", ber.ErrTruncated, "at byte 0"},
		{"cut in the length", "3082 01", ber.ErrTruncated, "at byte 0"},
		{"cut in the content", "3005 0201", ber.ErrTruncated, "at byte 0"},
		{"cut in an indefinite element", "3080 0500", ber.ErrTruncated, "at byte 4"},
		{"cut in the second element", "3080 0500 0203 01", ber.ErrTruncated, "at byte 4"},
		{"child longer than parent", "3003 0402aa bb", ber.ErrSyntax, "longer than the one around it at byte 2"},
		{"half a header in the parent", "3001 02 00", ber.ErrSyntax, "at byte 2"},
		{"end of contents in a definite element", "3002 0000", ber.ErrSyntax, "ends nothing at byte 2"},
		{"end of contents alone", "0000", ber.ErrSyntax, "ends nothing at byte 0"},
		{"primitive and indefinite", "0480 0000", ber.ErrSyntax, "indefinite length at byte 0"},
		{"reserved length", "30ff", ber.ErrSyntax, "reserved length at byte 0"},
		{"huge length", "30847fffffff", ber.ErrSyntax, "more than 1 GiB at byte 0"},
		{"leading zero in a tag", "1f8001 00", ber.ErrSyntax, "leading zero at byte 0"},
		{"a number within a string", "2480 020105 0000", ber.ErrSyntax, "no string at byte 2"},
		{"segmented BIT STRING", "2380 0302 00aa 0000", ber.ErrSyntax, "BIT STRING in segments is not supported at byte 0"},
		{"too deep", strings.Repeat("3080", ber.MaxDepth+1), ber.ErrDepth, "at byte 128"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := ber.ToDER(unhex(t, test.in))
			if !errors.Is(err, test.cause) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %v, want %v with %q", err, test.cause, test.text)
			}
		})
	}
}

func TestLength(t *testing.T) {
	for _, test := range []struct {
		name, in string
		total    int
		ok       bool
	}{
		{"cut off", "3082 03e8 020105", 1004, true},
		{"indefinite and cut off", "3080 020105", 0, false},
		{"no header", "30", 0, false},
		{"nothing", "", 0, false},
	} {
		if total, ok := ber.Length(unhex(t, test.in)); total != test.total || ok != test.ok {
			t.Errorf("%s: Length = %d, %v, want %d, %v", test.name, total, ok, test.total, test.ok)
		}
	}
}

func TestJoinOctets(t *testing.T) {
	joined, ok := ber.JoinOctets(unhex(t, "0402aabb 0400 0401cc"))
	if !ok || !bytes.Equal(joined, []byte{0xaa, 0xbb, 0xcc}) {
		t.Errorf("JoinOctets = %x, %v", joined, ok)
	}
	for _, bad := range []string{"0402aa", "0201aa", "04", "0480"} {
		if joined, ok := ber.JoinOctets(unhex(t, bad)); ok {
			t.Errorf("JoinOctets(%s) = %x", bad, joined)
		}
	}
}

// DER must not be copied, for most files are DER.
func TestDERIsNotCopied(t *testing.T) {
	in := unhex(t, "3003020105ff")
	der, _, err := ber.ToDER(in)
	if err != nil || &der[0] != &in[0] {
		t.Errorf("DER was copied (error %v)", err)
	}
}

// name is a structure with every kind of element that certificates have, in
// DER and with all lengths indefinite.
func name(t testing.TB) (der, indefinite []byte) {
	t.Helper()
	der, err := asn1.Marshal(pkix.Name{
		Country: []string{"US"}, CommonName: strings.Repeat("example ", 40),
	}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	return der, loosen(t, der)
}

// loosen writes DER with indefinite lengths wherever BER allows them.
func loosen(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for len(der) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			t.Fatal(err)
		}
		if v.IsCompound {
			out = append(out, der[0], 0x80)
			out = append(out, loosen(t, v.Bytes)...)
			out = append(out, 0, 0)
		} else {
			out = append(out, v.FullBytes...)
		}
		der = rest
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	want, in := name(t)
	der, rest, err := ber.ToDER(in)
	if err != nil || len(rest) > 0 || !bytes.Equal(der, want) {
		t.Errorf("ToDER = %x, %x, %v, want %x", der, rest, err, want)
	}
}

func TestPrefixes(t *testing.T) {
	der, indefinite := name(t)
	for _, whole := range [][]byte{der, indefinite} {
		for n := range whole {
			if _, _, err := ber.ToDER(whole[:n]); !errors.Is(err, ber.ErrTruncated) {
				t.Fatalf("prefix of %d of %d bytes: %v", n, len(whole), err)
			}
		}
	}
}

// Hostile input must cost linear time: a million empty elements, and one
// string in a million segments.
func TestManyElements(t *testing.T) {
	const n = 1 << 20
	for _, in := range [][]byte{
		bytes.Join([][]byte{{0x30, 0x80}, bytes.Repeat([]byte{0x30, 0x00}, n), {0, 0}}, nil),
		bytes.Join([][]byte{{0x24, 0x80}, bytes.Repeat([]byte{0x04, 0x00}, n), {0, 0}}, nil),
		bytes.Repeat([]byte{0x30, 0x80}, n),
	} {
		if der, _, err := ber.ToDER(in); err == nil && len(der) > len(in)+8 {
			t.Errorf("%d bytes became %d", len(in), len(der))
		}
	}
}

func TestRandomBytes(t *testing.T) {
	in := make([]byte, 64)
	random := rand.NewChaCha8([32]byte{})
	for range 2000 {
		_, _ = random.Read(in)
		in[0], in[1] = 0x30, 0x80
		if der, _, err := ber.ToDER(in); err == nil && len(der) > len(in) {
			t.Errorf("%x became %x", in, der)
		}
	}
}
