package journal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
)

// read reads a journal to its last whole line, whose end it returns. What
// stands behind that was never acknowledged: it is what a kill, or a disk that
// was full, left of a record.
func read(r io.ReaderAt) (s state, end int64, failed *Error) {
	const hint = "name another journal, or look at the line: one JSON object of a run stands in each"
	lines := bufio.NewReaderSize(io.NewSectionReader(r, 0, math.MaxInt64), 64<<10)
	for number := 1; ; number++ {
		line, err := next(lines)
		switch {
		case errors.Is(err, io.EOF):
			if number == 1 && !beginsRun(line) {
				return s, 0, &Error{Line: 1, Problem: "it is no journal", Hint: hint}
			}
			return s, end, nil
		case errors.Is(err, errTooLong):
			return s, 0, &Error{Line: number, Problem: "the line is longer than any record", Hint: hint}
		case err != nil:
			return s, 0, &Error{Line: number, Problem: "it cannot be read", Hint: "look whether the disk is in order", Err: reason(err)}
		}
		var rec record
		problem := "it is no record of a journal"
		if decode(line, &rec) {
			problem = s.take(&rec, end, len(line))
		}
		if problem != "" {
			return s, 0, &Error{Line: number, Problem: problem, Hint: hint}
		}
		end += int64(len(line)) + 1
	}
}

// beginsRun reports whether a file without a whole line is the beginning of a
// journal, or empty, and not something of value that was named by mistake.
func beginsRun(torn []byte) bool {
	begin := []byte(`{"record":"run",`)
	torn = torn[:min(len(torn), len(begin))]
	return bytes.HasPrefix(begin, torn)
}

var errTooLong = errors.New("too long")

// next reads a line without its end. Behind the last line end it gives io.EOF
// and the first bytes of what is there. The line holds until the next call.
func next(lines *bufio.Reader) ([]byte, error) {
	line, err := lines.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return bytes.TrimSuffix(line, []byte("\n")), err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = lines.ReadSlice('\n')
		if len(long) <= MaxLine { // beyond that only the end is looked for
			long = append(long, line...)
		}
	}
	if err == nil && len(long) > MaxLine+1 {
		return nil, errTooLong
	}
	return bytes.TrimSuffix(long, []byte("\n")), err
}
