package device

import (
	"path"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/handset"
)

// maxLines caps the lines of an imported configuration that are read.
const maxLines = 10_000

// Import applies a configuration file: the keys for certificates and trust
// settings (the fact sheet on provisioning), with or without "static." before
// them. It returns how many keys were recognised and taken.
func (d *Device) Import(text string) int {
	taken := 0
	for n, line := range strings.Split(text, "\n") {
		if n == maxLines {
			break
		}
		key, value, found := strings.Cut(line, "=")
		key = strings.TrimPrefix(strings.TrimSpace(key), "static.")
		if !found || strings.HasPrefix(key, "#") {
			continue
		}
		if d.apply(key, strings.TrimSpace(value)) {
			taken++
		}
	}
	return taken
}

func (d *Device) apply(key, value string) bool {
	s := d.state.Settings
	switch key {
	case "trusted_certificates.url":
		return d.fetch(handset.Trusted, value)
	case "server_certificates.url":
		return d.fetch(handset.Server, value)
	case "trusted_certificates.delete":
		return value == deleteAll && d.deleteAll(handset.Trusted)
	case "server_certificates.delete":
		return value == deleteAll && d.deleteAll(handset.Server)
	case "security.trust_certificates":
		return assign(&s.OnlyTrusted, value) && d.accepts(s)
	case "security.ca_cert":
		return assign(&s.CA, value) && d.accepts(s)
	case "security.cn_validation":
		return assign(&s.CNValidation, value) && d.accepts(s)
	case "security.dev_cert":
		return assign(&s.DeviceCert, value) && d.accepts(s)
	}
	return false
}

const deleteAll = "http://localhost/all"

func (d *Device) deleteAll(role handset.Role) bool {
	for d.Delete(role, 0) {
	}
	return true
}

func (d *Device) accepts(s Settings) bool {
	valid, _ := d.Set(s)
	return valid
}

func assign(to *int, text string) bool {
	n, err := strconv.Atoi(text)
	if err == nil {
		*to = n
	}
	return err == nil
}

func (d *Device) fetch(role handset.Role, url string) bool {
	if d.config.Fetch == nil {
		return false
	}
	place, _, _ := strings.Cut(url, "?")
	content, err := d.config.Fetch(url)
	return err == nil && d.Upload(role, path.Base(place), content) == Success
}
