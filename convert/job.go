package convert

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
)

// item is one object and the file in which it stood.
type item struct {
	inspect.Object
	from string
}

// String says where a person finds the object.
func (it item) String() string {
	what := string(it.Kind)
	if it.Kind == inspect.KindOther {
		what = strings.TrimSpace(it.Label + " block")
	}
	if it.Line > 0 {
		return fmt.Sprintf("the %s in line %d of %q", what, it.Line, it.from)
	}
	return fmt.Sprintf("the %s in %q", what, it.from)
}

// job is one conversion under way.
type job struct {
	Options
	sources []string
	items   []item
	remarks []string
}

func (j *job) remark(format string, args ...any) {
	j.remarks = append(j.remarks, fmt.Sprintf(format, args...))
}

// source names the inputs for a sentence.
func (j *job) source() string {
	if len(j.sources) == 1 {
		return fmt.Sprintf("%q", j.sources[0])
	}
	return fmt.Sprintf("the input of %d files", len(j.sources))
}

// gather lists the objects of all files. A container counts for what is in it.
func (j *job) gather(in []*inspect.File) error {
	for _, file := range in {
		j.sources = append(j.sources, file.Name)
		if err := j.whole(file); err != nil {
			return err
		}
		before := len(j.items)
		for _, o := range file.Objects {
			if err := j.gatherObject(item{o, file.Name}); err != nil {
				return err
			}
		}
		if len(j.items) == before && !j.NoKeys {
			return refuse([]string{j.look(file.Name)}, "%q holds nothing that can be converted", file.Name)
		}
	}
	if len(j.items) == 0 {
		return refuse([]string{"leave --no-keys out"}, "%s holds private keys only", j.source())
	}
	return nil
}

func (j *job) gatherObject(it item) error {
	switch it.Kind {
	case inspect.KindCertificate:
	case inspect.KindPrivateKey:
		if j.NoKeys {
			return nil
		}
	case inspect.KindCSR, inspect.KindCRL, inspect.KindPublicKey:
		// Nobody has parsed these. They are written only if they are whole.
		if _, rest, err := ber.ToDER(it.DER); err != nil || len(rest) > 0 {
			return refuse([]string{j.look(it.from)}, "%s is damaged inside", it)
		}
	default:
		j.remark("left out %s: it is nothing that belongs to a certificate", it)
		return nil
	}
	j.items = append(j.items, it)
	return nil
}

// whole refuses a file of which only a part could be read: half of a bundle
// must not pass for all of it. Whoever selects a certificate has seen the rest.
func (j *job) whole(file *inspect.File) error {
	for _, f := range file.Findings {
		if f.Severity != finding.Error {
			continue
		}
		if j.Select == "" || len(file.Objects) == 0 {
			return refuse([]string{f.Fix, j.look(file.Name)}, "%q cannot be converted: %s", file.Name, f.Message)
		}
		j.remark("%q: %s", file.Name, f.Message)
	}
	return nil
}

// look is the hint to look at a file.
func (j *job) look(name string) string {
	return "run \"phonecert inspect " + inspect.ShellQuote(name) + "\" to see what it holds"
}

// of lists the items of one kind.
func (j *job) of(kind inspect.Kind) []item {
	var list []item
	for _, it := range j.items {
		if it.Kind == kind {
			list = append(list, it)
		}
	}
	return list
}

// keep leaves the items for which want is true, and returns the others.
func (j *job) keep(want func(item) bool) (dropped []item) {
	var kept []item
	for _, it := range j.items {
		if want(it) {
			kept = append(kept, it)
		} else {
			dropped = append(dropped, it)
		}
	}
	j.items = kept
	return dropped
}

// dropDuplicates leaves the first of several objects with the same bytes.
func (j *job) dropDuplicates() error {
	seen := map[string]bool{}
	dropped := j.keep(func(it item) bool {
		content := string(it.DER)
		if it.Key != nil && it.Key.PKCS8 != nil {
			content = string(it.Key.PKCS8)
		}
		again := seen[content]
		seen[content] = true
		return !again
	})
	const most = 5
	for i, it := range dropped {
		if i == most {
			j.remark("left out %d objects more that came before", len(dropped)-most)
			break
		}
		j.remark("left out %s: the same one came before", it)
	}
	return nil
}

// leftOut remarks on objects that do not go into the output.
func (j *job) leftOut(items []item, why string) {
	kinds := map[inspect.Kind][]item{}
	var order []inspect.Kind
	for _, it := range items {
		if kinds[it.Kind] == nil {
			order = append(order, it.Kind)
		}
		kinds[it.Kind] = append(kinds[it.Kind], it)
	}
	for _, kind := range order {
		if list := kinds[kind]; len(list) > 1 {
			j.remark("left out %d objects (%s): %s", len(list), kind, why)
		} else {
			j.remark("left out %s: %s", list[0], why)
		}
	}
}

// named lists certificates with their numbers, a few of many.
func named(numbers []int, certs []item) string {
	const most = 5
	var parts []string
	for i, n := range numbers {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%d %q", n, shortName(certs[n-1])))
	}
	return strings.Join(parts, ", ")
}
