package resolve

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

func TestParseTarget(t *testing.T) {
	type target = diagnosis.Target
	for _, test := range []struct {
		text, mac string
		want      target
	}{
		{"pbx.example.com", "", target{Scheme: "sips", Host: "pbx.example.com", Port: 5061}},
		{"pbx.example.com.:5070", "", target{Scheme: "sips", Host: "pbx.example.com", Port: 5070}},
		{"PBX_1:65535", "", target{Scheme: "sips", Host: "PBX_1", Port: 65535}},
		{"192.0.2.10", "", target{Scheme: "sips", Host: "192.0.2.10", Port: 5061}},
		{"2001:db8::10", "", target{Scheme: "sips", Host: "2001:db8::10", Port: 5061}},
		{"[2001:db8::10]", "", target{Scheme: "sips", Host: "2001:db8::10", Port: 5061}},
		{"[2001:db8::10]:5062", "", target{Scheme: "sips", Host: "2001:db8::10", Port: 5062}},
		{"sips:100@example.com", "", target{Scheme: "sips", User: "100", Host: "example.com", Port: 5061, Discovery: diagnosis.ByNAPTR}},
		{"SIPS:example.com", "", target{Scheme: "sips", Host: "example.com", Port: 5061, Discovery: diagnosis.ByNAPTR}},
		{"sips:example.com;transport=TLS;lr", "", target{Scheme: "sips", Host: "example.com", Port: 5061, Discovery: diagnosis.BySRV}},
		{"sips:a;b=c@example.com;user=phone", "", target{Scheme: "sips", User: "a;b=c", Host: "example.com", Port: 5061, Discovery: diagnosis.ByNAPTR}},
		{"sips:100@example.com:5061", "", target{Scheme: "sips", User: "100", Host: "example.com", Port: 5061}},
		{"sips:100@192.0.2.10", "", target{Scheme: "sips", User: "100", Host: "192.0.2.10", Port: 5061}},
		{"sips:100@[2001:db8::10]", "", target{Scheme: "sips", User: "100", Host: "2001:db8::10", Port: 5061}},
		{"https://prov.example.com", "", target{Scheme: "https", Host: "prov.example.com", Port: 443, Path: "/"}},
		{"HTTPS://prov.example.com:8443/a/$MAC.cfg?x=$MAC", "00:15:65:AA:BB:CC", target{Scheme: "https", Host: "prov.example.com", Port: 8443, Path: "/a/001565aabbcc.cfg?x=001565aabbcc"}},
		{"https://[2001:db8::10]?a@b", "0015.65aa.bbcc", target{Scheme: "https", Host: "2001:db8::10", Port: 443, Path: "/?a@b"}},
	} {
		test.want.Text = test.text
		if got, err := ParseTarget(test.text, test.mac); err != nil || got != test.want {
			t.Errorf("%q: %+v, %v", test.text, got, err)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	said := map[string]string{}
	for _, test := range []struct{ text, message, hint string }{
		{"", "the target is empty", "sips:user@domain"},
		{strings.Repeat("a", 3000), "the target has 3000 characters", "a target is"},
		{"pbx example.com", `"pbx example.com" has a space at character 4`, "several arguments"},
		{"pbx\x00", "control character at character 4", ""},
		{"pbx.example.com:", `"" is no port`, "1 to 65535"},
		{"pbx.example.com:0", `"0" is no port`, ""},
		{"pbx.example.com:65536", `"65536" is no port`, ""},
		{"pbx.example.com:+1", `"+1" is no port`, ""},
		{"pbx.example.com:sips", `"sips" is no port`, ""},
		{":5061", "the target has no host", "pbx.example.com"},
		{"a:b:c", "more than one colon", "[2001:db8::10]:5061"},
		{"[2001:db8::10", "is no IPv6 address in brackets", "[2001:db8::10]:5061"},
		{"[192.0.2.1]:5061", "is no IPv6 address in brackets", ""},
		{"[2001:db8::10]5061", "is no IPv6 address in brackets", ""},
		{"pbx..example.com", "an empty part between its dots", ""},
		{"-pbx.example.com", "is no host name", "hyphen"},
		{strings.Repeat("a", 64) + ".com", "a part of 64 characters", "63"},
		{strings.Repeat("a.", 130) + "com", "the host has 263 characters", ""},
		{"pbx*.example.com", `'*' cannot be in a host name`, ""},
		{"telefon.bücher.example", "is an internationalized name", "xn--"},
		{"192.0.2.300", "neither a name nor an address", "four numbers"},
		{"100@example.com", "has a user, but no scheme", `"sips:user@example.com"`},
		{"example.com/a.cfg", "has a path, but no scheme", `"https://example.com/a.cfg"`},
		{"sip:100@example.com", "asks for SIP without TLS", `"sips:example.com"`},
		{"sips://example.com", "is no SIP address", `"sips:example.com"`},
		{"http://example.com/a", "is not encrypted", "https://"},
		{"ftp://example.com/a", `the scheme "ftp" is not known`, ""},
		{"sips:100:geheim@example.com", "has a password in it", "leave the password out"},
		{"sips:@example.com", "has no user before the @", "sips:100@example.com"},
		{"sips:1<0@example.com", "a character that cannot be there, at character 2", "hex"},
		{"sips:example.com?Subject=x", "has header fields", ""},
		{"sips:example.com;maddr=192.0.2.1", "maddr is not followed", ""},
		{"sips:example.com;transport=udp", `"udp"`, "transport=tls"},
		{"https://u:geheim@example.com/", "has a user or a password in it", "leave user and password out"},
		{"https://example.com/#a", "fragment", "%23"},
		{"https://example.com/é", "outside ASCII at character 2", "hex"},
		{"https://example.com/$MAC.cfg", "$MAC in it, but no address was given", "--mac"},
		{"https:///a", "the target has no host", ""},
		{"https://u:geheim@exa mple.com/", "has a space", ""},
		{"ftp://u:geheim@example.com/", "ftp", ""},
		{"http://u:geheim@example.com/", "is not encrypted", ""},
		{"sip:u:geheim@example.com", "asks for SIP", ""},
		{"u:geheim@example.com", "no scheme", ""},
	} {
		_, err := ParseTarget(test.text, "")
		var told *TargetError
		if !errors.As(err, &told) || !strings.Contains(told.Message, test.message) || !strings.Contains(told.Hint, test.hint) || told.Hint == "" || strings.HasSuffix(told.Message, ".") {
			t.Errorf("%q: %+v", test.text, err)
			continue
		}
		if strings.Contains(told.Message+told.Hint, "geheim") {
			t.Errorf("%q: the password is told: %+v", test.text, told)
		}
		said[told.Message] = test.text
	}
	if _, err := ParseTarget("https://example.com/$MAC", "00:15"); err == nil || !strings.Contains(err.Error(), `"00:15" is no MAC address`) {
		t.Error(err)
	}
}

func TestParseServer(t *testing.T) {
	for text, want := range map[string]string{"192.0.2.53": "192.0.2.53:53", "192.0.2.53:54": "192.0.2.53:54", "2001:db8::53": "[2001:db8::53]:53", "[2001:db8::53]": "[2001:db8::53]:53", "[2001:db8::53]:54": "[2001:db8::53]:54"} {
		if got, err := ParseServer(text); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "dns.example.com", "192.0.2.53:0", "192.0.2.53:x"} {
		if _, err := ParseServer(text); err == nil || !strings.Contains(err.Error(), "is no address of a DNS server") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseResolvConf(t *testing.T) {
	got := ParseResolvConf([]byte("# x\nsearch example.com\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver x\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"))
	if len(got) != 3 || got[0].String() != "192.0.2.1:53" || got[1].String() != "[fe80::1%eth0]:53" || got[2].String() != "192.0.2.3:53" {
		t.Error(got)
	}
	if got := ParseResolvConf(nil); got != nil {
		t.Error(got)
	}
}

func needSeeds(f *testing.F) {
	if seeds, err := os.ReadDir("testdata/fuzz/" + f.Name()); err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
}

// FuzzParseTarget: a target that is taken can stand in a request, and what is
// before an @ is in no error.
func FuzzParseTarget(f *testing.F) {
	needSeeds(f)
	f.Fuzz(func(t *testing.T, text, mac string) {
		target, err := ParseTarget(text, mac)
		if err != nil {
			var told *TargetError
			if !errors.As(err, &told) || told.Message == "" || told.Hint == "" {
				t.Errorf("%v", err)
			}
			return
		}
		if target.Host == "" || target.Port == 0 || strings.ContainsAny(target.Host+target.User, " \r\n\t\x00<>\"") {
			t.Errorf("%+v", target)
		}
		if strings.ContainsAny(target.Path, " \r\n\t") || (target.Scheme == "https") != strings.HasPrefix(target.Path, "/") {
			t.Errorf("%+v", target)
		}
	})
}
