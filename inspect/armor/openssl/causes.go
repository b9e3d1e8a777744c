package openssl

import (
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/finding"
)

// cause is why a phone's reader refuses a file. The zero cause is none.
type cause uint8

const (
	causeNone cause = iota
	causeNoBegin
	causeEmptyFile
	causeBOM
	causeUTF16
	causeDER
	causeNUL
	causeCR
	causeBeginIndented
	causeBeginLine
	causeNotWanted
	causeEndMissing
	causeEndLabel
	causeEndLine
	causeBlankLine
	causeShortLine
	causeWideLine
	causeLongLine
	causeCharacter
	causeDash
	causeDataAfterPad
	causePads
	causeLength
	causeBase64
	causeEmpty
	causeHeader
	causeEncrypted
	causeAnyKey
	causeCut
	causeNotDER
	causeNotCertificate
	causeTrailing
	causeAmbiguous
	causeCount
)

// OpenSSL's own reasons, as its error queue names them.
const (
	libraryNoStart  = "no start line"
	libraryBadEnd   = "bad end line"
	libraryBase64   = "bad base64 decode"
	libraryPassword = "bad password read"
	libraryHeader   = "pem header"
	libraryASN1     = "asn1"
	librarySilent   = "no reason given"
)

// refusal is a cause with its place.
type refusal struct {
	cause      cause
	line       int
	detail     string // what stands there
	have, want int    // bytes or characters
	library    string // OpenSSL's reason where it is not the cause's usual one
}

// reason is what is said of a cause. In a message {line}, {detail}, {have} and
// {want} stand for the refusal's fields, {bytes} for the number have with its
// unit; {file} and {out} in a fix are left to the caller.
type reason struct{ code, message, fix, source, library string }

const (
	sourceLines  = "OpenSSL, PEM_read_bio in crypto/pem/pem_lib.c; recorded with real releases"
	sourceBase64 = "OpenSSL, EVP_DecodeUpdate in crypto/evp/encode.c; recorded with real releases"
	sourceDER    = "OpenSSL, d2i_X509_AUX, d2i_X509 and d2i_PrivateKey; recorded with real releases"
	sourceHeader = "OpenSSL, PEM_get_EVP_CIPHER_INFO in crypto/pem/pem_lib.c; recorded with real releases"
)

func (c cause) reason() reason {
	switch {
	case c < causeEndMissing:
		return c.beginReason()
	case c < causeCharacter:
		return c.lineReason()
	case c < causeHeader:
		return c.base64Reason()
	}
	return c.contentReason()
}

func (c cause) beginReason() reason {
	switch c {
	case causeNoBegin:
		return reason{"reader.no-begin", "the handset's reader finds no BEGIN line in the file", "see what the file is: phonecert inspect {file}", sourceLines, libraryNoStart}
	case causeEmptyFile:
		return reason{"reader.empty-file", "the handset's reader finds nothing, for the file is empty", "get the file again from where it came", sourceLines, libraryNoStart}
	case causeBOM:
		return reason{"reader.bom", "a byte order mark hides the BEGIN line on line {line} from the handset's reader", "take the byte order mark off: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeUTF16:
		return reason{"reader.utf-16", "the handset's reader knows only ASCII, and the file is UTF-16", "write it in ASCII: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeDER:
		return reason{"reader.der", "the handset's reader wants PEM, and the file is DER", "write it as PEM: phonecert convert {file} --to pem -o {out}", sourceLines, libraryNoStart}
	case causeNUL:
		return reason{"reader.nul-byte", "the handset's reader takes the NUL byte on line {line} for the end of the file", "take out every NUL byte: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeCR:
		return reason{"reader.cr-line-ends", "the handset's reader sees a single line, for all line ends are a lone CR", "end the lines in LF: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeBeginIndented:
		return reason{"reader.begin-indented", "white space hides the BEGIN line on line {line} from the handset's reader", "move BEGIN to the start of its line: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeBeginLine:
		return reason{"reader.begin-line", "line {line} is no BEGIN line to the handset's reader, for {detail}", "write the BEGIN line anew: phonecert convert {file} -o {out}", sourceLines, libraryNoStart}
	case causeNotWanted:
		return reason{"reader.not-wanted", "the handset's reader skips every block of the file, for they are labelled {detail}", "take a file that holds what the role needs; see: phonecert inspect {file}", "OpenSSL, check_pem in crypto/pem/pem_lib.c; recorded with real releases", libraryNoStart}
	}
	return reason{}
}

func (c cause) lineReason() reason {
	switch c {
	case causeEndMissing:
		return reason{"reader.end-missing", "the handset's reader finds no END line for the block that begins on line {line}", "add the END line: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeEndLabel:
		return reason{"reader.end-label", "the END line on line {line} says {detail}, which the BEGIN line does not", "make both lines name the same: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeEndLine:
		return reason{"reader.end-line", "line {line} is no END line to the handset's reader, for {detail}", "write the END line anew: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeBlankLine:
		return reason{"reader.blank-line", "line {line} is blank, and the handset's reader takes what stands above it in the block for headers", "remove the blank line: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeShortLine:
		return reason{"reader.short-line", "line {line} has fewer than 64 characters and is not the last one, which the handset's reader refuses below a blank line", "fill the lines to 64 characters: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeWideLine:
		return reason{"reader.wide-line", "line {line} has more than 64 characters, which the handset's reader refuses below a blank line", "break the lines after 64 characters: phonecert convert {file} -o {out}", sourceLines, libraryBadEnd}
	case causeLongLine:
		return reason{"reader.long-line", "line {line} has {have} characters, and the handset's decoder takes 79 at most", "break the long lines: phonecert convert {file} -o {out}", sourceBase64, libraryBase64}
	}
	return reason{}
}

func (c cause) base64Reason() reason {
	switch c {
	case causeCharacter:
		return reason{"reader.character", "the handset's decoder stops at {detail} on line {line}, which is no base64", "remove it or restore what stood there; see whether anything is lost: phonecert inspect {file}", sourceBase64, libraryBase64}
	case causeDash:
		return reason{"reader.dash", "the handset's decoder takes the '-' on line {line} for the end of the data", "put '+' for '-' and '/' for '_': phonecert convert {file} -o {out}", sourceBase64, libraryBase64}
	case causeDataAfterPad:
		return reason{"reader.data-after-padding", "the handset's decoder ends at the '=' on line {line}, and more base64 follows", "remove what does not belong to the block; see: phonecert inspect {file}", sourceBase64, libraryBase64}
	case causePads:
		return reason{"reader.padding", "the handset's decoder refuses the superfluous '=' on line {line}", "leave as many '=' as the last group of four needs: phonecert convert {file} -o {out}", sourceBase64, libraryBase64}
	case causeLength:
		return reason{"reader.length", "the handset's decoder wants groups of four, and the block on line {line} has {have} base64 characters", "add the missing '=', or get the missing characters: phonecert convert {file} -o {out}", sourceBase64, libraryBase64}
	case causeBase64:
		return reason{"reader.base64", "the handset's decoder cannot read the base64 of the block on line {line}", "see what is wrong in it: phonecert inspect {file}", sourceBase64, libraryBase64}
	case causeEmpty:
		return reason{"reader.empty-block", "the handset's reader finds no data in the block on line {line}", "remove the empty block: phonecert convert {file} -o {out}", sourceLines, librarySilent}
	}
	return reason{}
}

func (c cause) contentReason() reason {
	switch c {
	case causeHeader:
		return reason{"reader.header", "the handset's reader does not know the headers of the block on line {line}", "remove the headers: phonecert convert {file} -o {out}", sourceHeader, libraryHeader}
	case causeEncrypted:
		return reason{"reader.encrypted", "the handset's reader needs a password for the block on line {line} and has none", "decrypt it: phonecert convert {file} --password-file PASSWORD -o {out}", sourceHeader, libraryPassword}
	case causeAnyKey:
		return reason{"reader.any-private-key", "the handset's reader chooses the block on line {line} by its label and then finds that ANY PRIVATE KEY names no kind of key", "write it as PKCS #8: phonecert convert {file} -o {out}", sourceDER, libraryASN1}
	case causeCut:
		return reason{"reader.cut-off", "the block on line {line} gives the handset's reader {have} of {want} bytes", "get the file again, for bytes are missing", sourceDER, libraryASN1}
	case causeNotDER:
		return reason{"reader.not-der", "what the handset's reader decodes on line {line} is no DER", "see what it is: phonecert inspect {file}", sourceDER, libraryASN1}
	case causeNotCertificate:
		return reason{"reader.not-certificate", "the block on line {line} is labelled a certificate, and the handset's reader finds none in it", "take the certificates out: phonecert convert {file} --to pem -o {out}", sourceDER, libraryASN1}
	case causeTrailing:
		return reason{"reader.trailing-bytes", "the handset's reader takes the {bytes} behind the certificate on line {line} for trust settings and fails", "leave off the bytes: phonecert convert {file} -o {out}", sourceDER, libraryASN1}
	case causeAmbiguous:
		return reason{"reader.ambiguous", "releases of the handset's library read different bytes from the block on line {line}", "write the block anew: phonecert convert {file} -o {out}", sourceBase64, ""}
	}
	return reason{}
}

// finding puts a refusal into words.
func (r refusal) finding() finding.Finding {
	text := r.cause.reason()
	return finding.Finding{
		Code:     text.code,
		Severity: finding.Error,
		Message: strings.NewReplacer("{line}", strconv.Itoa(r.line), "{detail}", r.detail,
			"{have}", strconv.Itoa(r.have), "{want}", strconv.Itoa(r.want), "{bytes}", armor.ByteCount(r.have)).Replace(text.message),
		Fix:    text.fix,
		Basis:  finding.Derived,
		Source: text.source,
	}
}

// reasonOf is OpenSSL's own reason.
func (r refusal) reasonOf() string {
	if r.library != "" {
		return r.library
	}
	return r.cause.reason().library
}
