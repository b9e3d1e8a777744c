package commands

import "github.com/zalando/go-keyring"

// keyringPassword looks a password up in the system's keyring: Secret Service,
// Keychain or Credential Manager.
func keyringPassword(service, user string) (string, error) { return keyring.Get(service, user) }
