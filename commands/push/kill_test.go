package push_test

import (
	"encoding/csv"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

// phones starts simulated phones and writes their inventory and a CA.
func phones(t *testing.T, c serve.Config) (all []*serve.Served, inventory, ca string) {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	c.Kinds = []serve.Kind{serve.KindFor(dialect.Session, profile), serve.KindFor(dialect.Plain, profile)}
	fleet, err := serve.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fleet.Close() })
	list, err := fleet.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	inventory, ca = filepath.Join(dir, "phones.csv"), filepath.Join(dir, "root.pem")
	for path, text := range map[string][]byte{inventory: list, ca: testca.Root(t, "Example Root", testca.Between(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))).PEM()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fleet.Phones(), inventory, ca
}

// TestKillAtAnyMoment kills a run at 50 random moments and resumes it: nothing
// is lost, nothing done twice, and every phone stands once in the report.
func TestKillAtAnyMoment(t *testing.T) {
	const kills = 50
	requests, ahead := new(atomic.Int64), new(atomic.Int64)
	all, inventory, ca := phones(t, serve.Config{
		Count: 300, Seed: 4, Faults: simulate.Faults{Slow: 5 * time.Millisecond},
		Clock:   func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		Observe: func(*serve.Served, *http.Request) { requests.Add(1) },
	})
	report := filepath.Join(t.TempDir(), "report.csv")
	arguments := []string{"upload", ca, "--as", "trusted", "--inventory", inventory, "--concurrency", "4", "--report", report, "--resume"}
	random := rand.New(rand.NewPCG(50, 50))
	home := t.TempDir()
	killed := 0
	for range kills {
		cmd := exec.Command("phonecert", arguments...)
		cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		moment(random, requests, ended)
		if cmd.Process.Kill() == nil {
			killed++
		}
		<-ended
		// The sessions that the kill left open end by it.
		ahead.Add(int64(2 * device.DefaultPolicy().IdleTime))
	}
	cmd := exec.Command("phonecert", arguments...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
	results := reported(t, report)
	good := 0
	for _, p := range all {
		result, listed := results[p.URL]
		stored := len(p.Phone.State().Trusted)
		switch {
		case !listed:
			t.Errorf("%s is not in the report", p.URL)
		case stored > 1:
			t.Errorf("%s got the certificate %d times", p.URL, stored)
		case stored == 0 && (result == "uploaded" || result == "already-present"):
			t.Errorf("%s: %s, and nothing is there", p.URL, result)
		case stored == 1 && (result == "uploaded" || result == "already-present"):
			good++
		}
	}
	if len(results) != len(all) || good < len(all)/2 {
		t.Errorf("%d phones, %d rows, %d done\n%s", len(all), len(results), good, out)
	}
	t.Logf("killed %d times; %d of %d done", killed, good, len(all))
}

// moment waits for one of two kinds: a while after the start, or after some
// requests, however slow the machine is.
func moment(random *rand.Rand, requests *atomic.Int64, ended <-chan struct{}) {
	if random.IntN(2) == 0 {
		time.Sleep(time.Duration(random.IntN(160)) * time.Millisecond)
		return
	}
	for enough := requests.Load() + random.Int64N(40); requests.Load() < enough; {
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// reported reads a report and makes sure that no phone stands in it twice.
func reported(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("the report: %v, %d rows", err, len(rows))
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	results := map[string]string{}
	for _, row := range rows[1:] {
		address := row[column["address"]]
		if _, twice := results[address]; twice {
			t.Errorf("%s stands twice in the report", address)
		}
		results[address] = row[column["result"]]
	}
	return results
}
