// Package remedy writes what a server lacks as the lines of its configuration,
// for the programs that stand behind phones: Asterisk, FreeSWITCH, Kamailio,
// nginx, and the clients that fetch certificates. Nothing here does I/O.
package remedy

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Remedy is what to write into the configuration of one program.
type Remedy struct {
	// Program is its name.
	Program string `json:"program"`
	// File is where the lines go; "" for a command to be run.
	File  string   `json:"file"`
	Lines []string `json:"lines"`
	// Note says what else has to be minded.
	Note string `json:"note,omitempty"`
}

// Need is what a server lacks. The zero Need is nothing.
type Need struct {
	// Version is the newest version that the phones speak, where the server
	// takes only later ones; 0 where that is not the trouble.
	Version iana.ProtocolVersion
	// Suites are the cipher suites to enable, by OpenSSL's names.
	Suites []string
	// RSA says that a certificate with an RSA key is needed.
	RSA bool
	// Name is the server's name, for the certificate in question.
	Name string
	// PreferredChain is the common name of the root at which the ACME client
	// should let the chain end; "" where that is not the trouble.
	PreferredChain string
	// FullChain says that the server does not send its intermediates.
	FullChain bool
	// NoClientCertificate says that the server asks phones for a certificate
	// that they do not have.
	NoClientCertificate bool
	// DefaultName says that the server answers only clients that name it.
	DefaultName bool
}

// offer reports whether versions or suites are the trouble.
func (n Need) offer() bool { return n.Version != 0 || len(n.Suites) > 0 }

// lowSecurity reports whether OpenSSL's security level must be lowered: 3.0 and
// later speak nothing before TLS 1.2 above level 0.
func (n Need) lowSecurity() bool { return n.Version != 0 && n.Version < iana.TLS12 }

// For writes the remedies of every program; the list is empty and not nil when
// nothing is needed.
func For(n Need) []Remedy {
	list := []Remedy{}
	for _, of := range [][]Remedy{asterisk(n), freeSWITCH(n), kamailio(n), nginx(n), openSSL(n), acme(n)} {
		list = append(list, of...)
	}
	return list
}

// Of returns the remedies of one program, by the name that a server gives in
// the headers Server or User-Agent; nil when none is for it.
func Of(n Need, header string) []Remedy {
	header = strings.ToLower(header)
	if strings.Contains(header, "fpbx") || strings.Contains(header, "freepbx") { // a distribution of it
		header = "asterisk"
	}
	return slices.DeleteFunc(For(n), func(r Remedy) bool { return !strings.Contains(header, strings.ToLower(r.Program)) })
}

// Text writes a remedy in one line.
func (r Remedy) Text() string {
	lines := strings.Join(r.Lines, "; ")
	if r.File == "" {
		return r.Program + ": " + lines
	}
	return r.Program + ", " + r.File + ": " + lines
}

// openSSLNote is why a list of ciphers ends in @SECLEVEL=0.
const openSSLNote = "OpenSSL 3 speaks TLS 1.0 and 1.1 only at security level 0, hence @SECLEVEL=0; let a listener of its own serve the old phones where you can"

func (n Need) note() string {
	if n.lowSecurity() {
		return openSSLNote
	}
	return ""
}

// cipherList writes the suites after what is there by default.
func (n Need) cipherList(start string) string {
	list := start
	for _, s := range n.Suites {
		list += ":" + s
	}
	if n.lowSecurity() {
		list += ":@SECLEVEL=0"
	}
	return list
}
