package rehearse

import (
	"cmp"
	"strings"

	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// maxRows is how many phones a person is shown; a pipe gets all of them.
const maxRows = 20

// simulatedPhone is a phone as JSON names it.
type simulatedPhone struct {
	paper.Header
	Phone      string `json:"phone"`
	HTTP       string `json:"http,omitempty"`
	HTTPS      string `json:"https,omitempty"`
	MAC        string `json:"mac"`
	Handset    string `json:"handset"`
	Model      string `json:"model"`
	Firmware   string `json:"firmware"`
	Dialect    string `json:"dialect"`
	User       string `json:"user"`
	DeviceCert string `json:"device_cert,omitempty"`
	Faulty     bool   `json:"faulty"`
}

// announce writes the inventory and says which phones there are.
func (o *simulateOptions) announce(fleet *serve.Fleet) error {
	if err := o.writeInventory(fleet); err != nil || o.f.Quiet {
		return err
	}
	phones := fleet.Phones()
	var err error
	switch {
	case o.f.JSON:
		err = o.printJSON(phones)
	case o.f.Streams.OutTTY && len(phones) == 1:
		o.printOne(phones[0])
	default:
		err = o.printRows(phones)
	}
	if o.f.JSON || err != nil {
		return err
	}
	for _, remark := range o.remarks() {
		paper.Note(o.f.Streams, remark)
	}
	paper.Note(o.f.Streams, "Ctrl-C ends it")
	return nil
}

func (o *simulateOptions) printJSON(phones []*serve.Served) error {
	for _, s := range phones {
		state := s.Phone.State()
		line := simulatedPhone{
			Header: paper.NewHeader("simulate phone"), Phone: s.URL, HTTP: s.HTTP, HTTPS: s.HTTPS,
			MAC: s.MAC.String(), Handset: s.Handset, Model: state.Model, Firmware: state.Firmware,
			Dialect: string(s.Dialect), User: state.User, Faulty: o.faults != "" && s.Faulty,
		}
		if s.HTTPS != "" {
			line.DeviceCert = string(o.DeviceCert)
		}
		if err := paper.JSON(o.f.Streams.Out, line); err != nil {
			return err
		}
	}
	return nil
}

func (o *simulateOptions) printOne(s *serve.Served) {
	state := s.Phone.State()
	login := state.User + " / admin"
	if state.Password != "admin" {
		login = state.User + ", with the password given"
	}
	var rows paper.Account
	if s.HTTP != "" {
		rows.Add("page", s.HTTP)
	}
	if s.HTTPS != "" {
		rows.Add("page", s.HTTPS+", built-in certificate: "+string(o.DeviceCert))
	}
	rows.Add("login", login)
	rows.Add("phone", state.Model+" "+state.Firmware+", "+s.Handset)
	rows.Add("dialect", string(s.Dialect))
	rows.Add("MAC", s.MAC.String())
	rows.Add("faults", cmp.Or(o.faults, "none"))
	if status, known := s.Account(); known {
		rows.Add("account", status.Account+", tried again "+o.account.retry.String()+" after a failure")
	}
	paper.NewSheet(o.f.Streams).Account(rows)
}

func (o *simulateOptions) printRows(phones []*serve.Served) error {
	shown := phones
	if o.f.Streams.OutTTY {
		shown = phones[:min(len(phones), maxRows)]
	}
	var rows [][]string
	for _, s := range shown {
		state := s.Phone.State()
		address := strings.TrimSpace(s.HTTP + " " + s.HTTPS)
		rows = append(rows, []string{address, s.MAC.String(), s.Handset, state.Model, string(s.Dialect), state.User})
	}
	if err := paper.Table(o.f.Streams, []string{"address", "MAC", "handset", "model", "dialect", "user"}, rows); err != nil {
		return err
	}
	if more := len(phones) - len(shown); more > 0 {
		paper.Note(o.f.Streams, paper.Count(more, "more phone")+"; --write-inventory FILE lists all of them")
	}
	return nil
}
