package sip

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// maxTries is how often one registration is sent: bare, with an answer to the
// challenge, with one to a fresh nonce; and so again for a longer time.
const maxTries = 6

// maxExpires is the longest time that a server is granted on its wish.
const maxExpires = 3600

var errNotUnderstood = errors.New("the challenge cannot be answered")

// Register registers the user and takes that back again, so that the server
// is left as it was, also when ctx is done meanwhile: then within two seconds
// more. Only the binding of this connection is touched, never a phone's. Any
// status is an answer.
func Register(ctx context.Context, conn net.Conn, r Request, who Credentials) diagnosis.SIP {
	s := newSession(conn, r)
	who.Username = cmp.Or(who.Username, s.User)
	result := s.ask(ctx, who)
	// A registration that was under way when the time was up may have been
	// taken.
	if result.Registered || ctx.Err() != nil {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		result.Removed = (&Binding{s, who}).Remove(after)
	}
	return result
}

// register sends one registration until its answer is final. An answer may come
// with an error: the challenge that was not understood.
func (s *session) register(ctx context.Context, who Credentials, expires int, result *diagnosis.SIP) (*message, error) {
	authorization := ""
	answered, stale, brief := false, false, false
	for try := 1; ; try++ {
		more := []string{"Expires: " + strconv.Itoa(expires)}
		if authorization != "" {
			more = append(more, authorization)
		}
		m, err := s.do(ctx, "REGISTER", more...)
		if err != nil {
			return nil, err
		}
		if list := m.challenges(); len(list) > 0 {
			c, known := strongest(list)
			result.Challenged = true
			result.Realm, result.Algorithm = c.describe()
			switch {
			case who.Password == "":
				return m, nil
			case !known:
				return m, errNotUnderstood
			case try == maxTries || answered && (stale || !c.Stale):
				return m, nil
			}
			stale, answered = answered, true
			if authorization, err = s.authorization(m.status, c, "REGISTER", who); err != nil {
				return m, errNotUnderstood
			}
			continue
		}
		// RFC 3261 section 10.2.8.
		least, _ := strconv.Atoi(m.fields.First("min-expires"))
		if m.status != 423 || try == maxTries || brief || least <= expires || least > maxExpires || expires == 0 {
			return m, nil
		}
		expires, brief = least, true
		authorization, answered = "", false
	}
}

// granted is for how many seconds the server keeps the binding: it says so
// beside this contact, or once for all (RFC 3261 section 10.2.4).
func (s *session) granted(m *message) int {
	if seconds, told := m.expires("<" + s.contact + ">"); told {
		return seconds
	}
	return s.Expires
}

// expires is for how many seconds an answer says that the binding of a contact
// is kept, or that of any for "".
func (m *message) expires(contact string) (seconds int, told bool) {
	for _, value := range m.fields.All("contact") {
		_, rest, found := strings.Cut(value, contact)
		if !found {
			continue
		}
		own, _, _ := strings.Cut(rest, ",")
		for parameter := range strings.SplitSeq(own, ";") {
			name, number, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if seconds, err := strconv.Atoi(number); err == nil && strings.EqualFold(name, "expires") {
				return seconds, true
			}
		}
	}
	seconds, err := strconv.Atoi(m.fields.First("expires"))
	return seconds, err == nil
}
