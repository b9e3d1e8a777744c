package rehearse

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// registrarStart is the first JSON object: where the registrar is.
type registrarStart struct {
	paper.Header
	Event    string    `json:"event"`
	Time     time.Time `json:"time"`
	Address  string    `json:"address"`
	Domain   string    `json:"domain"`
	CAFile   string    `json:"ca_file,omitempty"`
	CASHA256 string    `json:"ca_sha256,omitempty"`
	Next     []string  `json:"next"`
}

// registrarEvent is an event as JSON shows it.
type registrarEvent struct {
	paper.Header
	registrar.Event
}

func (o *registrarOptions) printStart(r *registrar.Registrar, c registrar.Config) error {
	start := registrarStart{
		Header: paper.NewHeader("simulate registrar"), Event: "listening", Time: o.f.Now().UTC(),
		Address: r.Addr(), Domain: o.domain, CAFile: o.writeCA, Next: o.next(r.Addr(), c),
	}
	if block, _ := pem.Decode(r.CA()); block != nil {
		sum := sha256.Sum256(block.Bytes)
		start.CASHA256 = hex.EncodeToString(sum[:])
	}
	switch s := o.f.Streams; {
	case o.f.Quiet:
		return nil
	case o.f.JSON:
		return paper.JSON(s.Out, start)
	case !s.OutTTY:
		rows := [][]string{{"listening", start.Address}}
		if o.writeCA != "" {
			rows = append(rows, []string{"ca", paper.Path(o.writeCA), start.CASHA256})
		}
		for _, command := range start.Next {
			rows = append(rows, []string{"next", command})
		}
		return paper.Tabbed(s.Out, rows)
	}
	sheet := paper.NewSheet(o.f.Streams)
	sheet.Account(o.account(start, c))
	sheet.Line()
	for _, command := range start.Next {
		sheet.Line("    ", command)
	}
	sheet.Line()
	paper.Note(o.f.Streams, "Ctrl-C ends it")
	return nil
}

// account is where the registrar is and what it takes, for people.
func (o *registrarOptions) account(start registrarStart, c registrar.Config) paper.Account {
	var rows paper.Account
	rows.Add("address", fmt.Sprintf("%s, TLS %s to %s", start.Address, o.minTLS, o.maxTLS))
	rows.Add("domain", start.Domain)
	switch {
	case o.certificate != "":
		rows.Add("certificate", paper.Path(o.certificate))
	case o.writeCA == "":
		rows.Add("CA", "made for this run; --write-ca FILE writes it")
	default:
		rows.Add("CA", "made for this run, written to "+paper.Path(o.writeCA))
	}
	users := "every registration is taken, without a password"
	if len(c.Users) > 0 {
		users = paper.Count(len(c.Users), "user")
	}
	rows.Add("users", users)
	if c.ClientAuth != registrar.None {
		text := "asked for a certificate"
		if c.ClientAuth == registrar.Require {
			text = "must show a certificate"
		}
		if len(o.clientCAs) > 0 {
			text += " of --client-ca"
		}
		rows.Add("clients", text)
	}
	return rows
}

// next are the commands to try.
func (o *registrarOptions) next(address string, c registrar.Config) []string {
	host, port, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	const of = " --handset yealink-t28p"
	user := "1001"
	if len(c.Users) > 0 {
		user = slices.Min(slices.Collect(maps.Keys(c.Users)))
	}
	server := net.JoinHostPort(host, port)
	probe := "phonecert probe " + server + of
	phone := "phonecert simulate phone" + of + " --register " + inspect.ShellQuote("sips:"+user+"@"+server)
	if o.writeCA == "" {
		return []string{probe, phone}
	}
	ca := inspect.ShellQuote(o.writeCA)
	list := []string{"phonecert check " + ca + " --as trusted" + of, probe + " --custom " + ca}
	if len(c.Users) > 0 {
		list = append(list, list[1]+" --register "+inspect.ShellQuote(user+"@"+o.domain))
	}
	return append(list, phone)
}

// printEvent writes one event as a line.
func (o *registrarOptions) printEvent(e registrar.Event) error {
	e.Time = e.Time.UTC()
	switch s := o.f.Streams; {
	case o.f.Quiet:
		return nil
	case o.f.JSON:
		return paper.JSON(s.Out, registrarEvent{paper.NewHeader("simulate registrar"), e})
	case !s.OutTTY:
		return paper.Tabbed(s.Out, [][]string{{string(e.Kind), e.Time.Format(time.RFC3339), strconv.FormatInt(e.Connection, 10), e.Client, e.Text}})
	}
	sheet := paper.NewSheet(o.f.Streams)
	mood := paper.Plainly
	switch {
	case e.Kind == registrar.Refused:
		mood = paper.Badly
	case e.Status >= 300:
		mood = paper.Doubtfully
	case e.Kind == registrar.Connected || e.Kind == registrar.Closed:
		mood = paper.Faintly
	}
	sheet.Line(e.Time.Local().Format(time.TimeOnly), fmt.Sprintf("  #%-4d", e.Connection), paper.Left(e.Client, 21), "  ", sheet.Mood(mood).Render(paper.Prose(e.Text)))
	return nil
}
