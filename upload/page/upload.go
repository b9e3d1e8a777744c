package page

import "strings"

// Upload finds the form with the file input; a page whose file input stands in
// no form gives a form without action that holds the loose fields. Of several
// it is the one about certificates, else the first.
func (p *Page) Upload() (form Form, file Field, ok bool) {
	return p.UploadFor("cert", "trust", "server")
}

// UploadFor is Upload with other words: of several file inputs the first that
// has the first word in its names, its label or the names of its form is taken,
// else by the next word, else the first of all.
func (p *Page) UploadFor(words ...string) (form Form, file Field, ok bool) {
	var files []Field
	for _, f := range p.Fields() {
		if f.Kind == "file" {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return Form{}, Field{}, false
	}
	file = p.best(files, words)
	if form, ok = p.FormOf(file); !ok {
		form = Form{Method: "GET", Fields: p.Loose}
	}
	return form, file, true
}

func (p *Page) best(files []Field, words []string) Field {
	for _, word := range words {
		for _, f := range files {
			form, _ := p.FormOf(f)
			said := strings.Join([]string{f.ID, f.Name, f.Label, form.ID, form.Name, form.Action}, "\n")
			if strings.Contains(strings.ToLower(said), strings.ToLower(word)) {
				return f
			}
		}
	}
	return files[0]
}
