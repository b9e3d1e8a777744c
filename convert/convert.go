// Package convert writes what inspect has read in another encoding: PEM, DER,
// PKCS#7 or PKCS#12, or the very file that a handset takes. It does no I/O.
package convert

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
)

// Order is the order in which certificates are written.
type Order string

// The orders: as in the files, or the chain's own certificate first and each
// one followed by its issuer (RFC 5246, section 7.4.2).
const (
	FileOrder  Order = "file"
	ChainOrder Order = "chain"
)

// Options say what to make of the files.
type Options struct {
	// To is the format wanted; empty leaves it to Name, then to Profile.
	To inspect.Format
	// DER writes a PKCS#7 as DER instead of PEM.
	DER bool
	// Name is the output's file name, as far as it is known: its ending may
	// decide on the format, and a handset may refuse it.
	Name string
	// Select takes one certificate: its number from 1, "leaf" or "root"; empty
	// takes all of them.
	Select string
	// Split makes an output of its own of every object.
	Split bool
	// NoKeys leaves private keys out.
	NoKeys bool
	// Order is FileOrder when it is empty.
	Order Order
	// Password encrypts a PKCS#12, and Legacy does it as consumers older than
	// 2019 want it.
	Password []byte
	Legacy   bool
	// Profile asks for the file that this handset takes in Role; nil asks for
	// none.
	Profile *handset.Profile
	Role    handset.Role
}

// Output is one file that was made.
type Output struct {
	// Name is a name for the file under Split: a number, the certificate's name
	// in safe characters, and an ending. It is empty otherwise.
	Name   string
	Format inspect.Format
	Data   []byte
	// Text says that Data may go to a terminal.
	Text bool
	// Certificates are those in it, in their order.
	Certificates []*certificate.Certificate
	// PrivateKeys counts the keys in it. Whoever writes a file that holds one
	// keeps it from other users.
	PrivateKeys int
}

// Error says why nothing was made and what to do about it.
type Error struct {
	// Reason is one sentence, lower case, without a full stop.
	Reason string
	// Hints name flags or commands.
	Hints []string
}

// Error returns the reason.
func (e *Error) Error() string { return e.Reason }

func refuse(hints []string, format string, args ...any) *Error {
	return &Error{fmt.Sprintf(format, args...), hints}
}

// Convert makes outputs of everything in the files, taken together in their
// order. The remarks are sentences on what was left out or changed and why.
// The error is an *Error.
func Convert(in []*inspect.File, o Options) (outputs []Output, remarks []string, err error) {
	j := &job{Options: o}
	if err := j.prepare(in); err != nil {
		return nil, nil, err
	}
	switch {
	case j.Profile != nil:
		outputs, err = j.forHandset()
	case j.Split:
		outputs, err = j.split()
	default:
		outputs, err = j.together()
	}
	if err != nil {
		return nil, nil, err
	}
	return outputs, j.remarks, nil
}

// prepare collects what is to be written, in its order.
func (j *job) prepare(in []*inspect.File) error {
	if j.To == "" && j.Profile == nil {
		j.To = FormatOf(j.Name)
	}
	steps := []func() error{j.pick, j.dropDuplicates, j.order}
	if err := j.gather(in); err != nil {
		return err
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// together writes everything into one output.
func (j *job) together() ([]Output, error) {
	var out Output
	var err error
	switch j.To {
	case inspect.FormatPEM:
		out, err = j.pem(j.items)
	case inspect.FormatDER:
		out, err = j.der()
	case inspect.FormatPKCS7:
		out, err = j.pkcs7()
	case inspect.FormatPKCS12:
		out, err = j.pkcs12()
	default:
		err = refuse([]string{"--to takes pem, der, p7b or p12"}, "nothing is written as %q", j.To)
	}
	if err != nil {
		return nil, err
	}
	return []Output{out}, nil
}

// split writes every object into an output of its own.
func (j *job) split() ([]Output, error) {
	if j.To != inspect.FormatPEM && j.To != inspect.FormatDER {
		return nil, refuse([]string{"add --to pem or --to der"},
			"--split writes one object a file, and %s is made to hold several", formatName(j.To))
	}
	var outputs []Output
	for i, it := range j.items {
		out, err := j.single(it)
		if err != nil {
			return nil, err
		}
		out.Name = fileName(i+1, len(j.items), it, Ending(j.To, nil))
		outputs = append(outputs, out)
	}
	return outputs, nil
}

// single writes one object.
func (j *job) single(it item) (Output, error) {
	if j.To == inspect.FormatDER {
		return j.derOf(it)
	}
	return j.pem([]item{it})
}
