package listen

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// maxAddresses is how many addresses of a machine are told for one door.
const maxAddresses = 6

// Start is where a phone can call, and what it has to know for that.
type Start struct {
	Doors []Door
	// Certificate is the file with the caller's own certificate, "" when one was
	// made; Names are those in it, Variants what chains are shown.
	Certificate string
	Names       []string
	Variants    []chain.Variant
	// Root is the file with the root to upload, "" when it was not written; Kept
	// says that it was there before.
	Root string
	Kept bool
	// Handset is the one that is expected, "" for none; Missing says that it is
	// supposed not to hold the root.
	Handset string
	Missing bool
	// User is the one whose password is asked for, "" for none; Answer the status
	// that every REGISTER gets, 0 for none; Folder what files are served from, ""
	// for none.
	User   string
	Answer int
	Folder string
	// ClientAuth asks for a certificate of the phones.
	ClientAuth listen.ClientAuth
	// Until says when it ends, "" for Ctrl-C.
	Until string
}

// Door is one address at which phones can call.
type Door struct {
	Scheme  listen.Scheme
	Address netip.AddrPort
	// Reach are the names or addresses under which phones are to call it.
	Reach []string
}

// Loopback reports whether only this machine can call.
func (d *Door) Loopback() bool { return d.Address.Addr().IsLoopback() }

// Told writes it to standard error, before the first phone calls.
func (s *Start) Told(streams *terminal.Streams) {
	width := math.MaxInt32 // for a program, a line is a line
	if streams.ErrTTY {
		width = streams.Width()
	}
	p := paper.Blank(streams.Err, width, streams.ErrColor)
	for _, d := range s.Doors {
		p.Line("phonecert: listening at ", p.Strong.Render(string(d.Scheme)+":"+d.Address.String()))
	}
	p.Line()
	p.Account(s.account())
	p.Line()
	if command := s.upload(); command != "" {
		p.Line("    ", command)
		p.Line()
	}
	for _, n := range s.notes() {
		paper.Note(streams, n)
	}
	p.Line()
}

// account is what to type into the phone, and what it gets to see.
func (s *Start) account() paper.Account {
	var rows paper.Account
	label := ""
	for _, d := range s.Doors {
		for _, text := range d.toType() {
			if d.label() == label {
				rows.Add("", text)
			} else {
				label = d.label()
				rows.Add(label, text)
			}
		}
	}
	rows.Add("certificate", s.certificate())
	if s.Root != "" {
		text := "made for this run and written to " + paper.Path(s.Root)
		if s.Kept {
			text = "as in the runs before, in " + paper.Path(s.Root)
		}
		rows.Add("root", text)
	}
	if s.Handset != "" {
		rows.Add("expected", paper.Clean(s.Handset))
	}
	rows.Add("answers", s.answers())
	switch s.ClientAuth {
	case listen.RequestClientCert:
		rows.Add("phones", "are asked for their certificate")
	case listen.RequireClientCert:
		rows.Add("phones", "must show a certificate")
	}
	return rows
}

func (d *Door) label() string {
	if d.Scheme == listen.HTTPS {
		return "provisioning"
	}
	return "SIP account"
}

// toType is what goes into the fields of the phone's web page.
func (d *Door) toType() []string {
	var rows []string
	for i, host := range d.Reach {
		if i == maxAddresses {
			rows = append(rows, fmt.Sprintf("or one of %d more addresses of this machine", len(d.Reach)-i))
			break
		}
		host = paper.Clean(host)
		port := strconv.Itoa(int(d.Address.Port()))
		if d.Scheme == listen.HTTPS {
			rows = append(rows, "URL https://"+net.JoinHostPort(host, port)+"/")
		} else {
			rows = append(rows, fmt.Sprintf("server %s, port %s, transport TLS", host, port))
		}
	}
	return rows
}

func (s *Start) certificate() string {
	if s.Certificate != "" {
		return "from " + paper.Path(s.Certificate)
	}
	text := "made for " + paper.Prose(strings.Join(s.Names, ", "))
	switch {
	case len(s.Variants) > 1:
		text += fmt.Sprintf("; %d chains in turn, one a call", len(s.Variants))
	case len(s.Variants) == 1 && s.Variants[0] != chain.Good:
		text += "; the chain is " + string(s.Variants[0])
	}
	return text
}

func (s *Start) answers() string {
	var words []string
	if slices.ContainsFunc(s.Doors, func(d Door) bool { return d.Scheme == listen.SIPS }) {
		switch {
		case s.User != "":
			words = append(words, "200 to the registration of "+paper.Clean(s.User)+" with the right password")
		case s.Answer != 0:
			words = append(words, fmt.Sprintf("%d to every registration", s.Answer))
		default:
			words = append(words, "200 to every registration, without a password")
		}
	}
	if slices.ContainsFunc(s.Doors, func(d Door) bool { return d.Scheme == listen.HTTPS }) {
		if s.Folder != "" {
			words = append(words, "the files of "+paper.Path(s.Folder))
		} else {
			words = append(words, "404 to every file")
		}
	}
	return strings.Join(words, "; ")
}

// upload is the command that puts the root on the phone.
func (s *Start) upload() string {
	if s.Root == "" {
		return ""
	}
	return "phonecert upload " + inspect.ShellQuote(s.Root) + " --as trusted --phone http://ADDRESS-OF-THE-PHONE"
}

// notes say what may be in the way.
func (s *Start) notes() []string {
	var list []string
	for _, d := range s.Doors {
		if d.Loopback() {
			list = append(list, fmt.Sprintf("nobody but programs of this machine reaches %s; for phones listen at :%d", d.Address, d.Address.Port()))
		}
	}
	if s.Root == "" && s.Certificate == "" {
		list = append(list, "the root is made for this run and gone with it; --out DIR writes it to be uploaded to the phone, and keeps it")
	}
	if s.Missing && s.Root != "" {
		list = append(list, "what is expected of "+paper.Clean(s.Handset)+" supposes that it lacks the root; once it is uploaded, say so with --custom "+inspect.ShellQuote(s.Root))
	}
	if len(s.Variants) > 1 {
		list = append(list, "the phone has to call once for each chain: it tries again each 30 s or so, and restarting the account hurries it")
	}
	until := s.Until
	if until == "" {
		until = "Ctrl-C ends it"
	}
	return append(list, until)
}
