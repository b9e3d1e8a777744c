package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/testca"
)

// wireAnswer is the JSON of probe and trace, as design and users know it.
type wireAnswer struct {
	Handset, Target, Verdict string
	Connections              []wireConnection
}

type wireConnection struct {
	Client, Server, Verdict, Sentence string
	ServerLog                         string `json:"server_log"`
	Transcript                        []wireMessage
	Negotiated                        *struct {
		Version       string
		CipherSuite   string `json:"cipher_suite"`
		CipherSuiteID string `json:"cipher_suite_id"`
		KeyExchange   string `json:"key_exchange"`
	}
	Trust *struct {
		Trusted     *bool
		Code        string
		ErrorNumber int `json:"error_number"`
		Alert       string
		Changes     []struct {
			Kind, Message, Subject, Value string
			Tried                         bool
		}
	}
	SIP *struct {
		Method, Reason, Error string
		Status                int
		Registered, Removed   bool
	}
	Lookup *struct {
		Records []struct{ Type, Name, Value, Outcome string }
		Error   string
	}
	Dial *struct{ Result, Error string }
	HTTP *struct {
		Status      int
		Type, Looks string
		Length      int
	}
	Findings []struct{ Code, Severity, Message, Fix, Basis, Source string }
	Remedies []struct {
		Program, File string
		Lines         []string
	}
	Matches []struct {
		Handset, Likeness string
		Differences       []string
	}
}

type wireMessage struct {
	Index       int
	TimeOffset  int `json:"time_offset_us"`
	Direction   string
	ContentType string `json:"content_type"`
	Name        string
	Length      int
	Encrypted   bool
	Decrypted   bool
	Fields      json.RawMessage
}

// probed is one probe with its answer as JSON.
func probed(t *testing.T, want int, args ...string) wireConnection {
	t.Helper()
	clock := testca.Clock().Format(time.RFC3339)
	args = append([]string{"probe", "--json", "--clock", clock}, args...)
	code, out, err := commandstest.Online(t, nil, args...)
	if code != want {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, out, err)
	}
	return answer(t, out)
}

func answer(t *testing.T, out string) wireConnection {
	t.Helper()
	var a wireAnswer
	if err := json.Unmarshal([]byte(out), &a); err != nil || len(a.Connections) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	return a.Connections[len(a.Connections)-1]
}

// connectionsOf are all connections of an answer.
func connectionsOf(t *testing.T, out string) []wireConnection {
	t.Helper()
	var a wireAnswer
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return a.Connections
}

func (c wireConnection) messages() string {
	var names []string
	for _, m := range c.Transcript {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

// finding returns the message and the fix of a code, "" when it is not there.
func (c wireConnection) finding(code string) (message, fix string) {
	for _, f := range c.Findings {
		if f.Code == code {
			return f.Message, f.Fix
		}
	}
	return "", ""
}

func (c wireConnection) codes() string {
	var codes []string
	for _, f := range c.Findings {
		codes = append(codes, f.Severity+":"+f.Code)
	}
	return strings.Join(codes, " ")
}
