package known

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// maxFile is the longest file that is read, in bytes: 300,000 certificates. Each
// new server certificate of a phone is one more line.
const maxFile = 32 << 20

// Store is the file of known phones. It is safe for concurrent use, and
// processes that share the file do each other no harm: each adds whole lines at
// its end.
type Store struct {
	path string

	mutex   sync.Mutex
	loaded  bool
	entries map[string][]Entry
	// open says that the last line has no end.
	open bool
}

// Open names the file, which is read when it is first needed and need not exist.
func Open(path string) *Store { return &Store{path: path} }

// Path is the file's.
func (s *Store) Path() string { return s.path }

// Look returns the fingerprints that are known for an address, nil for an
// address that is not in the file. It is an error when the file cannot be read,
// or when a line for this address cannot: a phone that is known must not pass
// for a new one.
func (s *Store) Look(address string) ([]Fingerprint, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	entries, err := s.look(address)
	var list []Fingerprint
	for _, e := range entries {
		list = append(list, e.Fingerprint)
	}
	return list, err
}

func (s *Store) look(address string) ([]Entry, error) {
	if err := s.load(); err != nil {
		return nil, err
	}
	entries := s.entries[strings.ToLower(address)]
	for _, e := range entries {
		if e.Err != nil {
			return nil, fmt.Errorf("line %d of %s: %w", e.Line, s.path, e.Err)
		}
	}
	return entries, nil
}

// load reads the file once.
func (s *Store) load() error {
	if s.loaded {
		return nil
	}
	text, err := read(s.path)
	if err != nil {
		return err
	}
	s.entries = map[string][]Entry{}
	for _, e := range Parse(text) {
		s.entries[e.Address] = append(s.entries[e.Address], e)
	}
	s.open = len(text) > 0 && !bytes.HasSuffix(text, []byte("\n"))
	s.loaded = true
	return nil
}

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s is longer than %d MB", path, maxFile>>20)
	}
	return text, err
}

// Add writes a phone at the end of the file and on to the disk. The file is
// made for its owner alone, with the folder in which it stands. What is in the
// file already is not written again.
func (s *Store) Add(address string, f Fingerprint) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known, err := s.look(address)
	if err != nil || slices.ContainsFunc(known, func(e Entry) bool { return e.Fingerprint == f }) {
		return err
	}
	return s.add(address, f)
}

// firstUse writes a phone of which the file knows nothing yet, if it is to be
// remembered, and returns what the file knew. Of two that ask at once about
// one address the second is told what the first has written.
func (s *Store) firstUse(address string, f Fingerprint, remember bool) ([]Entry, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known, err := s.look(address)
	if err != nil || len(known) > 0 || !remember {
		return known, err
	}
	return nil, s.add(address, f)
}

func (s *Store) add(address string, f Fingerprint) error {
	text, err := line(address, f)
	if err != nil {
		return err
	}
	if s.open {
		text = "\n" + text
	}
	if err := appendTo(s.path, text); err != nil {
		return err
	}
	s.open = false
	address = strings.ToLower(address)
	s.entries[address] = append(s.entries[address], Entry{Address: address, Fingerprint: f})
	return nil
}

// appendTo writes in one piece: with O_APPEND the pieces of several processes
// do not mix.
func appendTo(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
