package inside

import (
	"regexp"
	"strings"
	"sync"
)

// expressions are what a line is compared with.
type expressions struct {
	start, length, folded *regexp.Regexp // of any message
	header, uri, query    *regexp.Regexp // of what is secret
}

// patterns compiles them with the first connection that a key log opened:
// what most commands never need must not cost them their start.
var patterns = sync.OnceValue(func() expressions {
	return expressions{
		start:  regexp.MustCompile(`^(SIP/2\.0|HTTP/1\.[01]) \d{3}|^[A-Z]{2,20} \S+ (SIP/2\.0|HTTP/1\.[01])$`),
		length: regexp.MustCompile(`(?im)^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$`),
		folded: regexp.MustCompile(`\r\n[ \t]+`),
		header: regexp.MustCompile(`(?i)^((?:proxy-)?authorization|(?:proxy-)?authentication-info|(?:set-)?cookie2?|identity|x-[a-z-]*(?:auth|token|key)[a-z-]*)[ \t]*:`),
		uri:    regexp.MustCompile(`(?i)\b(sips?:|https?://)([^\s:@;<>/?]+):[^\s@;<>]*@`),
		query:  regexp.MustCompile(`(?i)([a-z0-9_.-]*(?:pass|pwd|pw|pin|secret|token|key|auth|cred|sess|sid)[a-z0-9_.-]*)=[^&;\s>]*`),
	}
})

// withoutSecrets leaves a line what may be told of it.
func withoutSecrets(text string) string {
	p := patterns()
	if m := p.header.FindStringSubmatch(text); m != nil {
		return m[1] + ": (not shown)"
	}
	text = p.uri.ReplaceAllString(text, "${1}${2}:(not shown)@")
	text = p.query.ReplaceAllString(text, "${1}=(not shown)")
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "") + "…"
	}
	return text
}
