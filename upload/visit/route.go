package visit

import (
	"context"
	"errors"
	"fmt"
	"github.com/phonecert/phonecert/upload"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/web"
)

// post goes one route. A *noRoute says that the phone does not have it.
func (v *visit) post(ctx context.Context, route upload.Route, f *Item) (dialect.Answer, error) {
	file := dialect.File{Name: f.Name, Content: f.Raw}
	switch route {
	case upload.Form:
		return v.byForm(ctx, file)
	case upload.Browser:
		return v.byBrowser(ctx, file)
	case upload.Import:
		return v.byImport(ctx, file)
	}
	return dialect.Answer{}, fmt.Errorf("no route is called %q", route)
}

// byForm posts what the page's form says.
func (v *visit) byForm(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	plan, err := v.phone.Pages().Plan(ctx, v.order.Role)
	if errors.Is(err, dialect.ErrNoForm) {
		return dialect.Answer{}, &noRoute{"the page does not show where its upload goes"}
	}
	if err != nil {
		return dialect.Answer{}, upload.Explain(err)
	}
	if err := v.begin(); err != nil {
		return dialect.Answer{}, err
	}
	return v.judged(v.phone.Pages().Upload(ctx, plan, file))
}

// byBrowser has the phone's own page post it.
func (v *visit) byBrowser(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	if v.order.Chromium == nil {
		return dialect.Answer{}, &noRoute{noBrowser}
	}
	if err := v.begin(); err != nil {
		return dialect.Answer{}, err
	}
	return v.judged(v.drive(ctx, file))
}

// Why routes cannot be gone.
const (
	noBrowser = "no Chromium or Chrome is installed here"
	noImport  = "an import is known from V81 on alone"
)

// begin notes that from here on the phone may be changed.
func (v *visit) begin() error {
	v.result.Stage = upload.Upload
	return v.note(upload.Posting)
}

// judged turns what became of a post into an answer. What had been sent may have
// been done, so the list decides; an error says that nothing was.
func (v *visit) judged(answer dialect.Answer, err error) (dialect.Answer, error) {
	var network *web.Error
	var status *dialect.StatusError
	switch {
	case err == nil:
		return answer, nil
	case errors.As(err, &network) && network.Sent:
		return dialect.Answer{Class: dialect.Dropped}, nil
	case errors.As(err, &status) && status.Status >= 500:
		return dialect.Answer{Class: dialect.Dropped, Remark: status.Error()}, nil
	case errors.As(err, &status):
		return dialect.Answer{Class: dialect.Silent, Remark: status.Error()}, nil
	case errors.Is(err, dialect.ErrLoggedOut):
		return dialect.Answer{Class: dialect.Silent, Remark: err.Error()}, nil
	}
	return answer, err
}
