package wire_test

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
)

// seen is what was seen of connections: for each, by the two ports, the messages
// in their order with their direction.
type seen map[string][]string

// tshark is the second opinion on a capture.
func tshark(t *testing.T, file, keys string, ports []string) seen {
	t.Helper()
	args := []string{"-r", file, "-T", "pdml", "-J", "tcp tls"}
	for _, p := range ports {
		args = append(args, "-d", "tcp.port=="+p+",tls")
	}
	if keys != "" {
		args = append(args, "-o", "tls.keylog_file:"+keys)
	}
	var packets struct {
		Packets []struct {
			Protocols []field `xml:"proto"`
		} `xml:"packet"`
	}
	if err := xml.Unmarshal(realparts.Run(t, nil, "tshark", args...), &packets); err != nil {
		t.Fatal(err)
	}
	found := seen{}
	for _, p := range packets.Packets {
		from, to := "", ""
		for _, proto := range p.Protocols {
			switch proto.Name {
			case "tcp":
				from, to = proto.find("tcp.srcport"), proto.find("tcp.dstport")
			case "tls":
				for _, name := range proto.messages(nil) {
					found.add(ports, from, to, name)
				}
			}
		}
	}
	return found
}

func (s seen) add(ports []string, from, to, name string) {
	if slices.Contains(ports, to) {
		s[from+" "+to] = append(s[from+" "+to], "> "+name)
	} else {
		s[to+" "+from] = append(s[to+" "+from], "< "+name)
	}
}

// field is a part of a packet as tshark takes it apart.
type field struct {
	Name     string  `xml:"name,attr"`
	Show     string  `xml:"show,attr"`
	ShowName string  `xml:"showname,attr"`
	Fields   []field `xml:"field"`
}

func (f field) find(name string) string {
	for _, inner := range f.Fields {
		if inner.Name == name {
			return inner.Show
		}
	}
	return ""
}

// messages are the names of the messages below a field.
func (f field) messages(list []string) []string {
	switch {
	case f.Name == "tls.handshake":
		kind := f.find("tls.handshake.type")
		if kind == "" {
			return append(list, "encrypted")
		}
		return append(list, handshakeNames[kind])
	case f.Name == "tls.record":
		switch kind := f.find("tls.record.content_type"); {
		case kind == "20":
			list = append(list, "ChangeCipherSpec")
		case kind == "21":
			list = append(list, "Alert")
		case kind == "23" || kind == "" && f.find("tls.record.opaque_type") == "23":
			list = append(list, "ApplicationData")
		}
	}
	for _, inner := range f.Fields {
		list = inner.messages(list)
	}
	return list
}

// handshakeNames are those of the numbers in RFC 8446, section 4, and RFC 5246,
// section 7.4. A HelloRetryRequest has the number of a ServerHello.
var handshakeNames = map[string]string{
	"0": "HelloRequest", "1": "ClientHello", "2": "ServerHello", "4": "NewSessionTicket", "5": "EndOfEarlyData", "8": "EncryptedExtensions",
	"11": "Certificate", "12": "ServerKeyExchange", "13": "CertificateRequest", "14": "ServerHelloDone", "15": "CertificateVerify",
	"16": "ClientKeyExchange", "20": "Finished", "22": "CertificateStatus", "24": "KeyUpdate",
}

// traced is what trace sees, in the words of tshark.
func traced(t *testing.T, file, keys string, ports []string) seen {
	t.Helper()
	args := []string{"trace", file, "--json", "--filter", strings.Join(ports, ",")}
	if keys != "" {
		args = append(args, "--keylog", keys)
	}
	code, out, errText := commandstest.Online(t, nil, args...)
	if code == 1 {
		t.Fatalf("exit code %d\n%s%s", code, out, errText)
	}
	found := seen{}
	for _, line := range matrixLines(t, out) {
		for _, c := range line.Connections {
			for _, m := range c.Transcript {
				name := strings.Replace(m.Name, "HelloRetryRequest", "ServerHello", 1)
				if m.Encrypted && !m.Decrypted && m.ContentType == "handshake" {
					name = "encrypted"
				}
				from, to := commandstest.Port(c.Client), commandstest.Port(c.Server)
				if m.Direction == "server_to_client" {
					from, to = to, from
				}
				found.add(ports, from, to, name)
			}
		}
	}
	return found
}

// agree compares two opinions.
func agree(t *testing.T, ours, theirs seen) {
	t.Helper()
	for ports, want := range theirs {
		if got := ours[ports]; !slices.Equal(got, want) {
			t.Errorf("ports %s\ntrace  %s\ntshark %s", ports, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	if len(ours) != len(theirs) || len(ours) == 0 {
		t.Errorf("%d connections, tshark sees %d", len(ours), len(theirs))
	}
}
