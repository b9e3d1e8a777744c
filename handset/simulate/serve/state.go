package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

// stateVersion is that of the file's form.
const stateVersion = 1

// maxState is the largest state file that is read, in bytes: ten thousand phones
// with ten certificates each.
const maxState = 512 << 20

// StateError says why a state file is not used.
type StateError struct {
	Path string
	Err  error
}

func (e *StateError) Error() string { return fmt.Sprintf("the state file %q: %v", e.Path, e.Err) }
func (e *StateError) Unwrap() error { return e.Err }

// stateFile is the file: all phones that were ever served with it.
type stateFile struct {
	Version int            `json:"version"`
	Phones  []device.State `json:"phones"`
}

func encode(phones []device.State) ([]byte, error) {
	text, err := json.MarshalIndent(stateFile{stateVersion, phones}, "", " ")
	return append(text, '\n'), err
}

// decode reads a file that may be anything.
func decode(r io.Reader) ([]device.State, error) {
	var f stateFile
	limited := &io.LimitedReader{R: r, N: maxState}
	d := json.NewDecoder(limited)
	err := d.Decode(&f)
	if limited.N == 0 {
		return nil, fmt.Errorf("it is larger than %d MB", maxState>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("it is no JSON of simulated phones: %w", wordless(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows its JSON object")
	}
	if f.Version != stateVersion {
		return nil, fmt.Errorf("its version is %d, and %d is the one that is known", f.Version, stateVersion)
	}
	if len(f.Phones) > MaxPhones {
		return nil, errTooMany
	}
	taken := map[mac.Address]bool{}
	for i, s := range f.Phones {
		if err := s.Check(); err != nil {
			return nil, fmt.Errorf("its phone %d: %w", i+1, err)
		}
		a, _ := mac.Parse(s.MAC)
		if taken[a] {
			return nil, fmt.Errorf("it holds the phone %s twice", a)
		}
		taken[a] = true
	}
	return f.Phones, nil
}

// wordless keeps what stands in the file out of the error: it holds passwords.
func wordless(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("the field %q is of another type", kind.Field)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it is damaged at byte %d", syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return errors.New("a field is not as it should be")
}
