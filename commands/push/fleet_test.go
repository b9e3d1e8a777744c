package push_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
)

// inventory writes the list of a site's phones.
func (o *office) inventory(s *site) string {
	o.t.Helper()
	text, err := s.Inventory()
	if err != nil {
		o.t.Fatal(err)
	}
	return o.File("phones.csv", text)
}

// fleet uploads a trusted certificate to all phones of a site and gives what
// became of each.
func (o *office) fleet(want int, s *site, file string, args ...string) map[string]uploaded {
	o.t.Helper()
	list, _ := o.many(want, append([]string{file, "--as", "trusted", "--inventory", o.inventory(s)}, args...)...)
	return list
}

// many runs an upload to many phones: an object for each, and the summary.
func (o *office) many(want int, args ...string) (phones map[string]uploaded, summary uploaded) {
	o.t.Helper()
	s := o.Run(want, append([]string{"upload", "--json"}, args...)...)
	return byPhone(o.t, s.Out)
}

func byPhone(t *testing.T, text string) (phones map[string]uploaded, summary uploaded) {
	t.Helper()
	phones = map[string]uploaded{}
	list := objects[uploaded](t, text)
	for i, one := range list {
		_, twice := phones[one.Phone]
		switch {
		case one.SchemaVersion != 1 || one.Command != "upload":
			t.Fatalf("%+v", one)
		case (one.Summary != nil) != (i == len(list)-1):
			t.Fatalf("the summary is not the last of %d objects: %s", len(list), text)
		case one.Summary != nil:
			summary = one
		case one.Result == "" || one.DurationMS == nil || one.Findings == nil || one.Files == nil && one.Result != "skipped" && one.Result != "failed":
			t.Errorf("%+v", one)
		case twice && one.Result != "skipped":
			t.Errorf("%s twice", one.Phone)
		case !twice:
			phones[one.Phone] = one
		}
	}
	if summary.Summary == nil {
		t.Fatalf("no summary: %s", text)
	}
	return phones, summary
}

// spelled writes lists of phones in the forms in which people have them.
func spelled(s *site) map[string]string {
	lists := map[string]string{
		"utf-8 with BOM, CRLF, semicolons.csv": "\xef\xbb\xbfHost;MAC Address;Model;Room\r\n",
		"tabs, quotes, comments.csv":           "# ours\n\nip\t\"password\"\n",
		"objects.jsonl":                        "",
		"as simulate writes it.csv":            "address,mac,handset,user,password\n",
	}
	for _, p := range s.Phones() {
		lists["utf-8 with BOM, CRLF, semicolons.csv"] += fmt.Sprintf("%s;%s;%s;12\r\n", p.URL, p.MAC, p.Handset)
		lists["tabs, quotes, comments.csv"] += fmt.Sprintf("\"%s\"\tadmin\n#%s\t\n", p.URL, p.URL)
		lists["objects.jsonl"] += fmt.Sprintf("{\"url\":%q,\"user\":\"admin\",\"password\":\"admin\",\"via\":\"form\"}\n", p.URL)
		lists["as simulate writes it.csv"] += fmt.Sprintf("%s,%s,%s,admin,admin\n", p.URL, p.MAC, p.Handset)
	}
	return lists
}

// TestInventoryForms: the same six phones of six dialects, however they are listed.
func TestInventoryForms(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{}, dialect.All()...), newOffice(t)
	root := o.root("Example Root")
	for name, text := range spelled(s) {
		path := o.File(name, []byte(text))
		o.Stdin = ""
		if strings.HasPrefix(name, "objects") {
			path, o.Stdin = "-", text
		}
		said := o.Run(0, "upload", root, "--as", "trusted", "--inventory", path, "--dry-run", "--json")
		list, sum := byPhone(t, said.Out)
		if sum.Summary.Phones != 6 || sum.Summary.Results["planned"] != 6 {
			t.Errorf("%s: %+v", name, sum.Summary)
		}
		for _, p := range s.Phones() {
			if r := list[p.URL]; r.Result != "planned" || r.Dialect != string(p.Dialect) || r.Files[0].Plan == "" {
				t.Errorf("%s: %s: %+v", name, p.URL, r)
			}
		}
		if told := strings.Contains(said.Err, `not known are kept and not used: ["Room"]`); told != strings.Contains(name, "semicolons") {
			t.Errorf("%s: %s", name, said.Err)
		}
	}
	if s.posts.Load() != 0 {
		t.Errorf("a dry run posted %d times", s.posts.Load())
	}
}

// TestInventoryTroubles: every row is accounted for, and what is wrong with one
// does not touch the others.
func TestInventoryTroubles(t *testing.T) {
	t.Parallel()
	s, o := newSite(t, serve.Config{Count: 2}, dialect.Plain), newOffice(t)
	root, first, second := o.root("Example Root"), s.Phones()[0], s.Phones()[1]
	run := func(want int, name, text string) commandstest.Said {
		t.Helper()
		return o.Run(want, "upload", root, "--as", "trusted", "--inventory", o.File(name, []byte(text)), "--json")
	}
	list, sum := byPhone(t, run(3, "rows.csv", fmt.Sprintf("address,mac,via\n%s,%s,\n%s/,,\nHTTP://%s,,\n192.0.2.9,%s,\n%s,,pigeon\n,,\na,b,c,d\n\"a\n", first.URL, first.MAC, first.URL,
		strings.TrimPrefix(first.URL, "http://"), first.MAC, second.URL)).Out)
	if sum.Summary.Phones != 8 || sum.Summary.Results["skipped"] != 3 || sum.Summary.Results["uploaded"] != 1 || sum.Summary.Failed != 4 || sum.Summary.NotReached != 0 {
		t.Errorf("%+v", sum.Summary)
	}
	for phone, want := range map[string]string{first.URL: "", "192.0.2.9": "inventory.same-mac", "line 7": "inventory.no-address", "line 8": "inventory.too-many-fields", "line 9": "inventory.quote", second.URL: "inventory.value"} {
		if r := list[phone]; r.Cause != want || r.Phone == "" {
			t.Errorf("%s: %+v", phone, r)
		}
	}
	if s.posts.Load() != 1 {
		t.Errorf("%d posts", s.posts.Load())
	}
	for name, c := range map[string]struct{ text, want string }{
		"headless":     {"192.0.2.1,admin,hunter2\n", "the header names no column address"},
		"empty":        {"", "it is empty"},
		"UTF-16":       {"\xff\xfea\x00", "it is UTF-16"},
		"binary":       {"\x00\x01\x02\n", "it is no text with a header"},
		"header alone": {"address,mac\n", "names no phone"},
	} {
		said := run(1, name, c.text)
		if !strings.Contains(said.Err, c.want) || !strings.Contains(said.Err, "hint: ") || strings.Contains(said.Err+said.Out, "hunter2") {
			t.Errorf("%s: %s", name, said.Err)
		}
	}
	if said := o.Run(1, "upload", root, "--as", "trusted", "--inventory", "none.csv"); !strings.Contains(said.Err, `cannot read the inventory "none.csv"`) {
		t.Error(said.Err)
	}
}

// TestStops: canaries, a limit of failures, a wrong password for all.
func TestStops(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	root := o.root("Example Root")
	good := newSite(t, serve.Config{Count: 30}, dialect.Plain)
	bad := newSite(t, serve.Config{Count: 30, Faults: simulate.Faults{HTTP500: 1}}, dialect.Plain)
	run := func(want int, s *site, args ...string) *uploaded {
		t.Helper()
		args = append([]string{root, "--as", "trusted", "--inventory", o.inventory(s), "--retries", "0", "--journal", filepath.Join(t.TempDir(), "journal")}, args...)
		_, sum := o.many(want, args...)
		return &sum
	}
	if s := run(3, bad, "--canary", "2").Summary; s.Stopped == nil || s.Stopped.Code != "run.canary" || s.Failed < 1 || s.Failed > 2 || s.NotReached+s.Failed != 30 {
		t.Errorf("%+v", s)
	}
	if s := run(3, bad, "--max-failures", "5", "--concurrency", "1").Summary; s.Stopped == nil || s.Stopped.Code != "run.max-failures" || s.Failed != 5 || s.NotReached != 25 {
		t.Errorf("%+v", s)
	}
	if s := run(3, bad, "--max-failures", "50%", "--concurrency", "1").Summary; s.Stopped == nil || s.Failed != 20 || s.NotReached != 10 {
		t.Errorf("%+v", s)
	}
	if s := run(0, good, "--canary", "3", "--max-failures", "1", "--concurrency", "4").Summary; s.Stopped != nil || s.Results["uploaded"] != 30 {
		t.Errorf("%+v", s)
	}
	// A password that is wrong for five phones in a row is wrong for all.
	var list strings.Builder
	list.WriteString("address\n")
	for _, p := range good.Phones() {
		fmt.Fprintln(&list, p.URL)
	}
	o.Env["PHONECERT_PASSWORD"] = "wrong"
	_, sum := o.many(4, root, "--as", "trusted", "--inventory", o.File("bare.csv", []byte(list.String())), "--concurrency", "1")
	if s := sum.Summary; s.Stopped == nil || s.Stopped.Code != "run.logins-refused" || s.LoginRefused != 5 || s.NotReached != 25 {
		t.Errorf("%+v", s)
	}
	o.File("two.csv", []byte("address\n"+good.Phones()[28].URL+"\n"+good.Phones()[29].URL+"\n"))
	if _, sum := o.many(4, root, "--as", "trusted", "--inventory", filepath.Join(o.Dir, "two.csv")); sum.Summary.LoginRefused != 2 {
		t.Errorf("%+v", sum.Summary)
	}
}

// TestPace: no more phones at a time, and no more a second, than asked for.
func TestPace(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	inside, most, together := map[string]bool{}, 0, make(chan struct{})
	meet := sync.OnceFunc(func() { close(together) })
	s := newSite(t, serve.Config{Count: 24, Faults: simulate.Faults{Slow: 2 * time.Millisecond}, Observe: func(p *serve.Served, r *http.Request) {
		mu.Lock()
		inside[p.URL] = true
		if most = max(most, len(inside)); most == 3 {
			meet()
		}
		mu.Unlock()
		select { // the first three wait for one another
		case <-together:
		case <-time.After(20 * time.Second):
		}
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Query().Get("q") == "logout" || strings.Contains(strings.ToLower(r.URL.String()), "logout") {
			delete(inside, p.URL)
		}
	}}, dialect.Plain)
	o := newOffice(t)
	o.fleet(0, s, o.root("Example Root"), "--concurrency", "3")
	if most != 3 || len(inside) != 0 {
		t.Errorf("%d phones at a time; %d were not logged out", most, len(inside))
	}
	began := time.Now()
	o.Now = time.Now
	o.fleet(0, s, o.root("Another Root"), "--rate", "40")
	if took := time.Since(began); took < 23*time.Second/40 {
		t.Errorf("24 phones at 40 a second took %s", took)
	}
}

// TestReportAndFailed: one row for each phone, and the list of those that failed
// is the next run's inventory until none is left.
func TestReportAndFailed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := newSite(t, serve.Config{Count: 12, FaultShare: 0.4, Faults: simulate.Faults{HTTP500: 1}}, dialect.All()...)
	faulty := 0
	for _, p := range s.Phones() {
		if p.Faulty {
			faulty++
		}
	}
	if faulty == 0 || faulty == 12 {
		t.Fatalf("%d of 12 are faulty", faulty)
	}
	root, report, failed := o.root("Example Root"), filepath.Join(o.Dir, "report.csv"), filepath.Join(o.Dir, "again.csv")
	o.fleet(3, s, root, "--report", report, "--failed", failed, "--retries", "0")
	results := reported(t, report)
	again := o.text("again.csv")
	if !strings.HasPrefix(again, "address,mac,handset,user,password\n") || strings.Count(again, "\n") != faulty+1 || len(results) != 12 {
		t.Errorf("%d results, %d faulty, %s", len(results), faulty, again)
	}
	for _, p := range s.Phones() {
		if want := map[bool]string{true: "failed", false: "uploaded"}[p.Faulty]; results[p.URL] != want || p.Faulty != strings.Contains(again, p.URL+",") {
			t.Errorf("%s, %s: %s", p.URL, want, results[p.URL])
		}
	}
	for name, mode := range map[string]os.FileMode{failed: 0o600, filepath.Join(o.Dir, "phones.csv.journal"): 0o600} {
		if stat, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && stat.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, stat, err)
		}
	}
	// Mended, all of them take it, and the list goes.
	mended := newSite(t, serve.Config{Count: 12}, dialect.All()...)
	var pairs []string
	for i, p := range s.Phones() {
		pairs = append(pairs, p.URL+",", mended.Phones()[i].URL+",")
	}
	o.File("again.csv", []byte(strings.NewReplacer(pairs...).Replace(again)))
	_, sum := o.many(0, root, "--as", "trusted", "--inventory", failed, "--failed", failed, "--report", report)
	if sum.Summary.Results["uploaded"] != faulty || o.text("again.csv") != "" || len(reported(t, report)) != faulty {
		t.Errorf("%+v, %q", sum.Summary, o.text("again.csv"))
	}
	if entries, _ := filepath.Glob(filepath.Join(o.Dir, ".*")); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}
