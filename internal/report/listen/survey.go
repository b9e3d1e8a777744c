package listen

import (
	"strconv"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Survey is what was measured on one phone, and what follows from it.
type Survey struct {
	measure.Table
	// Settings are the conclusions, Remarks what else stands out, in sentences.
	Settings []measure.Setting `json:"settings"`
	Remarks  []string          `json:"remarks"`
	// Complete says that every variant was tried.
	Complete bool `json:"complete"`
	// Of is how many variants there are.
	Of int `json:"of"`
}

// surveys is the last JSON object.
type surveys struct {
	paper.Header
	Handset string   `json:"handset"`
	Survey  []Survey `json:"survey"`
}

// agrees compares what a phone did with what its profile says. The sign is for
// people, the word for programs.
func agrees(t measure.Trial) (paper.Sign, string) {
	switch yes := t.Agrees(); {
	case yes == nil:
		return paper.SignDoubt, "not known"
	case *yes:
		return paper.SignGood, "yes"
	}
	return paper.SignBad, "no"
}

// Rows are those of a pipe; the second field is the number of the survey:
//
//	survey   client, tried, of how many
//	trial    variant, answer, alert, detail, expected, agrees
//	setting  fact of a profile, value, because, lacks|"" for a list without it
//	remark   sentence
func (s *Survey) Rows(number int) [][]string {
	t := wire.Rows{Number: strconv.Itoa(number)}
	t.Add("survey", s.Phone, strconv.Itoa(len(s.Trials)), strconv.Itoa(s.Of))
	for _, trial := range s.Trials {
		_, agrees := agrees(trial)
		t.Add("trial", string(trial.Variant), string(trial.Answer), trial.Alert, trial.Detail, expected(trial.Expected), agrees)
	}
	for _, setting := range s.Settings {
		lacks := ""
		if setting.Lacks {
			lacks = "lacks"
		}
		t.Add("setting", setting.Path, setting.Value, setting.Because, lacks)
	}
	for _, r := range s.Remarks {
		t.Add("remark", r)
	}
	return t.List
}

// print writes the table and the conclusions for people.
func (s *Survey) print(streams *terminal.Streams, sheet paper.Sheet, profile string) error {
	title := "what " + paper.Clean(s.Phone) + " makes of " + paper.Count(len(s.Trials), "chain")
	if !s.Complete {
		title += " (of " + strconv.Itoa(s.Of) + ": the survey is not complete)"
	}
	for _, part := range sheet.Wrap(title, sheet.Width-3) {
		sheet.Line("  ", sheet.Strong.Render(part))
	}
	header, rows := s.table(sheet.Width, profile)
	if err := paper.Table(streams, header, rows); err != nil {
		return err
	}
	var marks []paper.Mark
	for _, setting := range s.Settings {
		marks = append(marks,
			paper.Mark{Label: "shows", Sign: paper.SignGood, Text: paper.Clean(setting.String())},
			paper.Mark{Label: "shows", Text: paper.Prose(setting.Because), Mood: paper.Faintly})
	}
	for _, r := range s.Remarks {
		marks = append(marks, paper.Mark{Label: "remark", Sign: paper.SignNothing, Text: paper.Prose(r)})
	}
	sheet.Marks(marks)
	sheet.Line()
	return nil
}

// tableColumns are those of the table with alerts, but for the column of the
// profile, which is as wide as its name.
const tableColumns = 20 + 11 + 19 + 4*3 + 1

// table is what the phone did with each chain, and whether the profile expects
// that. On a narrow screen the alert stands below, and what is expected goes.
func (s *Survey) table(width int, profile string) (header []string, rows [][]string) {
	profile = paper.Clean(profile)
	wide := width > tableColumns+max(lipgloss.Width(profile), 11)
	header = []string{"chain", "the phone"}
	if wide {
		header = append(header, "alert")
	}
	switch {
	case profile == "":
	case wide:
		header = append(header, profile)
	default:
		header = append(header, "agrees")
	}
	for _, t := range s.Trials {
		row := []string{string(t.Variant), string(t.Answer)}
		if alert := paper.Clean(t.Alert); wide {
			row = append(row, alert)
		} else if alert != "" {
			row[1] += "\n" + alert
		}
		sign, _ := agrees(t)
		switch {
		case profile == "":
		case wide:
			row = append(row, string(sign)+" "+expected(t.Expected))
		default:
			row = append(row, string(sign))
		}
		rows = append(rows, row)
	}
	return header, rows
}
