package listen_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	variants "github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestSurveyOfStandIns: what a survey says of each client, for each chain, is what
// the client's own library said.
func TestSurveyOfStandIns(t *testing.T) {
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			scheme := schemeOf(client)
			l := listenFor(t, scheme, nil, "--survey", "--json")
			accepted := map[string]bool{}
			for _, variant := range variants.Variants() {
				said := client.Run(t, realparts.ClientRun{Addr: l.addr, Scheme: scheme, CAFile: l.root, CheckName: true})
				call := l.next(t)
				if call.Chain != string(variant) || call.Trial == nil {
					t.Fatalf("%s: the call was shown %q: %+v\n%s", variant, call.Chain, call.Trial, said.Output)
				}
				accepted[call.Chain] = said.Verified
				t.Logf("%-20s %-11s %-18s %s", variant, call.Trial.Answer, call.Trial.Alert, said.Result)
				if call.Trial.Answer != answerOf(said) {
					t.Errorf("%s: the survey has %q (%s), the client %q: %s", variant, call.Trial.Answer, call.Trial.Detail, answerOf(said), said.Result)
				}
			}
			if table := l.next(t).Survey; len(table) != 1 || len(table[0].Trials) != len(accepted) {
				t.Errorf("%+v", table)
			} else {
				for _, trial := range table[0].Trials {
					if (trial.Answer == "accepted") != accepted[trial.Variant] {
						t.Errorf("%s is %q in the table; accepted by the client: %t", trial.Variant, trial.Answer, accepted[trial.Variant])
					}
				}
			}
			// What every library agrees on, so that the comparison is not of nothing.
			if !accepted["good"] || !accepted["sha512"] || client.Name != "baresip" && (accepted["unknown-root"] || accepted["self-signed"] || accepted["expired"] || accepted["no-intermediate"]) {
				t.Errorf("%v", accepted)
			}
			if code, errText := l.end(); code != 0 {
				t.Errorf("exit code %d\n%s", code, errText)
			}
		})
	}
}

// answerOf is how a survey has to call what a client did. One that judges only
// after the handshake, and then hangs up without a word, cannot be told from one
// that wanted no more.
func answerOf(r realparts.ClientResult) string {
	switch {
	case r.Verified:
		return "accepted"
	case r.Connected:
		return "unclear"
	case r.Reached:
		return "refused"
	}
	return "not reached"
}

// saidInside reports whether a probe said something inside TLS, on its last
// connection.
func saidInside(t *testing.T, out string) bool {
	t.Helper()
	var a struct {
		Connections []struct{ SIP, HTTP *struct{} }
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil || len(a.Connections) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	last := a.Connections[len(a.Connections)-1]
	return last.SIP != nil || last.HTTP != nil
}

// TestReplayOfStandIns: what is learned of a client calls as that client did, byte
// for byte, and comes through.
func TestReplayOfStandIns(t *testing.T) {
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			scheme := schemeOf(client)
			dir := t.TempDir()
			profile, saved, captured := filepath.Join(dir, "learned.yaml"), filepath.Join(dir, "calls.pcapng"), filepath.Join(dir, "captured.yaml")
			args := []string{"--json", "--count", "2", "--learn", profile, "--save", saved}
			if scheme == "https" {
				args = append(args, "--serve", filepath.Dir(realparts.WriteFile(t, "phone.cfg", []byte("#!version:1.0.0.1\n"))))
			}
			l := listenFor(t, scheme, nil, args...)
			run := realparts.ClientRun{Addr: l.addr, Scheme: scheme, CAFile: l.root, CheckName: true}
			target := l.addr
			if client.Name != "baresip" { // it asks a name server, and not the machine
				run.ServerName = "localhost"
				target = "localhost" + l.addr[strings.LastIndex(l.addr, ":"):]
			}
			if said := client.Run(t, run); !said.Verified {
				t.Fatalf("%+v", said)
			}
			theirs := l.next(t)
			written(t, profile)
			if scheme == "https" {
				target = "https://" + target + "/phone.cfg"
			}
			// What was seen of a client once does not show what it trusts, so that the
			// verdict is not certain.
			code, out, errText := commandstest.Online(t, nil, "probe", target, "--handset", profile, "--custom", l.root, "--json")
			if code != 0 && code != 11 {
				t.Fatalf("exit code %d\n%s%s", code, out, errText)
			}
			if !saidInside(t, out) {
				t.Errorf("nothing was said inside TLS\n%s", out)
			}
			ours := l.next(t)
			if a, b := freshless(t, theirs.ClientHello), freshless(t, ours.ClientHello); !bytes.Equal(a, b) {
				text, _ := os.ReadFile(profile)
				t.Errorf("the ClientHello of the client and that of its profile:\n%x\n%x\n%s", a, b, text)
			}
			if len(ours.Requests) == 0 {
				t.Errorf("the handshake was not completed: %+v", ours)
			}
			if code, errText := l.end(); code != 0 {
				t.Errorf("exit code %d\n%s", code, errText)
			}
			// The capture of the same calls shows the same phone.
			if code, _, errText := commandstest.Online(t, nil, "handset", "learn", saved, "-o", captured); code != 0 {
				t.Fatalf("exit code %d\n%s", code, errText)
			}
			if _, out, _ := commandstest.Online(t, nil, "handset", "diff", profile, captured); strings.Contains(out, "tls.") {
				t.Errorf("learned from the calls, and from their capture:\n%s", out)
			}
		})
	}
}
