package visit

import (
	"context"
	"errors"
	"fmt"
	"github.com/phonecert/phonecert/upload"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
)

// file puts one file on the phone. What is wrong with the file alone is written
// into its result; an error ends the visit.
func (v *visit) file(ctx context.Context, place int) error {
	f := v.order.Files[place]
	v.result.Files = append(v.result.Files, upload.FileResult{File: f.File.Name, Result: upload.Failed})
	to := &v.result.Files[len(v.result.Files)-1]
	err := v.put(ctx, place, f, to)
	var p *upload.Problem
	if errors.As(err, &p) && p.OfFile {
		if v.result.Cause == "" {
			v.result.Cause = p.Code
		}
		v.result.Findings = append(v.result.Findings, p.Finding)
		return nil
	}
	return err
}

// put does what the list calls for: nothing, a plan, or an upload.
func (v *visit) put(ctx context.Context, place int, f *Item, to *upload.FileResult) error {
	switch v.look(f) {
	case upload.Same:
		to.Result = upload.AlreadyPresent
		if v.already(upload.Posting) {
			// An interrupted run had posted it, and here it is.
			to.Result = upload.Uploaded
			if v.order.Reboot == RebootNeeded && !v.already(upload.Rebooting) {
				v.remark("upload.restart-open", "phonecert phone reboot "+v.target.Address+" where it is not in force",
					"an interrupted run had posted it, and nobody knows whether the phone then asked to be restarted")
			}
		}
		return nil
	case upload.Unclear:
		to.Result = upload.Unconfirmed
		v.doubtful("upload.date-not-understood", "compare the date on the phone's web page", "a certificate of the same names is in the phone's list, and its expiry is written in a way that is not understood; nothing was posted")
		return nil
	case upload.SameName:
		v.remark("upload.same-subject", "delete the old one with phonecert phone delete, for two certificates of one name may collide on the phone",
			"another certificate of the same subject as %s is in the phone's list", f.Name)
	}
	if !v.listed && v.already(upload.Posting) {
		to.Result = upload.Unconfirmed
		v.doubtful("upload.posted-before", "look at the page in a browser", "an interrupted run had posted it, and the page shows no list to look for it in; it was not posted again")
		return nil
	}
	if err := v.allowed(place, f); err != nil {
		return err
	}
	replacing, err := v.replacing(ctx)
	if err != nil {
		return err
	}
	if v.order.DryRun {
		var reasons string
		if to.Plan, reasons = v.plan(ctx); to.Plan == "" {
			return noWay(reasons)
		}
		to.Result = upload.Planned
		return nil
	}
	if err := v.send(ctx, f, to); err != nil {
		return err
	}
	if to.Result == upload.Uploaded && replacing {
		to.Result = upload.Replaced
	}
	return nil
}

// replacing asks before a server certificate is overwritten.
func (v *visit) replacing(ctx context.Context) (bool, error) {
	o := v.order
	if o.Role != handset.Server || v.listed && len(v.list.Certificates) == 0 {
		return false, nil
	}
	text := "one may be there, for the page shows no list"
	if v.listed {
		present := v.list.Certificates[0]
		text = fmt.Sprintf("%s, issued by %s, expires %s", present.IssuedTo, present.IssuedBy, present.Expiration)
	}
	if o.DryRun {
		v.remark("upload.would-replace", "give --yes when that is right", "the server certificate on the phone would be overwritten: %s", text)
		return true, nil
	}
	if o.Replace == nil || !o.Replace(ctx, v.target.Address, text) {
		return true, upload.NewProblem("upload.would-overwrite", nil, "give --yes when that is right", "a server certificate is on the phone and was not overwritten: %s", text).ForFile()
	}
	return true, nil
}

// plan says what would be posted where; "" and why when no route is known.
func (v *visit) plan(ctx context.Context) (plan, reasons string) {
	for _, route := range v.routes() {
		switch route {
		case upload.Form:
			post, err := v.phone.Pages().Plan(ctx, v.order.Role)
			if err != nil {
				reasons += fmt.Sprintf("; %s: %s", route, err)
				continue
			}
			v.result.Route = upload.Form
			return fmt.Sprintf("%s %s, file field %s%s", post.Method, post.Ref, post.Field, fields(post.Fields)), ""
		case upload.Browser:
			if v.order.Chromium != nil {
				v.result.Route = upload.Browser
				return "the phone's own page in a browser", ""
			}
			reasons += fmt.Sprintf("; %s: %s", route, noBrowser)
		case upload.Import:
			if v.imports() {
				v.result.Route = upload.Import
				return "an imported configuration file that names " + importKey(v.order.Role), ""
			}
			reasons += fmt.Sprintf("; %s: %s", route, noImport)
		}
	}
	return "", reasons
}

func fields(list []string) string {
	text := ""
	for _, f := range list {
		text += ", " + f
	}
	return text
}

// routes are those to be tried.
func (v *visit) routes() []upload.Route {
	if v.target.Via != "" {
		return []upload.Route{v.target.Via}
	}
	if v.order.Via != "" {
		return []upload.Route{v.order.Via}
	}
	list := []upload.Route{upload.Form, upload.Browser}
	if v.order.Role == handset.Trusted || v.phone.Conversation().Base().Scheme == "http" {
		// A private key is not sent in the clear to a phone that speaks HTTPS
		// unless the route is named.
		list = append(list, upload.Import)
	}
	return list
}

// send tries the routes until the certificate is in the list, or the phone has
// said no.
func (v *visit) send(ctx context.Context, f *Item, to *upload.FileResult) error {
	reasons := ""
	if v.order.Role == handset.Server && len(f.Certificates) == 1 {
		// Some may show it to us before they restart.
		v.phone.Expect(known.Of(f.Certificates[0].Raw))
	}
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
		if answer.Class == dialect.Dropped {
			v.unanswered(answer, to)
			return nil
		}
		reasons += fmt.Sprintf("; %s: %s", route, words(answer))
	}
	return noWay(reasons)
}

func noWay(reasons string) error {
	return upload.NewProblem("upload.no-route", nil, "try --via browser, or upload it in a browser by hand", "no way to upload was found%s", reasons).ForFile()
}

// words are what a phone answered, for people.
func words(a dialect.Answer) string {
	switch {
	case a.Remark != "":
		return a.Remark
	case a.Text != "":
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
