package handshake

import (
	"bytes"
	"strconv"
	"strings"
)

// open looks at the first bytes of a direction.
func (d *Decoder) open(h *half, b []byte) []byte {
	b = h.take(b, max(3, len(h.buffer)))
	if len(h.buffer) < 3 {
		return b
	}
	switch kind := ContentType(h.buffer[0]); {
	case kind >= ContentChangeCipherSpec && kind <= ContentHeartbeat && h.buffer[1] == 3:
		h.mode = records
	case sslv2Hello(h.buffer) && h.direction == ClientToServer:
		length := 2 + sslv2Length(h.buffer)
		if b = h.take(b, max(length, 3)); len(h.buffer) >= length {
			hello := h.buffer
			h.buffer = h.buffer[:0]
			h.mode = records
			d.sslv2(h, hello)
		}
	default:
		h.mode = foreign
	}
	return b
}

// ignore counts what is not TLS and keeps its beginning.
func (d *Decoder) ignore(h *half, b []byte) []byte {
	if len(h.buffer) < maxOpening {
		h.take(b, maxOpening)
	}
	return nil
}

// find looks for the next record after lost bytes.
func (d *Decoder) find(h *half, b []byte) []byte {
	b = h.take(b, max(headerLength, len(h.buffer)))
	if len(h.buffer) < headerLength {
		return b
	}
	r, ok := parseHeader(h.buffer)
	if ok && r.length > 0 && r.length <= maxFragment && (h.version == 0 || r.version == h.version) {
		// The five bytes are in the buffer; read takes what follows them from
		// there, once it has seen the header.
		h.mode, h.start = records, h.offset
		header := [headerLength]byte(h.buffer)
		h.buffer = h.buffer[:0]
		d.header(h, header[:])
		if h.skip == 0 {
			h.buffer = append(h.buffer, header[:]...)
		}
		return b
	}
	h.buffer = append(h.buffer[:0], h.buffer[1:]...)
	return b
}

// nameForeign enters what was spoken in the place of TLS.
func (d *Decoder) nameForeign(h *half) {
	line, _, _ := bytes.Cut(h.buffer, []byte("\n"))
	text := strings.TrimSuffix(string(line), "\r")
	if quoted := strconv.QuoteToASCII(text); quoted != `"`+text+`"` {
		text = quoted
	}
	d.transcript.Foreign = append(d.transcript.Foreign, Foreign{h.direction, protocolOf(h.buffer), h.start, text})
}

// protocolOf names a protocol by how it begins.
func protocolOf(b []byte) string {
	text := strings.TrimLeft(string(b), "\r\n") // SIP keeps connections alive with them (RFC 5626, section 3.5.1)
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r")
	switch method, rest, _ := strings.Cut(first, " "); {
	case strings.HasPrefix(text, "SIP/2.0 "), strings.HasSuffix(first, " SIP/2.0"),
		upperCase(method) && (strings.HasPrefix(rest, "sip:") || strings.HasPrefix(rest, "sips:")):
		return "SIP"
	case strings.HasPrefix(text, "RTSP/"), strings.Contains(first, " RTSP/1."), strings.Contains(first, " RTSP/2."):
		return "RTSP"
	case strings.HasPrefix(text, "HTTP/"), strings.Contains(first, " HTTP/1."), strings.HasPrefix(text, "PRI * HTTP/2"):
		return "HTTP"
	}
	for _, known := range []struct{ prefix, protocol string }{
		{"SSH-", "SSH"}, {"* OK", "IMAP"}, {"* PREAUTH", "IMAP"}, {"+OK", "POP3"}, {"EHLO ", "SMTP"}, {"HELO ", "SMTP"},
		{"STUN", "STUN"}, {"PROXY TCP", "PROXY protocol"}, {"PROXY UNKNOWN", "PROXY protocol"}, {"\x00\r\nQUIT\n", "PROXY protocol"},
		{"<?xml", "XML"}, {"<stream", "XMPP"}, {"<!DOCTYPE", "HTML"}, {"<html", "HTML"}, {"RFB ", "VNC"},
		{"Asterisk Call Manager", "Asterisk Manager Interface"}, {"Content-Type: auth/request", "FreeSWITCH event socket"},
		{"\xff\xfb", "Telnet"}, {"\xff\xfd", "Telnet"}, {"\x16\xfe", "DTLS"}, {"\x03\x00\x00", "RDP"},
		{"\x00\x01\x00", "STUN"}, {"\x01\x01\x00", "STUN"}, {"-----BEGIN ", "PEM"},
	} {
		if strings.HasPrefix(text, known.prefix) {
			return known.protocol
		}
	}
	switch {
	case strings.HasPrefix(text, "220 ") || strings.HasPrefix(text, "220-"):
		if strings.Contains(strings.ToUpper(first), "SMTP") {
			return "SMTP"
		}
		return "FTP"
	case len(b) > 2 && b[0]&0x80 != 0 && b[2] == 4:
		return "SSL 2.0"
	}
	return "unknown"
}

func upperCase(word string) bool {
	return word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
