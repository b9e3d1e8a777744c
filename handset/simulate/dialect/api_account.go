package dialect

// The ids of how the account stands: in words, and on which screen of the phone
// the lock is (invented).
const (
	accountText = "wui.account.text"
	accountLock = "wui.account.lock"
)

// tellAccount adds what the other dialects show in a table.
func (a *api) tellAccount(known map[string]any) {
	r := a.Registration()
	if r.Account == "" {
		return
	}
	known[accountText] = r.Account + ": " + r.Text
	if r.Lock != "" {
		known[accountLock] = r.Lock
	}
}
