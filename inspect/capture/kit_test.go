package capture

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
)

// What the tests make captures of, by short names.
var (
	noon                     = capturetest.Clock()
	clientAddr, serverAddr   = capturetest.Client(), capturetest.Server()
	clientAddr6, serverAddr6 = capturetest.Client6(), capturetest.Server6()

	up, down, opening, segment = capturetest.Up, capturetest.Down, capturetest.Opening, capturetest.NewSegment
	rawFile                    = capturetest.RawPcap
)

// story writes down what a capture gives, a line an event.
type story struct {
	lines   []string
	times   []time.Time
	client  []byte
	server  []byte
	flows   []*Flow
	open    int
	refused func(*Flow) bool
}

func (s *story) Open(f *Flow) Sink {
	s.flows = append(s.flows, f)
	if s.refused != nil && s.refused(f) {
		return nil
	}
	guess := ""
	if f.ClientGuessed {
		guess = " guessed"
	}
	s.say("open %s > %s%s", f.Client, f.Server, guess)
	s.open++
	return &telling{story: s, number: len(s.flows)}
}

func (s *story) Secrets(b []byte) { s.say("secrets %q", b) }

func (s *story) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

type telling struct {
	story  *story
	number int
	closed bool
}

func side(fromClient bool) string {
	if fromClient {
		return ">"
	}
	return "<"
}

func (t *telling) Data(fromClient bool, at time.Time, b []byte) {
	t.check()
	if len(b) == 0 {
		panic("no data")
	}
	t.story.times = append(t.story.times, at)
	t.story.say("%s %s", side(fromClient), b)
	if fromClient {
		t.story.client = append(t.story.client, b...)
	} else {
		t.story.server = append(t.story.server, b...)
	}
}

func (t *telling) Gap(fromClient bool, at time.Time, n int64, why Why) {
	t.check()
	if n < 0 || n == 0 && why != MidStream {
		panic(fmt.Sprintf("a gap of %d", n))
	}
	t.story.say("%s [%d %s]", side(fromClient), n, why)
}

func (t *telling) Close(at time.Time, how Ending) {
	t.check()
	t.closed = true
	t.story.open--
	who := ""
	if how.Kind == FIN || how.Kind == RST {
		who = " " + side(how.FromClient)
	}
	t.story.say("close %s%s", how.Kind, who)
}

func (t *telling) check() {
	if t.closed {
		panic("after the end")
	}
}

// read reads a capture that has to be sound.
func read(t testing.TB, file []byte) (*story, Summary) {
	t.Helper()
	s := &story{}
	summary, err := Read(context.Background(), bytes.NewReader(file), Filter{}, s)
	if err != nil {
		t.Fatal(err)
	}
	if s.open != 0 {
		t.Errorf("%d sinks were not closed", s.open)
	}
	return s, summary
}

// wants compares the story, without the line of a plain opening.
func (s *story) wants(t testing.TB, want ...string) {
	t.Helper()
	got := s.lines
	if len(got) > 0 && got[0] == fmt.Sprintf("open %s > %s", clientAddr, serverAddr) {
		got = got[1:]
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
