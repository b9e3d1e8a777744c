package inspect

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
)

// Read tells what the bytes of a file are. It never fails: what cannot be made
// out is a finding. Objects and findings stand in the order of the file.
func Read(name string, data []byte, o Options) *File {
	if o.Password != nil {
		o.Password = sync.OnceValues(o.Password)
	}
	r := &reader{
		file:    &File{Name: name, Size: max(o.Size, int64(len(data))), Raw: data, Truncated: o.Truncated, Format: FormatUnknown},
		options: o,
		keys:    key.Opener{Password: o.Password},
	}
	switch {
	case o.Truncated:
		r.tooLong()
	case beginsLikeDER(data):
		r.binary(data)
	default:
		r.text(data)
	}
	r.file.Format = r.format()
	return r.file
}

// reader collects what a file turns out to be.
type reader struct {
	file    *File
	options Options
	// keys asks for the password once and bounds the work of all keys.
	keys key.Opener
	// blocks counts the pieces of the file.
	blocks int
	// container is what the first piece is, if it is a container.
	container Format
	// opened says that a PKCS#12 container has been met.
	opened bool
}

// add reports a finding about the format itself, which a standard documents.
func (r *reader) add(code string, severity finding.Severity, source, fix, format string, args ...any) {
	r.file.Findings = append(r.file.Findings, finding.Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Fix: fix,
		Basis: finding.Documented, Source: source,
	})
}

// tooLong names a file that is larger than what is read of it.
func (r *reader) tooLong() {
	r.add("file.too-long", finding.Error, "the fact sheet on handsets, \"Systems that must each have a profile\"",
		"no certificate is this large: look for the file that you meant, or split it with another tool",
		"it is larger than %d bytes, the most that is read of a file", len(r.file.Raw)-1)
}

// text reads PEM and its damaged relatives, or says what else the text is.
func (r *reader) text(data []byte) {
	if _, known := sign(data, binarySignatures()); known && !looksLikeText(data) {
		r.file.Findings = append(r.file.Findings, notCertificate(data))
		return // a ZIP archive may well have the text of a certificate in it
	}
	text := armor.Read(data)
	if !text.Armored {
		r.file.Findings = append(r.file.Findings, notCertificate(data))
		return
	}
	r.file.PEM = true
	blocks := armored(text)
	if len(blocks) == 0 || slices.ContainsFunc(blocks, func(b block) bool { return !isPGP(b.label) }) {
		r.file.Findings = append(r.file.Findings, text.Findings...)
	} // else its lines and its checksum are OpenPGP's own affair
	if len(blocks) == 0 {
		r.add("content.no-block", finding.Error, "RFC 7468, section 2", "get the file again, whole: of a block there is only its first or last line",
			"it holds no block, only what is left of one")
	}
	for _, b := range blocks {
		r.blocks++
		switch {
		case isPGP(b.label):
			r.unknown(b, structUnknown)
		case b.damaged: // the reader of the text has said what is wrong with it
			r.file.Objects = append(r.file.Objects, Object{Kind: KindOther, Label: b.label, Line: b.line, DER: b.der})
		default:
			r.object(b)
		}
	}
}

// format is what the file is on the whole.
func (r *reader) format() Format {
	if r.container != "" && r.blocks == 1 {
		return r.container
	}
	kinds := map[Kind]int{}
	for _, o := range r.file.Objects {
		kinds[o.Kind]++
	}
	only := func(k Kind) bool { return kinds[k] > 0 && kinds[k] == len(r.file.Objects) }
	switch {
	case only(KindPrivateKey):
		return FormatKey
	case only(KindCSR):
		return FormatCSR
	case only(KindCRL):
		return FormatCRL
	case len(r.file.Objects) == 0:
		return FormatUnknown
	case r.file.PEM:
		return FormatPEM
	case only(KindOther):
		return FormatUnknown
	}
	return FormatDER
}

// FillFix puts names into a fix: {file} stands for the file, {out} for the
// name of a mended copy. Findings keep the gaps until it is known what the copy
// is for.
func FillFix(fix, file, out string) string {
	if !strings.Contains(fix, "{") {
		return fix
	}
	return strings.NewReplacer("{file}", ShellQuote(file), "{out}", ShellQuote(out)).Replace(fix)
}

// MendedName is the name that a mended copy of the file could have.
func (f *File) MendedName() string {
	if f.Name == "-" || f.Name == "" {
		return "mended.pem"
	}
	return strings.TrimSuffix(f.Name, path.Ext(f.Name)) + "-mended.pem"
}

// ShellQuote writes a word so that a shell reads it back as it is; a leading
// dash is kept from being read as a flag, and control characters from reaching
// the terminal (for which bash, zsh and ksh have the form $'…').
func ShellQuote(word string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+,=%", r)
	}
	if strings.HasPrefix(word, "-") && word != "-" {
		word = "./" + word
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !safe(r) }) < 0 {
		return word
	}
	if strings.ContainsFunc(word, unicode.IsControl) {
		quoted := strconv.Quote(strings.ReplaceAll(word, "'", `\x27`))
		quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\\x27`, `\x27`)
		return "$'" + strings.ReplaceAll(quoted, `\"`, `"`) + "'"
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
