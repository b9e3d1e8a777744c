package web

import (
	"bytes"
	"unicode/utf8"
)

// The words for what a file looks like.
const (
	configuration = "phone configuration"
	markup        = "XML"
	page          = "HTML"
	encrypted     = "encrypted"
	empty         = "empty"
	unknown       = "unknown"
)

// cipherBlock is the block of AES: an encrypted configuration is a whole number
// of blocks (the fact sheet on provisioning).
const cipherBlock = 16

// looks names a file by its first bytes and, where all of it came, its size.
func looks(start []byte, length int64, whole bool) string {
	if length == 0 {
		return empty
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text)
	switch {
	// The first line of a configuration (the fact sheet on provisioning).
	case bytes.HasPrefix(lower, []byte("#!version:")):
		return configuration
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<head")), bytes.HasPrefix(lower, []byte("<body")):
		return page
	case bytes.HasPrefix(lower, []byte("<?xml")):
		if bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("<!doctype html")) {
			return page
		}
		return markup
	case len(text) > 1 && text[0] == '<' && letter(text[1]):
		return markup
	case whole && length%cipherBlock == 0 && binary(start):
		return encrypted
	}
	return unknown
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// binary reports whether bytes are no text: a rune may be cut at the end.
func binary(start []byte) bool {
	for len(start) > 0 {
		c, size := utf8.DecodeRune(start)
		if c == utf8.RuneError && size == 1 {
			return utf8.FullRune(start)
		}
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return true
		}
		start = start[size:]
	}
	return false
}
