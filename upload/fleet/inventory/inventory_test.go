package inventory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

func read(t *testing.T, text string) ([]inventory.Row, *inventory.Reader, error) {
	t.Helper()
	r := inventory.NewReader(strings.NewReader(text))
	var rows []inventory.Row
	for row, err := range r.All() {
		if err != nil {
			return rows, r, err
		}
		rows = append(rows, row)
	}
	return rows, r, nil
}

// zeros are a stream without an end, as that of a device.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func codes(row inventory.Row) string {
	var list []string
	for _, p := range row.Problems {
		if !strings.HasPrefix(p.Message, fmt.Sprintf("line %d: ", row.Line)) || p.Fix == "" || p.Basis == "" || p.Source == "" {
			list = append(list, "half a finding: "+p.Message)
		}
		list = append(list, p.Code)
	}
	return strings.Join(list, " ")
}

func TestForms(t *testing.T) {
	want := inventory.Row{
		Address: "192.0.2.11", MAC: "00005e005301", Handset: "yealink-t28p", User: "admin", Password: "a,b \"c\" ", Via: "form",
		OnlyTrusted: "on", CA: "all", CNValidation: "off", DeviceCert: "default", Custom: []string{"a.pem", "b.pem"}, Server: "pbx.example.com",
	}
	forms := map[string]string{
		"comma":     "address,mac,handset,user,password,via,only_trusted,ca,cn_validation,device_cert,custom,name\n192.0.2.11,00:00:5E:00:53:01,yealink-t28p,admin,\"a,b \"\"c\"\" \",form,on,all,off,default,a.pem|b.pem,pbx.example.com\n",
		"semicolon": "\xef\xbb\xbfHost;MAC address;Model;Username;Password;Via;Only-Trusted;CA;CN Validation;Device cert;Custom;Server\r\n192.0.2.11;0000.5e00.5301;yealink-t28p;admin;\"a,b \"\"c\"\" \";form;Enabled;All;no;Default;a.pem|b.pem;pbx.example.com\r\n",
		"tab":       "# phones\n\nip\tmac\tmodel\tuser\tpassword\tvia\tonly_trusted\tca\tcn_validation\tdevice_cert\tcustom\tname\n192.0.2.11\t00-00-5e-00-53-01\tyealink-t28p\tadmin\t\"a,b \"\"c\"\" \"\tform\t1\tall\t0\tdefault\ta.pem|b.pem\tpbx.example.com",
		"json":      `{"address":"192.0.2.11","mac":"00005e005301","handset":"yealink-t28p","user":"admin","password":"a,b \"c\" ","via":"form","only_trusted":true,"ca":"all","cn_validation":false,"device_cert":"default","custom":["a.pem","b.pem"],"name":"pbx.example.com"}` + "\n",
	}
	for name, text := range forms {
		rows, r, err := read(t, text)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		got := rows[0]
		if !strings.HasSuffix(strings.TrimRight(text, "\r\n"), "\n"+got.Text.Reveal()) && name != "json" || !strings.Contains(text, r.Header()) || (r.Header() == "") != (name == "json") {
			t.Errorf("%s: header %q, line %q", name, r.Header(), got.Text.Reveal())
		}
		got.Line, got.Text = 0, ""
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
		if len(r.Notes()) != 0 {
			t.Errorf("%s: %+v", name, r.Notes())
		}
	}
}

func TestProblems(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"no address", "address,mac\n,00005e005301\n", "inventory.no-address"},
		{"wrong MAC", "address,mac\n192.0.2.1,00005e0053\n", "inventory.mac"},
		{"wrong value", "address,ca\n192.0.2.1,some\n", "inventory.value"},
		{"open quote", "address,mac\n\"192.0.2.1,1\n", "inventory.quote"},
		{"text after a quote", "address,mac\n\"192.0.2.1\"x,1\n", "inventory.quote"},
		{"too many fields", "address\n192.0.2.1,1\n", "inventory.too-many-fields"},
		{"fewer fields", "address,mac\n192.0.2.1\n", ""},
		{"long line", "address\n" + strings.Repeat("x", 3*inventory.MaxLine) + "\n", "inventory.line-too-long"},
		{"long field", "address\n" + strings.Repeat("x", inventory.MaxField+1) + "\n", "inventory.field-too-long"},
		{"broken JSON", "{\"address\":\"192.0.2.1\"\n", "inventory.json"},
		{"JSON list", "{}\n[1]\n", "inventory.no-address|inventory.json-kind"},
		{"JSON number", `{"address":"192.0.2.1","mac":5}`, "inventory.member"},
		{"JSON twice", `{"address":"192.0.2.1","ip":"192.0.2.2"}`, "inventory.member-twice"},
		{"same address", "address\n192.0.2.1\nA.example.com\na.example.com/\n", "||inventory.same-address"},
		{"same MAC", "address,mac\n192.0.2.1,00005e005301\n192.0.2.2,00-00-5E-00-53-01\n", "|inventory.same-mac"},
		{"not UTF-8", "address,note\n192.0.2.1,caf\xe9\n", ""},
	}
	for _, c := range cases {
		rows, _, err := read(t, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var got []string
		for _, row := range rows {
			got = append(got, codes(row))
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("%s: got %q, want %q", c.name, text, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "it is empty",
		"\n\n# nothing\n":                 "it is empty",
		"192.0.2.1,admin,hunter2\n":       "line 1: the header names no column address (nor host, phone, ip, url)",
		"\xff\xfea\x00d\x00":              "it is UTF-16",
		"add\x00ress\n":                   "line 1: it is no text with a header",
		strings.Repeat("x,", 1000):        "line 1: the header has more than 256 columns",
		strings.Repeat("x", 100<<10):      "line 1: it is no text with a header",
		"\"address,password\nx,hunter2\n": "line 1: the header names no column address (nor host, phone, ip, url)",
	} {
		_, _, err := read(t, text)
		var problem *inventory.Error
		if !errors.As(err, &problem) || err.Error() != want || problem.Hint == "" {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
	endless := inventory.NewReader(io.MultiReader(strings.NewReader("address\n"), zeros{}))
	if _, err := endless.Read(); err == nil || err.Error() != "line 2: the line does not end" {
		t.Errorf("a line without an end: %v", err)
	}
	r := inventory.NewReader(io.MultiReader(strings.NewReader("address\n192.0.2.1\n"), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if _, err := r.Read(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if _, err := r.Read(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("a broken stream: %v", err)
		}
	}
}

func TestColumnsThatAreNotKnown(t *testing.T) {
	rows, r, err := read(t, "room,address,ip\n12,192.0.2.1,192.0.2.2\n")
	if err != nil || len(rows) != 1 || rows[0].Extra["room"] != "12" || rows[0].Address != "192.0.2.1" {
		t.Errorf("%+v, %v", rows, err)
	}
	var got []string
	for _, n := range r.Notes() {
		got = append(got, n.Code)
	}
	if strings.Join(got, " ") != "inventory.column-twice inventory.column-not-known" {
		t.Errorf("%q", got)
	}
}

// TestSecret: no verb, no encoder and no message shows a password.
func TestSecret(t *testing.T) {
	rows, _, err := read(t, "address,password,mac\n192.0.2.1,hunter2,x\n192.0.2.1,hunter2,x\n,hunter2,\n")
	if err != nil || rows[0].Password.Reveal() != "hunter2" {
		t.Fatal(rows, err)
	}
	text, err := json.Marshal(rows)
	shown := string(text) + fmt.Sprintf("%v %+v %#v %s %q %x %d", rows, rows, rows, rows[0].Password, rows[0].Password, rows[0].Password, rows[0].Password)
	if err != nil || strings.Contains(shown, "hunter") || strings.Contains(shown, "68756e746572") || !strings.Contains(shown, "***") {
		t.Errorf("shown: %s, %v", shown, err)
	}
	if fmt.Sprint(inventory.Secret("")) != "" {
		t.Error("no password is no secret")
	}
}

// TestManyRows: 100,000 rows take a few small pieces of memory each.
func TestManyRows(t *testing.T) {
	text := manyRows(100_000)
	rows, most := 0, 0
	allocations := testing.AllocsPerRun(1, func() {
		rows, most = 0, 0
		for row, err := range inventory.NewReader(strings.NewReader(text)).All() {
			if err != nil {
				t.Fatal(err)
			}
			rows, most = rows+1, max(most, len(row.Problems))
		}
	})
	if rows != 100_000 || most != 0 || allocations > 20*100_000 {
		t.Errorf("%d rows, %d problems, %.0f allocations", rows, most, allocations)
	}
}

func manyRows(rows int) string {
	var b strings.Builder
	b.WriteString("address,mac,handset,user,password,room\n")
	for i := range rows {
		fmt.Fprintf(&b, "10.%d.%d.%d,00005e%06x,yealink-t28p,admin,secret,%d\n", i>>16, i>>8&255, i&255, i, i)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	text := manyRows(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, err := range inventory.NewReader(strings.NewReader(text)).All() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
