package rules

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// fileSize compares the file with the handset's limit.
func fileSize(s *subject) {
	limit := s.files.MaxBytes
	if !limit.Known() {
		if s.file.Truncated {
			s.add("size.limit-not-known", finding.Error, on(limit), "split or shrink {file}: no certificate needs this much",
				"the file has %s bytes, and the handset's limit is not known", Thousands(s.file.Size))
		}
		return
	}
	switch {
	case s.file.Size > limit.Value:
		s.add("size.too-large", finding.Error, on(limit), "phonecert convert {file} {for} -o {out}",
			"the file has %s bytes; %s takes at most %s", Thousands(s.file.Size), s.Profile.ID, Bytes(limit.Value))
	case s.file.Size > limit.Value/(1<<20)*1_000_000:
		s.add("size.megabyte-reading", finding.Warning,
			ground{finding.Assumed, limit.Source}, "phonecert convert {file} {for} -o {out}",
			"the file has %s bytes: it fits only if the phone's MB has 1024 × 1024 bytes", Thousands(s.file.Size))
	}
}

// filePlaces tells what an upload does to the certificates on the phone.
func filePlaces(s *subject) {
	if s.Role != handset.Server || len(s.certs) == 0 {
		return
	}
	if replaces := s.files.Replaces; replaces.Known() && replaces.Value {
		s.add("count.replaces", finding.Note, on(replaces), "keep a copy of the file that is on the phone now",
			"uploading it overwrites the server certificate that is on the phone")
	}
}

// Bytes writes a limit in MB, how that is counted, and in bytes.
func Bytes(n int64) string {
	if n > 0 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MB (%d × 1024 × 1024 = %s bytes)", n>>20, n>>20, Thousands(n))
	}
	return Thousands(n) + " bytes"
}

// Thousands writes a number with commas.
func Thousands(n int64) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
