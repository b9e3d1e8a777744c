package diagnosis

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// series writes "a", "a and b", "a, b and c".
func series[T fmt.Stringer](list []T) string {
	var words []string
	for _, v := range list {
		words = append(words, v.String())
	}
	return enumerate(words)
}

func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// count writes "1 suite", "25 suites".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// within writes a duration as a person says it; "" when it was not measured.
func within(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	if d < time.Second {
		return " within " + strconv.FormatFloat(float64(d)/1e6, 'g', 2, 64) + " ms"
	}
	return " within " + strconv.FormatFloat(d.Seconds(), 'g', 3, 64) + " s"
}

// server is where the connection goes, for sentences.
func (s *subject) server() string {
	if s.Dial != nil && s.Dial.Address.IsValid() {
		return s.Dial.Address.String()
	}
	if s.Target.Host == "" {
		return "the server"
	}
	host := s.Target.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(s.Target.Port))
}

// port is the port of the connection.
func (s *subject) port() uint16 {
	if s.Dial != nil && s.Dial.Address.IsValid() {
		return s.Dial.Address.Port()
	}
	return s.Target.Port
}
