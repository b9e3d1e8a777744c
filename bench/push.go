//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// answerTime is how long each simulated phone takes to answer.
const answerTime = 50 * time.Millisecond

// push: a push to many phones against the sum of the phones' answers, which no
// client can beat.
func (b *bench) push() {
	one := b.fleet(1, "session", 1)
	fmt.Printf("push to one phone against the sum of its answers (target: at most ×1.2)\n  wall ×%.2f  (%.0f ms, %d requests), peak %.0f MiB\n",
		one.ratio(1), one.ms(), one.requests, one.peakMiB)
	thousand := b.fleet(1000, "session", 64)
	fmt.Printf("push to 1,000 phones, 64 at a time, against requests × 50 ms ÷ 64 (target: at most ×1.3, under 150 MB)\n  wall ×%.2f  (%.0f ms, %d requests), peak %.0f MiB\n",
		thousand.ratio(64), thousand.ms(), thousand.requests, thousand.peakMiB)
	most := b.fleet(10_000, "session", 64)
	fmt.Printf("push to 10,000 phones against 1,000 (target: at most ×10, under 300 MB)\n  wall ×%.2f  (%.0f ms; ×%.2f of the ideal), peak %.0f MiB\n",
		float64(most.wall)/float64(thousand.wall), most.ms(), most.ratio(64), most.peakMiB)
	b.routes()
}

// routes: the same phone by its form and by a browser.
func (b *bench) routes() {
	if _, err := exec.LookPath("chromium"); err != nil {
		fmt.Println("left out: chromium is missing")
		return
	}
	form := b.fleet(1, "listener", 1, "--via", "form")
	browser := b.fleet(1, "listener", 1, "--via", "browser")
	fmt.Printf("push to one phone by a browser against its form (target: none)\n  wall ×%.1f  (%.0f ms against %.0f ms)\n",
		float64(browser.wall)/float64(form.wall), browser.ms(), form.ms())
}

// pushed is one run and how many requests the phones saw.
type pushed struct {
	sample
	requests int
}

func (p pushed) ms() float64 { return float64(p.wall) / 1e6 }

// ratio is the time against the ideal at so many phones at a time.
func (p pushed) ratio(concurrency int) float64 {
	ideal := time.Duration(p.requests) * answerTime / time.Duration(concurrency)
	return float64(p.wall) / float64(ideal)
}

// fleet simulates phones in a process of their own and pushes to them.
func (b *bench) fleet(n int, dialect string, concurrency int, more ...string) pushed {
	list := b.path("phones.csv")
	phones, done := b.simulate("--count", strconv.Itoa(n), "--dialect", dialect, "--fault", "slow="+answerTime.String(), "--write-inventory", list, "--force")
	journal := b.path("journal")
	os.Remove(journal)
	s := run(b.phonecert, append([]string{"upload", b.path("many", "00000.pem"), "--as", "trusted", "--inventory", list,
		"--concurrency", strconv.Itoa(concurrency), "--journal", journal, "--quiet"}, more...)...)
	return pushed{s, done(phones)}
}

// simulate starts phones; the function that it returns stops them and tells how
// many requests they had.
func (b *bench) simulate(args ...string) (*exec.Cmd, func(*exec.Cmd) int) {
	cmd := exec.Command(b.phonecert, append([]string{"simulate", "phone", "--json"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		log.Fatal(err)
	}
	told, err := cmd.StderrPipe()
	if err != nil {
		log.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	// The first phone is told of once all of them listen.
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		log.Fatal("the simulated phones did not start: ", err)
	}
	go io.Copy(io.Discard, out)
	return cmd, func(cmd *exec.Cmd) int {
		cmd.Process.Signal(os.Interrupt)
		text, _ := io.ReadAll(told)
		cmd.Wait()
		m := regexp.MustCompile(`([0-9,]+) requests?`).FindSubmatch(text)
		if m == nil {
			log.Fatalf("no number of requests in %q", text)
		}
		n, err := strconv.Atoi(string(regexp.MustCompile(`,`).ReplaceAll(m[1], nil)))
		if err != nil {
			log.Fatal(err)
		}
		return n
	}
}
