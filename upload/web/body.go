package web

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
)

// Pair is a field of a form.
type Pair struct{ Name, Value string }

// Form encodes fields as application/x-www-form-urlencoded, in order.
func Form(fields ...Pair) (body []byte, kind string) {
	var parts []string
	for _, f := range fields {
		parts = append(parts, url.QueryEscape(f.Name)+"="+url.QueryEscape(f.Value))
	}
	return []byte(strings.Join(parts, "&")), "application/x-www-form-urlencoded"
}

// Multipart encodes fields, then a file, as multipart/form-data.
func Multipart(fields []Pair, field, name string, content []byte) (body []byte, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	// The boundary is the same for the same file, so that what is sent can be
	// foretold. The errors are those of writing to memory, and of a boundary
	// that is too long.
	_ = w.SetBoundary(boundary(fields, content))
	for _, f := range fields {
		_ = w.WriteField(f.Name, f.Value)
	}
	part, _ := w.CreateFormFile(field, name)
	_, _ = part.Write(content)
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// boundary is one that stands in no part.
func boundary(fields []Pair, content []byte) string {
	for i := 0; ; i++ {
		b := "----phonecert-" + strconv.Itoa(i)
		inside := bytes.Contains(content, []byte(b))
		for _, f := range fields {
			inside = inside || strings.Contains(f.Name+f.Value, b)
		}
		if !inside {
			return b
		}
	}
}
