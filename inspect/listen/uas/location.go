package uas

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// How many bindings are kept, of one user and of all.
const (
	maxContacts = 16
	maxBindings = 10_000
	// maxText is the longest user, contact and Call-ID, in bytes.
	maxText = 512
)

// Binding is where a user can be reached.
type Binding struct {
	// User is that of the address, without the domain.
	User string
	// Contact is the phone's URI as it gave it.
	Contact string
	// Expires is when it ends.
	Expires time.Time
	// UserAgent and Client are the phone's words and address.
	UserAgent, Client string

	callID string
	cseq   uint32
}

var (
	errOutOfOrder = errors.New("the CSeq is not above the last one")
	errFull       = errors.New("too many bindings")
)

// location is what RFC 3261, section 10, calls the location service.
type location struct {
	mu    sync.Mutex
	users map[string][]Binding
	count int
}

// update changes the bindings of a user, all of them or none (RFC 3261, section
// 10.3, step 7). One that has expired by now is taken away; all says that every
// other goes too.
func (l *location) update(user string, changes []Binding, all bool, order Binding, now time.Time) ([]Binding, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := live(l.users[user], now)
	if all {
		for _, b := range kept {
			if after(b, order) {
				return nil, errOutOfOrder
			}
		}
		kept = nil
	}
	for _, change := range changes {
		i := slices.IndexFunc(kept, func(b Binding) bool { return b.Contact == change.Contact })
		if i >= 0 {
			if after(kept[i], order) {
				return nil, errOutOfOrder
			}
			kept = slices.Delete(kept, i, i+1)
		}
		if change.Expires.After(now) {
			kept = append(kept, change.copied())
		}
	}
	if len(kept) > maxContacts {
		return nil, errFull
	}
	return kept, l.store(user, kept, now)
}

// store keeps the bindings of a user if there is room, which those that have
// expired may have to make.
func (l *location) store(user string, kept []Binding, now time.Time) error {
	more := len(kept) - len(l.users[user])
	if l.count+more > maxBindings {
		for other, list := range l.users {
			l.put(other, live(list, now))
		}
		if more = len(kept) - len(l.users[user]); l.count+more > maxBindings {
			return errFull
		}
	}
	l.put(strings.Clone(user), kept)
	return nil
}

func (l *location) put(user string, list []Binding) {
	if l.users == nil {
		l.users = map[string][]Binding{}
	}
	l.count += len(list) - len(l.users[user])
	if len(list) == 0 {
		delete(l.users, user)
		return
	}
	l.users[user] = list
}

// all are the bindings in force, by user and contact.
func (l *location) all(now time.Time) []Binding {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Binding
	for _, bindings := range l.users {
		list = append(list, live(bindings, now)...)
	}
	slices.SortFunc(list, func(a, b Binding) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Contact, b.Contact))
	})
	return list
}

// live is a copy without what has expired.
func live(list []Binding, now time.Time) []Binding {
	return slices.DeleteFunc(slices.Clone(list), func(b Binding) bool { return !b.Expires.After(now) })
}

// copied holds on to nothing of the message that a binding was read from.
func (b Binding) copied() Binding {
	b.User, b.Contact, b.callID = strings.Clone(b.User), strings.Clone(b.Contact), strings.Clone(b.callID)
	b.UserAgent = strings.Clone(b.UserAgent)
	return b
}

// after reports whether a binding is of the same call as a request and not older.
func after(b, request Binding) bool { return b.callID == request.callID && b.cseq >= request.cseq }
