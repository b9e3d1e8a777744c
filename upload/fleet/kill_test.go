package fleet_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
	"github.com/phonecert/phonecert/upload/fleet/journal"
)

// killFolder names, in the environment of a process that is to be killed, the
// folder in which the phones stand.
const killFolder = "PHONECERT_TEST_KILL_FOLDER"

// killPhones is how many of them there are.
const killPhones = 1500

// TestProcessToBeKilled is the process of TestProcessKilled. A phone is a file,
// which is made once and for all.
func TestProcessToBeKilled(t *testing.T) {
	dir := os.Getenv(killFolder)
	if dir == "" {
		t.Skip("only as a process of its own")
	}
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Header{Run: "a run", Order: "ca.pem"}, journal.Options{Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	report, err := fleet.NewReport(filepath.Join(dir, "report.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = fleet.Run(context.Background(), rows(list(killPhones)), fleet.Config{Journal: j, Each: report.Add, Visit: func(_ context.Context, task fleet.Task) upload.Result {
		phone := filepath.Join(dir, "phones", task.Row.Name())
		time.Sleep(time.Millisecond)
		if disk.Exists(phone) {
			return upload.Result{Result: upload.AlreadyPresent}
		}
		if err := task.Note(upload.Posting); err != nil {
			t.Error(err)
		}
		if err := os.Mkdir(phone, 0o755); err != nil {
			t.Error("posted twice: ", err)
		}
		time.Sleep(time.Millisecond)
		return upload.Result{Result: upload.Uploaded}
	}})
	if err := errors.Join(err, report.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestProcessKilled kills a process at random moments until one comes to its end.
func TestProcessKilled(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "phones"), 0o755); err != nil {
		t.Fatal(err)
	}
	var kills int
	for n := 0; ; n++ {
		var said bytes.Buffer
		child := exec.Command(os.Args[0], "-test.run=^TestProcessToBeKilled$")
		child.Env = append(os.Environ(), killFolder+"="+dir)
		child.Stdout, child.Stderr = &said, &said
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if n < 15 {
			timer := time.AfterFunc(5*time.Millisecond+rand.N(60*time.Millisecond), func() { child.Process.Kill() })
			defer timer.Stop()
		}
		err := child.Wait()
		if err == nil {
			break
		}
		if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.Exited() || n >= 15 {
			t.Fatalf("%v\n%s", err, said.String())
		}
		kills++
	}
	t.Logf("%d kills", kills)
	posted, err := os.ReadDir(filepath.Join(dir, "phones"))
	if err != nil || len(posted) != killPhones {
		t.Errorf("%d phones, %v", len(posted), err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "report.csv"))
	if err != nil {
		t.Fatal(err)
	}
	told, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	seen := map[string]bool{}
	for _, row := range told[1:] {
		if seen[row[0]] || row[6] != "uploaded" && row[6] != "already-present" {
			t.Errorf("%q", row)
		}
		seen[row[0]] = true
	}
	if err != nil || len(seen) != killPhones {
		t.Errorf("%d phones in the report, %v", len(seen), err)
	}
	left(t, dir, "journal", "phones", "report.csv")
}
