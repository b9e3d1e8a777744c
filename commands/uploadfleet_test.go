package commands_test

import (
	"testing"
)

// inventory writes the list of a site's phones.
func (o *office) inventory(s *site) string {
	o.t.Helper()
	text, err := s.Inventory()
	if err != nil {
		o.t.Fatal(err)
	}
	return o.file("phones.csv", text)
}

// fleet uploads a trusted certificate to all phones of a site and gives what
// became of each.
func (o *office) fleet(want int, s *site, file string, args ...string) map[string]uploaded {
	o.t.Helper()
	list, _ := o.many(want, append([]string{file, "--as", "trusted", "--inventory", o.inventory(s)}, args...)...)
	return list
}

// many runs an upload to many phones: an object for each, and the summary.
func (o *office) many(want int, args ...string) (phones map[string]uploaded, summary uploaded) {
	o.t.Helper()
	s := o.run(want, append([]string{"upload", "--json"}, args...)...)
	return byPhone(o.t, s.out)
}

func byPhone(t *testing.T, text string) (phones map[string]uploaded, summary uploaded) {
	t.Helper()
	phones = map[string]uploaded{}
	list := objects[uploaded](t, text)
	for i, one := range list {
		_, twice := phones[one.Phone]
		switch {
		case one.SchemaVersion != 1 || one.Command != "upload":
			t.Fatalf("%+v", one)
		case (one.Summary != nil) != (i == len(list)-1):
			t.Fatalf("the summary is not the last of %d objects: %s", len(list), text)
		case one.Summary != nil:
			summary = one
		case one.Result == "" || one.DurationMS == nil || one.Findings == nil || one.Files == nil && one.Result != "skipped" && one.Result != "failed":
			t.Errorf("%+v", one)
		case twice && one.Result != "skipped":
			t.Errorf("%s twice", one.Phone)
		case !twice:
			phones[one.Phone] = one
		}
	}
	if summary.Summary == nil {
		t.Fatalf("no summary: %s", text)
	}
	return phones, summary
}
