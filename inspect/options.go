package inspect

import "github.com/phonecert/phonecert/inspect/key"

// Options say what is known about a file beside its bytes.
type Options struct {
	// Password is asked when something encrypted is met; nil when there is none.
	Password key.Password
	// Size is the size of the whole file in bytes; 0 means len(data).
	Size int64
	// Truncated says that data is only the start of the file.
	Truncated bool
}
