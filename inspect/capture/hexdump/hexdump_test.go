package hexdump

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// sample is bytes whose characters look like hex, as often as not.
func sample(n int) []byte {
	b := []byte{0x16, 3, 1, 0, 0xAB}
	for i := 5; i < n; i++ {
		b = append(b, "abcdef 0123 \x00\xFF"[i*7%14])
	}
	return b[:n]
}

// rowsOf writes lines of 16 bytes: indentation, offset, bytes, characters.
func rowsOf(b []byte, indent, offset, between string, characters func([]byte) string) string {
	var out strings.Builder
	for at := 0; at < len(b); at += 16 {
		part := b[at:min(at+16, len(b))]
		cells := strings.ToLower(fmt.Sprintf("% x", part))
		if len(part) > 8 && between == "  " {
			cells = cells[:23] + " " + cells[23:]
		}
		fmt.Fprintf(&out, "%s"+offset+"%-50s%s\n", indent, at, cells, characters(part))
	}
	return out.String()
}

func printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, string(bytes.Map(func(r rune) rune { return r & 0x7F }, b)))
}

func wiresharkCharacters(b []byte) string {
	s := printable(b)
	if len(s) > 8 {
		return s[:8] + " " + s[8:]
	}
	return s
}

func none([]byte) string { return "" }

// sides parses a dump and joins what each side said.
func sides(text []byte) (client, server []byte, err error) {
	chunks, err := Parse(text)
	for _, c := range chunks {
		if c.From == Server {
			server = append(server, c.Bytes...)
		} else {
			client = append(client, c.Bytes...)
		}
	}
	return client, server, err
}

func TestFormats(t *testing.T) {
	for _, size := range []int{7, 8, 9, 15, 16, 17, 24, 32, 300, 517} {
		b := sample(size)
		plain := hex.EncodeToString(b)
		for name, text := range map[string]string{
			"one line":         plain,
			"upper case":       strings.ToUpper(plain),
			"byte order mark":  "\xEF\xBB\xBF" + plain + "\r\n",
			"pairs":            fmt.Sprintf("% x", b),
			"colons":           strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ":"),
			"0x":               strings.ReplaceAll(fmt.Sprintf("%# x", b), " ", ", "),
			"C array":          "/* Frame\n (5 bytes) */\nstatic const unsigned char pkt1[" + fmt.Sprint(size) + "] = {\n" + strings.ReplaceAll(fmt.Sprintf("%# x", b), " ", ", ") + " /* ab cd */\n}; // end\nunsigned int pkt1_len = 5;\n",
			"C string":         `"\x` + strings.ReplaceAll(fmt.Sprintf("% x", b), " ", `\x`) + `"`,
			"broken in a byte": plain[:5] + "\n" + plain[5:],
			"hexdump -C":       rowsOf(b, "", "%08x  ", "  ", func(b []byte) string { return "|" + printable(b) + "|" }) + fmt.Sprintf("%08x\n", size),
			"od -tx1":          rowsOf(b, "", "%07o ", "", none) + fmt.Sprintf("%07o\n", size),
			"od -Ad -tx1z":     rowsOf(b, "", "%07d ", "", func(b []byte) string { return " >" + printable(b) + "<" }) + fmt.Sprintf("%07d\n", size),
			"Wireshark copy":   rowsOf(b, "", "%04x   ", "", printable),
			"Wireshark follow": rowsOf(b, "", "%08x  ", "  ", wiresharkCharacters),
			"pasted indented":  rowsOf(b, "      ", "%08x  ", "  ", wiresharkCharacters),
		} {
			client, server, err := sides([]byte(text))
			if err != nil || !bytes.Equal(client, b) || len(server) > 0 {
				t.Errorf("%s of %d: %v, %d bytes\n%s", name, size, err, len(client), text)
			}
		}
	}
}

func TestDirections(t *testing.T) {
	a, b := sample(40), sample(61)
	for name, text := range map[string]string{
		"follow": rowsOf(a[:20], "", "%08x  ", "  ", wiresharkCharacters) + rowsOf(b, "    ", "%08x  ", "  ", wiresharkCharacters) +
			strings.NewReplacer("00000000", "00000014", "00000010", "00000024").Replace(rowsOf(a[20:], "", "%08x  ", "  ", wiresharkCharacters)),
		"arrays": fmt.Sprintf("char peer0_0[] = { /* Packet 4 */\n%# x };\nchar peer1_0[] = { /* Packet 6 */\n%# x };\nchar peer0_1[] = {\n%# x };\n", a[:20], b, a[20:]),
		"s_client": fmt.Sprintf("write to 0x55d0 [0x55d1] (20 bytes => 20 (0x14))\n%sread from 0x55d0 [0x55d2] (61 bytes => 61 (0x3D))\n%swrite to 0x55d0 [0x55d1] (20 bytes => 20 (0x14))\n%s",
			dashed(a[:20]), dashed(b), dashed(a[20:])),
	} {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "0x16 0x", "0x16, 0x"), " 0x", ", 0x")
		client, server, err := sides([]byte(text))
		if name == "s_client" {
			client, server, err = sides([]byte(strings.ReplaceAll(text, ", 0x", " 0x")))
		}
		if err != nil || !bytes.Equal(client, a) || !bytes.Equal(server, b) {
			t.Errorf("%s: %v\n%x\n%x\n%s", name, err, client, server, text)
		}
	}
}

// dashed writes as openssl s_client -debug.
func dashed(b []byte) string {
	var out strings.Builder
	for at := 0; at < len(b); at += 16 {
		part := b[at:min(at+16, len(b))]
		cells := fmt.Sprintf("% x", part)
		if len(part) > 8 {
			cells = cells[:23] + "-" + cells[24:]
		}
		fmt.Fprintf(&out, "%04x - %-47s   %s\n", at, cells, printable(part))
	}
	return out.String()
}

func TestRepeatedRows(t *testing.T) {
	client, _, err := sides([]byte("00000000  16 03 01 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040  01\n00000041\n"))
	if want := append(append([]byte{22, 3, 1}, make([]byte, 61)...), 1); err != nil || !bytes.Equal(client, want) {
		t.Errorf("%v %x", err, client)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "no hex digits",
		"\n  \n":               "no hex digits",
		"16 03 01\nhello":      `line 2: 'h' is no hex digit`,
		"16 03 1":              `line 1: the number of hex digits is odd`,
		"16 3 01":              `line 1: "3" has an odd number`,
		"1603\x00":             "line 1: the text holds zero bytes",
		"\xFF\xFE1\x006\x00":   "UTF-16",
		"0000010  16 03 01 00": "line 1: the line begins at offset 0000010, but 0 bytes",
		"00000000: 1603 0100 ....\n00000010: 0100":            "line 1: the line holds 4 bytes, but by the offset of the next it should hold 16",
		"00000000  16 03\n00000002  16 03\n00000001  16":      "line 2: the line holds 2 bytes, but",
		"0000000 0316 0001\n0000004":                          "line 1: the dump shows words of 16 bits",
		"read from 0x1 [0x2] (4 bytes)\n0000 - <SPACES/NULS>": "left out the bytes",
		strings.Repeat("a", MaxText+1):                        "longer than 16 MiB",
	} {
		_, _, err := sides([]byte(text))
		var wrong *Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || wrong.Fix == "" {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// TestPackets: each dump of one packet is a chunk, and tells its line.
func TestPackets(t *testing.T) {
	a, b := sample(40), sample(61)
	wireshark := func(b []byte) string { return rowsOf(b, "", "%04x   ", "", printable) }
	heading := "12:00:00.000000 IP 192.0.2.55.40000 > 198.51.100.10.5061: Flags [P.], length 5\n"
	tcpdump := func(b []byte) string { return heading + rowsOf(b, "\t", "0x%04x:  ", "", printable) }
	for text, lines := range map[string][2]int{
		wireshark(a) + wireshark(b):        {1, 4},
		wireshark(a) + "\n" + wireshark(b): {1, 5},
		tcpdump(a) + tcpdump(b):            {2, 6},
	} {
		chunks, err := Parse([]byte(text))
		chunks = slices.DeleteFunc(chunks, func(c Chunk) bool { return len(c.Bytes) == 0 }) // of a heading
		if err != nil || len(chunks) != 2 || !bytes.Equal(chunks[0].Bytes, a) || !bytes.Equal(chunks[1].Bytes, b) || chunks[0].Line != lines[0] || chunks[1].Line != lines[1] {
			t.Errorf("%v %+v\n%s", err, chunks, text)
		}
	}
}

// TestRealPrograms reads what the programs write.
func TestRealPrograms(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{5, 8, 16, 31, 517} {
		b := sample(size)
		for i := range b[5:] {
			if random.IntN(3) == 0 {
				b[5+i] = byte(random.IntN(256))
			}
		}
		for _, command := range [][]string{
			{"xxd"}, {"xxd", "-p"}, {"xxd", "-i"}, {"xxd", "-g1"}, {"xxd", "-c", "8"}, {"xxd", "-g4"}, {"xxd", "-u", "-c32"}, {"xxd", "-g1", "-c8"},
			{"hexdump", "-C"}, {"od", "-tx1"}, {"od", "-Ax", "-tx1z"}, {"od", "-An", "-tx1"}, {"od", "-Ad", "-v", "-tx1"},
		} {
			text := realparts.Run(t, b, command[0], command[1:]...)
			if client, _, err := sides(text); err != nil || !bytes.Equal(client, b) {
				t.Errorf("%s of %d: %v\n%s\n%x", command, size, err, text, client)
			}
		}
	}
}
