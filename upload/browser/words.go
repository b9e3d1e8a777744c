package browser

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
)

// waiting says whether a text is what the page shows during the upload.
func waiting(text string) bool {
	return text == "" || strings.HasPrefix(strings.ToLower(text), "uploading")
}

// resInfo is where the listener dialects put the answer in their page.
var resInfo = regexp.MustCompile(`(?s)id="_RES_INFO_"[^>]*>(.*?)</div>`)

// reply reads the phone's answer to the upload itself, where the page has made
// nothing of it.
func reply(status int, body string) dialect.Answer {
	if m := resInfo.FindStringSubmatch(body); m != nil {
		body = m[1]
	}
	if a := dialect.Classify(body); a.Class != dialect.Silent && strings.HasPrefix(strings.TrimSpace(body), "{") {
		return a
	}
	switch {
	case strings.Contains(body, "User Identity Forbidden"):
		return dialect.Answer{Class: dialect.Forbidden, Text: "User Identity Forbidden"}
	case status == http.StatusRequestEntityTooLarge:
		return dialect.Answer{Class: dialect.TooLarge}
	case status >= http.StatusBadRequest:
		// A server in trouble has said nothing about the file.
		return dialect.Answer{Class: dialect.Silent, Text: http.StatusText(status)}
	}
	var answer struct {
		Result any `json:"result"`
		Ret    any `json:"ret"`
	}
	if json.Unmarshal([]byte(body), &answer) != nil {
		return dialect.Answer{Class: dialect.Silent}
	}
	switch result := answer.Result.(type) {
	case float64:
		return dialect.Answer{Class: dialect.Success}
	case bool:
		return dialect.Answer{Class: map[bool]dialect.Class{true: dialect.Success, false: dialect.Refused}[result]}
	case string:
		class, known := map[string]dialect.Class{
			"success": dialect.Success, "true": dialect.Success, "large": dialect.TooLarge,
			"failed": dialect.Refused, "false": dialect.Refused, "noparam": dialect.Refused,
		}[result]
		if known {
			return dialect.Answer{Class: class}
		}
	}
	switch answer.Ret {
	case "ok":
		return dialect.Answer{Class: dialect.Success}
	case "failed":
		return dialect.Answer{Class: dialect.Refused}
	}
	return dialect.Answer{Class: dialect.Silent}
}
