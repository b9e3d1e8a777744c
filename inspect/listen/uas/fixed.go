package uas

import (
	"fmt"

	"github.com/icholy/digest"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// fixed is the answer that the Config gives to every REGISTER; nil leaves it to
// the registrar.
func (c *session) fixed(q *request, about Exchange) *response {
	code := c.config.Answer
	if code == 0 || code == 200 {
		return nil
	}
	about.Text = "as every REGISTER here"
	r := &response{status: code, reason: reasonOf(code), told: about}
	switch code {
	case 401:
		r.fields = c.gate.challenges(challenge, false)
		r.told.AuthUser = claimed(q.fields.All("authorization"))
	case 407:
		r.fields = c.gate.challenges(proxyChallenge, false)
		r.told.AuthUser = claimed(q.fields.All("proxy-authorization"))
	case 423:
		r.fields = []string{fmt.Sprintf("Min-Expires: %d", maxExpires)} // RFC 3261, section 21.4.17
	}
	return r
}

// claimed is the name in the answer to a challenge, whether or not its password
// is right.
func claimed(values []string) string {
	for _, value := range values {
		if answer, err := digest.ParseCredentials(value); err == nil {
			return wire.Clean(answer.Username)
		}
	}
	return ""
}

// reasonOf is the reason phrase of a status (RFC 3261, section 21).
func reasonOf(code int) string {
	switch code {
	case 300:
		return "Multiple Choices"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Moved Temporarily"
	case 305:
		return "Use Proxy"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 402:
		return "Payment Required"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 406:
		return "Not Acceptable"
	case 407:
		return "Proxy Authentication Required"
	case 408:
		return "Request Timeout"
	case 410:
		return "Gone"
	case 423:
		return "Interval Too Brief"
	case 480:
		return "Temporarily Unavailable"
	case 500:
		return "Server Internal Error"
	case 501:
		return "Not Implemented"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Server Time-out"
	case 603:
		return "Decline"
	}
	return [...]string{"Redirection", "Request Failure", "Server Failure", "Global Failure"}[code/100-3]
}
