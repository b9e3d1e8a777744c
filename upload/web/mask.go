package web

import (
	"bytes"
	"cmp"
	"mime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a text that nobody may see, and what stands in its place.
type span struct {
	from, to int
	name     string
}

// mark stands in the place of a secret.
func mark(name string) string { return "***" + name + "***" }

// hide replaces spans of a text; where some overlap, all of them by the first
// one's name. The rest is made fit to be shown on a terminal.
func hide(text string, spans []span) string {
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var b strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		s := spans[i]
		for i++; i < len(spans) && spans[i].from < s.to; i++ {
			s.to = max(s.to, spans[i].to)
		}
		if s.from == s.to {
			continue
		}
		b.WriteString(plain(text[at:s.from]) + mark(s.name))
		at = s.to
	}
	b.WriteString(plain(text[at:]))
	return b.String()
}

// plain takes away what steers a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r':
			return -1
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, text)
}

// binary reports whether a body is no text, in whatever character set.
func binary(body []byte) bool {
	return bytes.ContainsFunc(body[:min(len(body), maxTraced)], func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\r' && r != '\n' && r != '\f'
	})
}

// secretField reports whether a form's field holds a secret, or what one can be
// computed from (the fact sheet on the web interface).
func secretField(name string) bool {
	return secretName().MatchString(name)
}

var (
	secretName = pattern(`(?i)^(?:pwd|password|key|iv|data|rsakey|rsaiv|maxlength|token|random)$`)
	formField  = pattern(`(?i)(?:^|[?&;])(pwd|password|key|iv|data|rsakey|rsaiv|maxlength|token|random)=([^&\s"'<>#]*)`)
	// var g_strToken = "…", "wui.common.token": "…", token: 1
	assignment = pattern(`(?i)(token|pwd|password|passwd)["']?\s*[:=]\s*(?:"([^"]*)|'([^']*)|(\d+))`)
	inputTag   = pattern(`(?is)<input\b[^>]*`)
	inputName  = pattern(`(?is)\b(?:name|id|type)\s*=\s*["']?(\w*token|pwd|\w*password)\b`)
	inputValue = pattern(`(?is)\bvalue\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]+))`)
	// A private key in PEM, also in a form; one that was cut or has lost its
	// end goes as far as the text.
	privateKey = pattern(`(?is)-*BEGIN[ +%\w]{0,40}PRIVATE(?:[ +]|%20)KEY.*?(?:-+END[ +%\w]{0,40}PRIVATE(?:[ +]|%20)KEY-*|$)`)
	cookiePart = pattern(`(?i)^\s*(?:path|domain|expires|max-age|samesite)=|^\s*(?:httponly|secure)?\s*$`)
)

// formSpans finds fields of forms by their names, in links as well; whole says
// that the text may be a form itself and begin with a field.
func formSpans(text string, whole bool) []span {
	var spans []span
	for _, m := range formField().FindAllStringSubmatchIndex(text, -1) {
		if m[0] == m[2] && !whole {
			continue
		}
		spans = append(spans, span{m[4], m[5], strings.ToLower(text[m[2]:m[3]])})
	}
	return spans
}

// scriptSpans finds tokens and passwords in scripts, JSON and inputs.
func scriptSpans(text string) []span {
	var spans []span
	for _, m := range assignment().FindAllStringSubmatchIndex(text, -1) {
		spans = appendGroup(spans, m[4:], strings.ToLower(text[m[2]:m[3]]))
	}
	for _, tag := range inputTag().FindAllStringIndex(text, -1) {
		inside := text[tag[0]:tag[1]]
		name := inputName().FindStringSubmatch(inside)
		value := inputValue().FindStringSubmatchIndex(inside)
		if name == nil || value == nil {
			continue
		}
		for _, s := range appendGroup(nil, value[2:], strings.ToLower(name[1])) {
			spans = append(spans, span{tag[0] + s.from, tag[0] + s.to, s.name})
		}
	}
	return spans
}

// appendGroup appends the one of several groups that took part in a match.
func appendGroup(spans []span, groups []int, name string) []span {
	for ; len(groups) > 1; groups = groups[2:] {
		if groups[0] >= 0 {
			spans = append(spans, span{groups[0], groups[1], name})
		}
	}
	return spans
}

func keySpans(text string) []span {
	var spans []span
	for _, m := range privateKey().FindAllStringIndex(text, -1) {
		spans = append(spans, span{m[0], m[1], "private key"})
	}
	return spans
}

// fieldSpans finds the values of header fields that are secrets by their names.
func fieldSpans(line string) []span {
	name, value, _ := strings.Cut(line, ":")
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "x-csrftoken":
		return []span{{len(line) - len(strings.TrimLeft(value, " ")), len(line), name}}
	case "cookie", "set-cookie":
		return cookieSpans(line, len(name)+1)
	}
	return nil
}

// cookieSpans finds the values of cookies; their names and attributes stay.
func cookieSpans(line string, from int) []span {
	var spans []span
	for part := range strings.SplitAfterSeq(line[from:], ";") {
		to := from + len(strings.TrimSuffix(part, ";"))
		if !cookiePart().MatchString(line[from:to]) {
			name, _, named := strings.Cut(line[from:to], "=")
			start := from + 1
			if named {
				start = from + len(name) + 1
			}
			spans = append(spans, span{start, to, "cookie"})
		}
		from += len(part)
	}
	return spans
}

// part is one of a form with files.
type part struct {
	head, name string
	content    []byte
}

// partsOf takes a form with files apart; nil for anything else.
func partsOf(kind string, body []byte) (parts []part, marker string) {
	media, parameters, err := mime.ParseMediaType(kind)
	if err != nil || media != "multipart/form-data" || parameters["boundary"] == "" {
		return nil, ""
	}
	marker = "--" + parameters["boundary"]
	for _, piece := range bytes.Split(body, []byte(marker))[1:] {
		head, content, ok := bytes.Cut(piece, []byte("\r\n\r\n"))
		if !ok {
			continue
		}
		p := part{head: strings.TrimSpace(string(head)), content: bytes.TrimSuffix(content, []byte("\r\n"))}
		for line := range strings.SplitSeq(p.head, "\r\n") {
			if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Disposition") {
				if _, parameters, err := mime.ParseMediaType(strings.TrimSpace(value)); err == nil {
					p.name = parameters["name"]
				}
			}
		}
		parts = append(parts, p)
	}
	return parts, marker
}
