package browser

import "net/http"

// reach comes from the page that was opened to the one with the input, by the
// menus where they stand in the way.
func (v *visit) reach() error {
	clicked := map[string]bool{}
	forms, status := 0, 0
	found, err := v.watch(Finding, func() (bool, error) {
		s, err := v.look()
		if err != nil || !s.Ready {
			return false, err
		}
		if !s.Login {
			forms = 0
		} else if forms++; forms == sure {
			return false, v.shutOut()
		}
		status, _ = v.tab.proxy.document()
		switch {
		case s.Login || s.File:
			return s.File, nil
		case s.Deep && !clicked["deep"]:
			v.click("deep", clicked)
		case s.Shallow && !s.Deep && !clicked["shallow"]:
			v.click("shallow", clicked)
		case status >= http.StatusBadRequest:
			return false, v.fail(Finding, nil, "the phone answers its page with status %d", status)
		}
		return false, nil
	})
	if err != nil || found {
		return err
	}
	if v.path == "" && !clicked["deep"] {
		return v.fail(Finding, nil, "the pages show no menu item for the %s certificates", v.role)
	}
	return v.fail(Finding, nil, "the page shows no file input for the %s certificate", v.role)
}

// look looks at the page. Only what became of the page is an error; a page that
// is being replaced is not ready.
func (v *visit) look() (sight, error) {
	if _, err := v.tab.proxy.document(); err != nil {
		return sight{}, v.fail(Opening, err, "the phone did not answer with its page")
	}
	s, err := act[sight](v, "look")
	if err != nil {
		return sight{}, nil
	}
	return s, nil
}

func (v *visit) click(item string, clicked map[string]bool) {
	clicked[item] = true
	v.config.Trace("clicks the menu")
	// An error comes from the page being replaced; the next look shows.
	_, _ = act[bool](v, "menu", item)
}
