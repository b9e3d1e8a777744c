package armor

import "github.com/phonecert/phonecert/inspect/finding"

// words is what is said of an oddity. In a message {line}, {detail}, {other},
// {have} and {want} stand for its place; {file} and {out} in a fix are left to
// the caller.
type words struct {
	code     string
	severity finding.Severity
	message  string
	fix      string
	source   string
}

const (
	frame    = "RFC 7468, section 2"
	grammar  = "RFC 7468, section 3"
	alphabet = "RFC 4648, section 4"
	derSize  = "X.690, section 8.1.3"
	clean    = "phonecert convert {file} -o {out}"
)

func (o oddity) words() words {
	switch {
	case o < oddIndent:
		return o.textWords()
	case o < oddDashCount:
		return o.lineWords()
	case o < oddHeaders:
		return o.markerWords()
	case o < oddTextBefore:
		return o.dataWords()
	case o < oddLost:
		return o.outsideWords()
	}
	return o.damageWords()
}

func (o oddity) textWords() words {
	switch o {
	case oddBOM:
		return words{"pem.bom", finding.Warning, "the file begins with a byte order mark", "save it as UTF-8 without BOM, or: " + clean, grammar}
	case oddUTF16:
		return words{"pem.utf-16", finding.Warning, "the text is {detail}", "save it as ASCII or UTF-8, or: " + clean, grammar}
	case oddHalfCharacter:
		return words{"pem.half-character", finding.Warning, "the UTF-16 text ends in the middle of a character", "get the file again if anything is missing at its end, or: " + clean, "RFC 2781, section 3"}
	case oddNUL:
		return words{"pem.nul-byte", finding.Warning, "line {line} holds NUL bytes", "remove the NUL bytes: " + clean, grammar}
	case oddCR:
		return words{"pem.cr-line-ends", finding.Warning, "a lone CR ends line {line}", "end the lines in LF or CRLF: " + clean, grammar}
	case oddDoubledCR:
		return words{"pem.doubled-cr", finding.Note, "line {line} ends in more than one CR, as after a double conversion from Unix to Windows", "transfer the file in binary mode, or: " + clean, grammar}
	}
	return words{}
}

func (o oddity) lineWords() words {
	switch o {
	case oddIndent:
		return words{"pem.indented", finding.Warning, "white space stands before the text of line {line}", "move the lines to the left margin: " + clean, grammar}
	case oddTrailingSpace:
		return words{"pem.trailing-space", finding.Note, "white space stands behind the text of line {line}", "cut the lines' ends: " + clean, frame}
	case oddMailQuote:
		return words{"pem.mail-quote", finding.Warning, "a '>' stands before the text of line {line}, as in a mail that was answered", "ask for the file as an attachment, or: " + clean, grammar}
	case oddLineNumber:
		return words{"pem.line-number", finding.Warning, "a line number stands before the text of line {line}", "copy the text without line numbers, or: " + clean, grammar}
	case oddQuote:
		return words{"pem.quote", finding.Warning, "quotation marks stand around the text of line {line}", "remove the quotation marks: " + clean, grammar}
	case oddSmartQuote:
		return words{"pem.smart-quote", finding.Warning, "typographic quotation marks stand on line {line}, as a word processor puts them", "never open the file in a word processor; mend it with: " + clean, grammar}
	case oddPunctuation:
		return words{"pem.punctuation", finding.Warning, "punctuation of a program or a data format stands behind the text of line {line}", "take the certificate out of the source text: " + clean, grammar}
	case oddInvisible:
		return words{"pem.invisible", finding.Warning, "line {line} holds characters that cannot be seen, such as a no-break space", "type the line ends anew, or: " + clean, grammar}
	case oddTag:
		return words{"pem.html-tag", finding.Warning, "line {line} holds HTML or XML tags", "download the file itself and not the page that shows it, or: " + clean, grammar}
	case oddEntity:
		return words{"pem.html-entity", finding.Warning, "line {line} holds HTML entities in place of characters", "copy from the page as it is shown, not from its source, or: " + clean, grammar}
	case oddEscapedLineEnd:
		return words{"pem.escaped-line-end", finding.Warning, `line {line} holds the two characters "\n" in place of line ends, as JSON and environment variables do`, "turn each of them into a line end: " + clean, grammar}
	case oddEscapedChar:
		return words{"pem.escaped-character", finding.Warning, "line {line} holds characters escaped with a backslash, as in JSON", "have the JSON decoded by a program, or: " + clean, grammar}
	}
	return words{}
}

func (o oddity) markerWords() words {
	switch o {
	case oddDashCount:
		return words{"pem.dash-count", finding.Warning, "the BEGIN or END line {line} has not five dashes on each side", "put five dashes on each side: " + clean, grammar}
	case oddTypographicDash:
		return words{"pem.typographic-dash", finding.Warning, "the BEGIN or END line {line} has typographic dashes for hyphens", "put five hyphens on each side: " + clean, grammar}
	case oddMarkerSpace:
		return words{"pem.marker-space", finding.Warning, "the BEGIN or END line {line} has a space too many or too few", "leave a single space, the one behind BEGIN or END: " + clean, grammar}
	case oddLabelCase:
		return words{"pem.lower-case", finding.Warning, "the BEGIN or END line {line} is in lower case", "write it in capital letters: " + clean, grammar}
	case oddTextBeside:
		return words{"pem.text-beside", finding.Warning, "something else stands on the BEGIN or END line {line}", "give BEGIN and END lines of their own: " + clean, grammar}
	case oddNoLabel:
		return words{"pem.no-label", finding.Warning, "the BEGIN or END line {line} does not say what the block is", "name it, for instance -----BEGIN CERTIFICATE-----, or: " + clean, grammar}
	case oddMismatch:
		return words{"pem.label-mismatch", finding.Warning, "the END line {line} says {detail} and its BEGIN line {other}", "see which of them is right with phonecert inspect {file}, then: " + clean, grammar}
	case oddUnknownLabel:
		return words{"pem.unknown-label", finding.Warning, "line {line} begins a block with the unknown label {detail}", "see what it holds with phonecert inspect {file}, then: " + clean, "RFC 7468, section 4"}
	case oddOldLabel:
		return words{"pem.old-label", finding.Note, "line {line} has the old label {detail} for a certificate", "write CERTIFICATE in its place: " + clean, "RFC 7468, section 5.1"}
	case oddBeginMissing:
		return words{"pem.begin-missing", finding.Warning, "the END line {line} has no BEGIN line", "copy the text from its first line on, or: " + clean, grammar}
	case oddBeginAlone:
		return words{"pem.begin-alone", finding.Warning, "the BEGIN line {line} has neither data nor an END line", "remove the line, or get the file again if a block is missing: " + clean, grammar}
	case oddEndMissing:
		return words{"pem.end-missing", finding.Warning, "the BEGIN line {line} has no END line", "copy the text to its last line, or: " + clean, grammar}
	case oddEndAlone:
		return words{"pem.end-alone", finding.Warning, "the END line {line} has neither data nor a BEGIN line", "remove the line, or get the file again if a block has gone: " + clean, grammar}
	case oddBare:
		return words{"pem.bare-base64", finding.Warning, "base64 without BEGIN and END lines begins on line {line}", "write it as PEM: " + clean, grammar}
	}
	return words{}
}

func (o oddity) dataWords() words {
	switch o {
	case oddHeaders:
		return words{"pem.headers", finding.Warning, "the header {detail} stands below the BEGIN line {line}, where this kind of block has none", "remove the lines with colons: " + clean, frame}
	case oddHeaderEnd:
		return words{"pem.header-end", finding.Warning, "line {line} follows headers without a blank line between", "put a blank line before the data: " + clean, "RFC 1421, section 4.4"}
	case oddBlankFirst:
		return words{"pem.blank-first", finding.Note, "line {line} is blank though no headers end there", "remove the blank line below BEGIN: " + clean, frame}
	case oddBlankInside:
		return words{"pem.blank-line", finding.Warning, "line {line} is blank inside a block", "remove the blank lines between BEGIN and END: " + clean, frame}
	case oddShortLine:
		return words{"pem.short-line", finding.Note, "line {line} has fewer than 64 characters and is not its block's last", "break the lines after 64 characters each: " + clean, frame}
	case oddLongLine:
		return words{"pem.long-line", finding.Warning, "line {line} has more than 64 characters", "break long lines after 64 characters: " + clean, frame}
	case oddOneLine:
		return words{"pem.one-line", finding.Warning, "all data of a block stand on line {line}", "break the one line after every 64 characters: " + clean, frame}
	case oddTextInside:
		return words{"pem.text-inside", finding.Warning, "line {line} stands between BEGIN and END and is no base64", "remove the line, for instance a comment: " + clean, grammar}
	case oddSpaceInside:
		return words{"pem.space-inside", finding.Warning, "white space stands within the base64 of line {line}", "remove the white space within lines: " + clean, grammar}
	case oddURLAlphabet:
		return words{"pem.url-alphabet", finding.Warning, "line {line} is in the base64 for URLs, with '-' and '_' for '+' and '/'", "write it in the alphabet that PEM has: " + clean, "RFC 4648, section 5"}
	case oddQuotedPrintable:
		return words{"pem.quoted-printable", finding.Warning, "line {line} holds remains of quoted-printable, as a mail program leaves them", "save the attachment with the mail program, or: " + clean, "RFC 2045, section 6.7"}
	case oddPadMissing:
		return words{"pem.padding-missing", finding.Warning, "the base64 before line {line} lacks the '=' at its end", "fill the last group of four with '=': " + clean, alphabet}
	case oddPadExtra:
		return words{"pem.padding-extra", finding.Warning, "the base64 before line {line} has too many '='", "remove superfluous '=': " + clean, alphabet}
	case oddPadInside:
		return words{"pem.padding-inside", finding.Warning, "the block on line {line} has '=' in the middle of its base64, as when two are joined", "see what follows the first part with phonecert inspect {file}, then: " + clean, alphabet}
	case oddPadBits:
		return words{"pem.padding-bits", finding.Note, "the last base64 character before line {line} has bits set that mean nothing", "encode it anew: " + clean, "RFC 4648, section 3.5"}
	case oddForeign:
		return words{"pem.foreign-character", finding.Warning, "{detail} on line {line} does not belong to the base64, which is whole without it", "remove the character: " + clean, grammar}
	case oddTrailing:
		return words{"pem.trailing-bytes", finding.Warning, "the block on line {line} has {detail} too many behind its DER", "see what they are with phonecert inspect {file}, or leave them off: " + clean, derSize}
	case oddTrusted:
		return words{"pem.trusted", finding.Note, "the block on line {line} has {detail} of OpenSSL's trust settings behind its certificate", "write it without them: " + clean, "OpenSSL, openssl-x509(1), trust settings"}
	}
	return words{}
}

func (o oddity) outsideWords() words {
	const permitted = "nothing needs to be done for the standard; to leave it off: "
	switch o {
	case oddTextBefore:
		return words{"pem.text-before", finding.Note, "text stands before the first block, from line {line} on", permitted + clean + " writes the blocks from the first BEGIN on", frame}
	case oddTextBetween:
		return words{"pem.text-between", finding.Note, "text stands between two blocks, from line {line} on", permitted + clean + " writes the blocks one below the other", frame}
	case oddTextAfter:
		return words{"pem.text-after", finding.Note, "text stands after the last block, from line {line} on", permitted + clean + " ends with the last END", frame}
	case oddBagAttributes:
		return words{"pem.bag-attributes", finding.Note, "attributes stand before a block, from line {line} on, as openssl pkcs12 prints them", permitted + clean + " leaves out attributes", frame}
	case oddTextDump:
		return words{"pem.text-dump", finding.Note, "a printed certificate stands before a block, from line {line} on, as openssl x509 -text prints it", permitted + clean + " leaves out the printed form", frame}
	}
	return words{}
}

func (o oddity) damageWords() words {
	switch o {
	case oddLost:
		return words{"pem.bad-character", finding.Error, "{detail} stands on line {line}, column {have}, where base64 should, and what stood there is lost", "get the file again from where it came; the base64 is broken on that line", grammar}
	case oddLength:
		return words{"pem.bad-length", finding.Error, "the block on line {line} has {have} base64 characters, so that some are missing or too many", "get the file again, for its characters are not all there or not all its own", alphabet}
	case oddCutOff:
		return words{"pem.cut-off", finding.Error, "the block on line {line} holds {have} of {want} bytes", "get the file again, whole, for the rest is not in it", derSize}
	case oddNotDER:
		return words{"pem.not-der", finding.Error, "what the block on line {line} holds is no DER", "get the file again; if its maker says that it is right, ask for another format", derSize}
	case oddEmpty:
		return words{"pem.empty-block", finding.Error, "the block on line {line} is empty", "remove the empty block, or get the file again if something was in it", frame}
	case oddTooMany:
		return words{"pem.too-many-blocks", finding.Error, "the file holds more than {have} blocks, and nothing is read from line {line} on", "split the file and look at the parts one by one", "a limit of this program"}
	case oddMore:
		return words{"pem.more-damage", finding.Error, "{have} further blocks are damaged, after the one on line {line}", "mend the damages named first, then run the command again", frame}
	}
	return words{}
}
