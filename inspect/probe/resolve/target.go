// Package resolve turns what the user typed into a target, and a target into
// addresses as RFC 3263 has a SIP phone do it, keeping every record on the way.
package resolve

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// The ports that hold when none is typed (RFC 3261 section 19.1.2, RFC 9110
// section 4.2.2).
const (
	sipsPort  = 5061
	httpsPort = 443
)

// maxTarget is beyond any name, user and path that a phone can be told.
const maxTarget = 2048

// TargetError says what is wrong with a target, and what to type instead. A
// password in the target is in neither.
type TargetError struct {
	Message string
	Hint    string
}

// Error returns the message.
func (e *TargetError) Error() string { return e.Message }

func refuse(hint, format string, args ...any) error {
	return &TargetError{Message: fmt.Sprintf(format, args...), Hint: hint}
}

const forms = `a target is host, host:port, sips:user@domain or https://host/path`

// ParseTarget reads host[:port], [v6]:port, sips:user@domain[:port][;params]
// or https://host[:port]/path. In a path mac, in any usual spelling, takes the
// place of $MAC; mac may be "" where the path has none. Every error is a
// *TargetError.
func ParseTarget(text, mac string) (diagnosis.Target, error) {
	target, err := parse(text, mac)
	target.Text = text
	if err != nil {
		return diagnosis.Target{}, err
	}
	return target, nil
}

func parse(text, mac string) (diagnosis.Target, error) {
	if text == "" {
		return diagnosis.Target{}, refuse(forms, "the target is empty")
	}
	if len(text) > maxTarget {
		return diagnosis.Target{}, refuse(forms, "the target has %d characters, at most %d are read", len(text), maxTarget)
	}
	for i, c := range text {
		switch {
		case c == ' ' || c == '\t':
			return diagnosis.Target{}, refuse("put no space into a target; several targets are several arguments", "%s has a space at character %d", shown(text), i+1)
		case c < ' ' || c == 0x7f:
			return diagnosis.Target{}, refuse(forms, "the target has a control character at character %d", i+1)
		}
	}
	scheme, rest, isURL := strings.Cut(text, "://")
	switch scheme = strings.ToLower(scheme); {
	case isURL && scheme == "https":
		return parseURL(text, rest, mac)
	case isURL && scheme == "http":
		return diagnosis.Target{}, refuse(`there is no TLS to look at in http; type "https://" if the server has it`, "%s is not encrypted", shown(text))
	case isURL && (scheme == "sips" || scheme == "sip"):
		return diagnosis.Target{}, refuse(fmt.Sprintf("type %q: a SIP address has no slashes", "sips:"+after(rest)), "%s is no SIP address", shown(text))
	case isURL:
		return diagnosis.Target{}, refuse(forms, "the scheme %q is not known", scheme)
	}
	if scheme, rest, found := strings.Cut(text, ":"); found {
		switch strings.ToLower(scheme) {
		case "sips":
			return parseSIPS(text, rest)
		case "sip":
			return diagnosis.Target{}, refuse(fmt.Sprintf("type %q: only sips asks for TLS all the way", "sips:"+after(rest)), "%s asks for SIP without TLS", shown(text))
		}
	}
	if strings.Contains(text, "@") {
		return diagnosis.Target{}, refuse(fmt.Sprintf("type %q for a SIP address", "sips:user@"+after(text)), "%s has a user, but no scheme", shown(text))
	}
	if strings.ContainsAny(text, "/?#") {
		return diagnosis.Target{}, refuse(fmt.Sprintf("type %q if it is a file that the phone fetches", "https://"+text), "%q has a path, but no scheme", text)
	}
	host, port, _, err := parseHostPort(text, sipsPort)
	return diagnosis.Target{Scheme: "sips", Host: host, Port: port}, err
}

// shown quotes what was typed without what stands before an @: a password may
// be in it.
func shown(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		return fmt.Sprintf("%q", "…"+text[at:])
	}
	return fmt.Sprintf("%q", text)
}

func after(text string) string { return text[strings.LastIndexByte(text, '@')+1:] }

// parseHostPort reads host[:port], [v6][:port] or a bare v6; typed says that
// there was a port.
func parseHostPort(text string, usual uint16) (host string, port uint16, typed bool, err error) {
	if _, err := netip.ParseAddr(text); err == nil {
		return text, usual, false, nil
	}
	host, portText, typed := text, "", false
	if strings.HasPrefix(text, "[") {
		inside, rest, closed := strings.Cut(text[1:], "]")
		address, err := netip.ParseAddr(inside)
		if !closed || err != nil || !address.Is6() || (rest != "" && rest[0] != ':') {
			return "", 0, false, refuse(`type it like "[2001:db8::10]:5061"`, "%q is no IPv6 address in brackets", text)
		}
		host, portText, typed = inside, strings.TrimPrefix(rest, ":"), rest != ""
	} else {
		if strings.Count(text, ":") > 1 {
			return "", 0, false, refuse(`put an IPv6 address into brackets before a port, like "[2001:db8::10]:5061"`, "%q has more than one colon and is no IPv6 address", text)
		}
		host, portText, typed = strings.Cut(text, ":")
		if host, err = parseHost(host); err != nil {
			return "", 0, false, err
		}
	}
	if !typed {
		return host, usual, false, nil
	}
	number, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || number == 0 || portText[0] == '+' {
		return "", 0, false, refuse("a port is a number from 1 to 65535; SIP over TLS has 5061, HTTPS has 443", "%q is no port", portText)
	}
	return host, uint16(number), true, nil
}
