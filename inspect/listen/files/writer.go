package files

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/limit"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// writer is an answer. It is the http.ResponseWriter of http.ServeContent; what
// has no Content-Length is held back until it is known, which only short texts
// have not.
type writer struct {
	conn   *limit.Conn
	header http.Header
	now    time.Time
	// old is for a client of HTTP/1.0, last for one that gets no other answer,
	// noBody for one that wants none.
	old, last, noBody bool
	// status is 0 before WriteHeader.
	status int
	// held is the body of an answer whose length is not known.
	held    bytes.Buffer
	holding bool
	// sent is how much of the body went out, err why no more can.
	sent int64
	err  error
}

// Header is that of the answer.
func (w *writer) Header() http.Header { return w.header }

// WriteHeader sends the status and the header, or holds them until the length is
// known.
func (w *writer) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	w.noBody = w.noBody || status == http.StatusNotModified || status == http.StatusNoContent
	if w.header.Get("Content-Length") == "" && !w.noBody {
		w.holding = true
		return
	}
	w.head()
}

// Write sends a piece of the body.
func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	switch {
	case w.err != nil:
		return 0, w.err
	case w.noBody:
		return len(b), nil
	case w.holding:
		return w.held.Write(b)
	}
	n := w.write(b)
	w.sent += int64(n)
	return n, w.err
}

// end sends what was held back, and returns why the client cannot have it all.
func (w *writer) end() error {
	w.WriteHeader(http.StatusOK)
	if w.holding {
		w.header.Set("Content-Length", strconv.Itoa(w.held.Len()))
		w.holding = false
		w.head()
		if w.err == nil {
			w.sent = int64(w.write(w.held.Bytes()))
		}
	}
	if length, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); w.err == nil && err == nil && !w.noBody && w.sent < length {
		// The file has become shorter: only the end of the connection tells that.
		w.err = io.ErrShortWrite
	}
	return w.err
}

// refuse answers with a status and its words.
func (w *writer) refuse(status int) {
	text := http.StatusText(status) + "\n"
	w.header.Set("Content-Type", "text/plain")
	w.header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// head sends the status line and the header. Connection is said always: clients
// of HTTP/1.0 and 1.1 take its absence for opposites (RFC 9112, section 9.3).
func (w *writer) head() {
	w.header.Set("Connection", "keep-alive")
	if w.last {
		w.header.Set("Connection", "close")
	}
	w.header.Set("Date", w.now.UTC().Format(http.TimeFormat))
	w.header.Set("Server", "phonecert")
	var text bytes.Buffer
	version := "HTTP/1.1"
	if w.old {
		version = "HTTP/1.0"
	}
	fmt.Fprintf(&text, "%s %d %s\r\n", version, w.status, http.StatusText(w.status))
	w.header.Write(&text)
	text.WriteString("\r\n")
	w.write(text.Bytes())
}

// write sends some bytes, within a time of their own.
func (w *writer) write(b []byte) (n int) {
	if w.err = w.conn.WriteWithin(writeTime); w.err == nil {
		n, w.err = w.conn.Write(b)
		w.err = limit.Timed("write time", w.err)
	}
	return n
}

// exchange is what is told of a request and its answer; the request is nil where
// it could not be read.
func (w *writer) exchange(q *http.Request, remark string) Exchange {
	x := Exchange{Status: w.status, Bytes: w.sent}
	if q != nil {
		x.Method, x.Path, x.UserAgent = wire.Clean(q.Method), wire.Clean(q.URL.Path), wire.Clean(q.UserAgent())
		x.Authorization = q.URL.User != nil || q.Header.Get("Authorization") != "" || q.Header.Get("Proxy-Authorization") != ""
	}
	x.Text = strings.TrimSpace(x.Method + " " + x.Path)
	if x.Text != "" {
		x.Text += ": "
	}
	x.Text += fmt.Sprintf("%d %s", x.Status, http.StatusText(x.Status))
	if remark != "" {
		x.Text += ", " + remark
	}
	if x.Status == http.StatusOK || x.Status == http.StatusPartialContent {
		x.Text += fmt.Sprintf(", %d bytes", x.Bytes)
	}
	x.Text = wire.Clean(x.Text)
	return x
}
