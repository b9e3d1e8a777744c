package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// upload is how the phone gets the root of what it was shown.
func (l *Listener) upload() string {
	what, file := "upload the listener's root to the phone", "DIR/root.pem"
	switch {
	case l.Chain == "":
		what, file = "upload the root of the chain in --cert to the phone", "ROOT.pem"
	case l.Root == "":
		what = "listen with --out DIR, and upload the root that it writes to the phone"
	default:
		file = inspect.ShellQuote(l.Root)
	}
	phone := l.Phone
	if phone == "" {
		phone = "ADDRESS-OF-THE-PHONE"
	}
	return fmt.Sprintf("%s: phonecert upload %s --as trusted --phone http://%s; and set CA Certificates to Custom or All", what, file, phone)
}

// otherwise is what to try where an alert says little.
func (l *Listener) otherwise() string {
	if l.Chain == "" {
		return "look at the phone's log, and try the listener without --cert"
	}
	return "look at the phone's log, and try the listener with another --chain"
}

// weaker is what to try where the phone may not know an algorithm.
func (l *Listener) weaker() string {
	if l.Chain == "" {
		return "see with which digest and key the chain in --cert is signed: the oldest phones know SHA-1 and RSA alone"
	}
	return "try --sign sha1"
}

// onPurpose goes before what mends a refusal: nobody has to mend what was shown
// to see it refused.
func (l *Listener) onPurpose(fix string) string {
	if different := l.different(); different != "" {
		return fmt.Sprintf("nothing, if the phone takes --chain good, from which this chain differs on purpose: %s; else %s", different, fix)
	}
	return fix
}

// different is what a chain has that a good one has not; "" for that and for one
// of the caller's.
func (l *Listener) different() string {
	switch l.Chain {
	case chain.SelfSigned:
		return "its certificate signed itself"
	case chain.Expired:
		return "its certificate expired a week ago"
	case chain.NotYetValid:
		return "its certificate is valid only in a week"
	case chain.WrongName:
		return "its certificate is for another name"
	case chain.NoIntermediate:
		return "its intermediate is not sent"
	case chain.UnknownRoot:
		return "nobody has its root"
	case chain.ECKey:
		return "its key is on the curve P-256"
	case chain.SHA512:
		return "its certificate is signed with SHA-512"
	case chain.CrossSignedExpired:
		return "an older root, which has expired, vouches for its root beside it"
	}
	return ""
}

// aboutChain reports whether an alert can be about the chain that was shown.
func aboutChain(a iana.AlertDescription) bool {
	switch a {
	case iana.AlertHandshakeFailure, iana.AlertIllegalParameter, iana.AlertInsufficientSecurity, iana.AlertInternalError:
		return true
	}
	return ofTrust(a)
}
