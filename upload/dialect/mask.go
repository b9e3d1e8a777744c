package dialect

import (
	"html"
	"net/url"
	"strings"
)

// Hidden stands for a secret in what people read.
const Hidden = "***"

// Mask hides secrets in a text for people, also as forms and pages spell them.
func Mask(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, spelled := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)} {
			text = strings.ReplaceAll(text, spelled, Hidden)
		}
	}
	return text
}

// Clip shortens what a stranger says to what fits a line.
func Clip(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
