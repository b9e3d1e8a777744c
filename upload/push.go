package upload

import (
	"context"
	"errors"
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/upload/dialect"
)

// file puts one file on the phone. What is wrong with the file alone is written
// into its result; an error ends the visit.
func (v *visit) file(ctx context.Context, place int) error {
	f := v.order.Files[place]
	v.result.Files = append(v.result.Files, FileResult{File: f.File.Name, Result: Failed})
	to := &v.result.Files[len(v.result.Files)-1]
	err := v.put(ctx, place, f, to)
	var p *Problem
	if errors.As(err, &p) && p.ofFile {
		if v.result.Cause == "" {
			v.result.Cause = p.Code
		}
		v.result.Findings = append(v.result.Findings, p.Finding)
		return nil
	}
	return err
}

// put does what the list calls for: nothing, a plan, or an upload.
func (v *visit) put(ctx context.Context, place int, f *Item, to *FileResult) error {
	switch v.look(f) {
	case same:
		to.Result = AlreadyPresent
		if v.already(Posting) {
			// An interrupted run had posted it, and here it is.
			to.Result = Uploaded
		}
		return nil
	case unclear:
		to.Result = Unconfirmed
		v.remark("upload.date-not-understood", "compare the date on the phone's web page", "a certificate of the same names is in the phone's list, and its expiry is written in a way that is not understood; nothing was posted")
		return nil
	case sameName:
		v.remark("upload.same-subject", "delete the old one with phonecert phone delete, for two certificates of one name may collide on the phone",
			"another certificate of the same subject as %s is in the phone's list", f.Name)
	}
	if err := v.allowed(place, f); err != nil {
		return err
	}
	replacing, err := v.replacing(ctx)
	if err != nil {
		return err
	}
	if v.order.DryRun {
		to.Result, to.Plan = Planned, v.plan(ctx)
		return nil
	}
	if err := v.send(ctx, f, to); err != nil {
		return err
	}
	if to.Result == Uploaded && replacing {
		to.Result = Replaced
	}
	return nil
}

// allowed says whether check and the free places let a file pass.
func (v *visit) allowed(place int, f *Item) error {
	o := v.order
	if len(v.profiles) > 0 && !o.SkipCheck {
		switch v.checked.verdicts[place] {
		case finding.Rejected:
			return refused(f, v.result.Handset, v.checked.findings[place]).file()
		case finding.Unknown:
			v.remark("upload.check-open", fmt.Sprintf("phonecert check %s --as %s --handset %s tells all", f.File.Name, o.Role, v.profiles[0].ID),
				"whether %s takes %s is not known%s", v.result.Handset, f.Name, doubt(v.checked.findings[place]))
		}
	}
	most := max(v.checked.max, v.list.Max)
	if o.Role == handset.Trusted && v.listed && !o.SkipCheck && most > 0 && len(v.list.Certificates)+len(f.Certificates) > most {
		return problem("upload.no-place", nil, "delete one first: phonecert phone delete URL --expired, or by --subject",
			"the phone's list holds %d certificates of at most %d; it would answer %q", len(v.list.Certificates), most, fullText).file()
	}
	return nil
}

// doubt is why the check leaves the answer open.
func doubt(findings []finding.Finding) string {
	for _, f := range findings {
		if f.Open() {
			return ": " + f.Message
		}
	}
	return ""
}

// fullText is what the phones answer to one certificate too many (the fact sheet
// on the web interface).
const fullText = "Error: The maximum number of certificates is 10, please delete one before upload"

// replacing asks before a server certificate is overwritten.
func (v *visit) replacing(ctx context.Context) (bool, error) {
	o := v.order
	if o.Role != handset.Server || len(v.list.Certificates) == 0 {
		return false, nil
	}
	present := v.list.Certificates[0]
	text := fmt.Sprintf("%s, issued by %s, expires %s", present.IssuedTo, present.IssuedBy, present.Expiration)
	if o.DryRun {
		v.remark("upload.would-replace", "give --yes when that is right", "the server certificate on the phone would be overwritten: %s", text)
		return true, nil
	}
	if o.Replace == nil || !o.Replace(ctx, v.target.Address, text) {
		return true, problem("upload.would-overwrite", nil, "give --yes when that is right", "a server certificate is on the phone and was not overwritten: %s", text).file()
	}
	return true, nil
}

// plan says what would be posted where.
func (v *visit) plan(ctx context.Context) string {
	for _, route := range v.routes() {
		switch route {
		case Form:
			post, err := v.phone.pages.Plan(ctx, v.order.Role)
			if err != nil {
				continue
			}
			v.result.Route = Form
			return fmt.Sprintf("%s %s, file field %s%s", post.Method, post.Ref, post.Field, fields(post.Fields))
		case Browser:
			if v.order.Chromium != nil {
				v.result.Route = Browser
				return "the phone's own page in a browser"
			}
		case Import:
			v.result.Route = Import
			return "an imported configuration file that names " + importKey(v.order.Role)
		}
	}
	return "no route is known"
}

func fields(list []string) string {
	text := ""
	for _, f := range list {
		text += ", " + f
	}
	return text
}

// routes are those to be tried.
func (v *visit) routes() []Route {
	if v.target.Via != "" {
		return []Route{v.target.Via}
	}
	if v.order.Via != "" {
		return []Route{v.order.Via}
	}
	list := []Route{Form, Browser}
	if v.order.Role == handset.Trusted || v.phone.web.Base().Scheme == "http" {
		// A private key is not sent in the clear to a phone that speaks HTTPS
		// unless the route is named.
		list = append(list, Import)
	}
	return list
}

// send tries the routes until the certificate is in the list, or the phone has
// said no.
func (v *visit) send(ctx context.Context, f *Item, to *FileResult) error {
	reasons := ""
	for _, route := range v.routes() {
		answer, err := v.post(ctx, route, f)
		var closed *noRoute
		if errors.As(err, &closed) {
			reasons += fmt.Sprintf("; %s: %s", route, closed.reason)
			continue
		}
		to.Route, v.result.Route = route, route
		v.askedReboot = v.askedReboot || answer.Reboot
		if err != nil {
			return err
		}
		done, err := v.verify(ctx, f, answer, to)
		if done || err != nil {
			return err
		}
		reasons += fmt.Sprintf("; %s: %s", route, words(answer))
	}
	return problem("upload.no-route", nil, "try --via browser, or upload it in a browser by hand", "no way to upload was found%s", reasons).file()
}

// words are what a phone answered, for people.
func words(a dialect.Answer) string {
	if a.Text != "" {
		return fmt.Sprintf("the phone answered %q", a.Text)
	}
	switch a.Class {
	case dialect.Dropped:
		return "the connection ended without an answer"
	case dialect.Forbidden:
		return "the phone forbade it"
	case dialect.Silent:
		return "the phone's answer says nothing of it"
	}
	return "the phone answered " + string(a.Class)
}

// noRoute says that a route cannot be gone on this phone. Nothing was changed.
type noRoute struct{ reason string }

func (e *noRoute) Error() string { return e.reason }
