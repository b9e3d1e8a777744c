package measure

import "github.com/phonecert/phonecert/inspect/listen/chain"

// Setting is a conclusion about one of the phone's settings or limits.
type Setting struct {
	// Path is the fact in a profile, for instance "settings.only_trusted.in_force".
	Path string `json:"path"`
	// Value is as a profile writes it; of a fact that is a list it is one item.
	Value string `json:"value"`
	// Lacks says of a list that the item is not on it.
	Lacks bool `json:"lacks,omitempty"`
	// Because names the trials that show it: "it takes good and refuses
	// unknown-root".
	Because string `json:"because"`
}

// String says it in words: "crypto.key_algorithms lacks EC".
func (s Setting) String() string {
	switch {
	case s.Lacks:
		return s.Path + " lacks " + s.Value
	case s.Path == keyAlgorithms || s.Path == hashes:
		return s.Path + " has " + s.Value
	}
	return s.Path + " is " + s.Value
}

// The facts of a profile that a survey measures.
const (
	onlyTrusted   = "settings.only_trusted.in_force"
	cnValidation  = "settings.cn_validation.in_force"
	keyAlgorithms = "crypto.key_algorithms"
	hashes        = "crypto.hashes"
)

// Settings are what follows for the phone's settings and limits. Nothing does
// from a phone that refuses a good chain: whatever it refuses then may have that
// same reason; nor from a table that several phones share.
func (t Table) Settings() []Setting {
	list := []Setting{}
	if !t.takes(chain.Good) || len(t.callers()) > 1 {
		return list
	}
	add := func(path, value string, lacks bool, because string) {
		list = append(list, Setting{path, value, lacks, because})
	}
	strict, lax := t.onlyTrusted()
	if strict {
		add(onlyTrusted, "on", false, t.refusal(chain.UnknownRoot))
	}
	if lax {
		add(onlyTrusted, "off", false, "it takes unknown-root and self-signed, which nothing on the phone vouches for")
	}
	switch {
	case t.refuses(chain.WrongName):
		add(cnValidation, "on", false, t.refusal(chain.WrongName))
	case t.takes(chain.WrongName) && strict:
		// What a phone does about a name that takes any certificate at all is not
		// documented, so a lax one shows nothing here.
		add(cnValidation, "off", false, "it takes wrong-name, though it refuses unknown-root")
	}
	switch {
	case t.takes(chain.ECKey): // the handshake took it, trusted or not
		add(keyAlgorithms, "EC", false, "it takes ec-key")
	case t.of(chain.ECKey) != nil && t.of(chain.ECKey).NoSuite:
		add(keyAlgorithms, "EC", true, "it takes good, and offers no cipher suite for ec-key")
	case t.refuses(chain.ECKey):
		add(keyAlgorithms, "EC", true, t.refusal(chain.ECKey))
	}
	// A phone that takes anything need not have verified a signature.
	if good := t.of(chain.Good); strict && good.Hash != "" {
		add(hashes, good.Hash, false, "it takes good, whose certificate is signed so, and refuses unknown-root")
	}
	switch {
	case t.takes(chain.SHA512) && strict:
		add(hashes, "SHA-512", false, "it takes sha512, though it refuses unknown-root")
	case t.refuses(chain.SHA512):
		add(hashes, "SHA-512", true, t.refusal(chain.SHA512))
	}
	return list
}

// onlyTrusted says whether the phone insists on a root that it holds, or takes
// anything. Neither is so where the trials are missing or at odds.
func (t Table) onlyTrusted() (strict, lax bool) {
	if !t.takes(chain.Good) {
		return false, false
	}
	return t.refuses(chain.UnknownRoot) && !t.takes(chain.SelfSigned), t.takes(chain.UnknownRoot) && t.takes(chain.SelfSigned)
}
