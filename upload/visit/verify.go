package visit

import (
	"context"
	"github.com/phonecert/phonecert/upload"
	"slices"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

// look is how far the list holds a file: all its certificates must be there.
func (v *visit) look(f *Item) upload.Likeness {
	least := upload.Same
	for _, c := range f.Certificates {
		best := upload.Other
		for _, line := range v.list.Certificates {
			best = max(best, upload.Compare(line, c))
		}
		least = min(least, best)
	}
	if len(f.Certificates) == 0 {
		return upload.Other
	}
	return least
}

// held is how many certificates of a file the list shows for sure.
func (v *visit) held(f *Item) (n int) {
	for _, c := range f.Certificates {
		if slices.ContainsFunc(v.list.Certificates, func(line page.Certificate) bool { return upload.Compare(line, c) == upload.Same }) {
			n++
		}
	}
	return n
}

// verify reads the list back. done is false when another route may be tried: the
// certificate is not there, and the phone has not said why.
func (v *visit) verify(ctx context.Context, f *Item, answer dialect.Answer, to *upload.FileResult) (done bool, err error) {
	v.result.Stage = upload.Verify
	said := answer.Class
	refusal := said == dialect.Full || said == dialect.InvalidFile || said == dialect.InvalidName || said == dialect.TooLarge || said == dialect.Refused
	for n := 0; v.order.Again(ctx, n); n++ {
		list, listed, err := v.phone.Certificates(ctx, v.order.Role)
		if err != nil || !listed {
			// The list from before still tells what of the other files is there.
			return true, v.unconfirmed(ctx, err, to)
		}
		v.list, v.listed = list, true
		switch v.look(f) {
		case upload.Same:
			to.Result = upload.Uploaded
			v.remember(f)
			return true, nil
		case upload.Unclear:
			to.Result = upload.Uploaded
			v.remark("upload.date-unproven", "compare the date on the phone's web page", "the certificate is new in the list with the right names; its expiry is written in a way that is not understood")
			return true, nil
		}
		if refusal {
			break
		}
	}
	switch {
	case said == dialect.Full:
		return true, upload.NewProblem("upload.full", nil, v.deleteFirst(), "the phone refused the file: %s", answer.Text).ForFile()
	case refusal:
		return true, upload.NewProblem("upload.phone-refused", nil, "phonecert check "+f.Name+" tells what the phone takes", "the phone refused the file: %s", words(answer)).ForFile()
	case said == dialect.Success:
		if n := v.held(f); n > 0 {
			return true, upload.NewProblem("upload.partly-there", nil, "phonecert convert "+f.File.Name+" --split DIR, and upload what is missing",
				"%s, but only %d of the %d certificates of %s are in its list", words(answer), n, len(f.Certificates), f.Name).ForFile()
		}
		return true, upload.NewProblem("upload.not-in-list", nil, "look at the phone's page in a browser; restart the phone and look again", "%s, but the certificate is not in its list", words(answer)).ForFile()
	}
	return false, nil
}

// unanswered is a post of which the phone said nothing. It may still be at work
// on it, so nothing else is tried.
func (v *visit) unanswered(a dialect.Answer, to *upload.FileResult) {
	to.Result = upload.Unconfirmed
	v.doubtful("upload.no-answer", "look with phonecert phone show "+v.target.Address+" in a minute; where it is not there, try --via browser",
		"the file was posted, %s, and the list does not show it; nothing else was tried, for it would be there twice if it still comes", words(a))
}

// unconfirmed is a push of which nobody can tell whether it succeeded.
func (v *visit) unconfirmed(ctx context.Context, err error, to *upload.FileResult) error {
	to.Result = upload.Unconfirmed
	if err == nil {
		if v.result.Cause == "" {
			v.result.Cause = "upload.no-list" // of which there was a remark before
		}
		return nil
	}
	if ctx.Err() != nil {
		return upload.NewProblem("upload.cut-off", ctx.Err(), "run it again: what is on the phone is read first", "the file was posted, and the visit ended before the list was read back")
	}
	p := upload.Explain(err)
	v.doubtful("upload.not-read-back", "look with phonecert phone show "+v.target.Address+", or run it again", "the file was posted, and the list could not be read back: %s", p.Message)
	return nil
}
