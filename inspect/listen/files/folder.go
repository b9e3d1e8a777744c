package files

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// answer writes the answer to a request, and returns what is to be said of it.
func (s *session) answer(w *writer, q *http.Request) (remark string) {
	switch {
	case q.ProtoMajor != 1:
		w.refuse(http.StatusHTTPVersionNotSupported)
		return "this server speaks HTTP/1"
	case q.Method != http.MethodGet && q.Method != http.MethodHead:
		w.header.Set("Allow", "GET, HEAD")
		w.refuse(http.StatusMethodNotAllowed)
		return ""
	case s.Folder == nil:
		w.refuse(http.StatusNotFound)
		return ""
	}
	file, about, err := open(s.Folder, q.URL.Path)
	if err != nil {
		w.refuse(http.StatusNotFound)
		return reason(err)
	}
	defer file.Close()
	w.header.Set("Content-Type", contentType(q.URL.Path))
	// It sees to Range, If-Modified-Since and HEAD.
	http.ServeContent(w, q, "", about.ModTime(), file)
	return ""
}

// What keeps a file from being sent.
var (
	errHidden    = errors.New("hidden files are not sent")
	errNoFile    = errors.New("it is no file")
	errNoSeeking = errors.New("it cannot be read from the middle")
)

func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read"
	case errors.Is(err, errHidden), errors.Is(err, errNoFile), errors.Is(err, errNoSeeking):
		return err.Error()
	}
	return "the file cannot be opened" // the error itself has names of this machine
}

// opened is a file that http.ServeContent can send.
type opened interface {
	io.ReadSeeker
	io.Closer
}

// open opens the file at the path of a request. Two slashes are one, for a phone
// puts its own between the URL that it was given and the name; what leads
// upwards, or begins with a dot, is none of the files.
func open(folder fs.FS, at string) (opened, fs.FileInfo, error) {
	for segment := range strings.SplitSeq(at, "/") {
		if strings.HasPrefix(segment, ".") {
			return nil, nil, errHidden
		}
	}
	name := strings.TrimPrefix(path.Clean("/"+at), "/")
	switch {
	case name == "" || strings.HasSuffix(at, "/"):
		return nil, nil, errNoFile
	case !fs.ValidPath(name):
		return nil, nil, fs.ErrNotExist
	}
	// Opening a pipe would wait for somebody to write into it.
	about, err := fs.Stat(folder, name)
	if err != nil {
		return nil, nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, nil, errNoFile
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, nil, err
	}
	seeker, ok := file.(opened)
	if !ok {
		file.Close()
		return nil, nil, errNoSeeking
	}
	return seeker, about, nil
}

// contentType is that of a file by its ending; what a machine has in its own list
// of types has no say.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".cfg", ".conf", ".ini", ".txt", ".boot", ".mac", ".csv", ".lst":
		return "text/plain"
	case ".xml":
		return "text/xml"
	case ".json":
		return "application/json"
	case ".html", ".htm":
		return "text/html"
	case ".pem", ".crt", ".cer", ".der":
		return "application/x-x509-ca-cert"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".bmp":
		return "image/bmp"
	case ".wav":
		return "audio/wav"
	}
	return "application/octet-stream"
}
