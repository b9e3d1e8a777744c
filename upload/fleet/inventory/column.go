package inventory

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/finding"
)

// column is a column that is known.
type column string

// The columns.
const (
	unknownColumn column = ""
	address       column = "address"
	macAddress    column = "mac"
	model         column = "handset"
	user          column = "user"
	password      column = "password"
	via           column = "via"
	onlyTrusted   column = "only_trusted"
	ca            column = "ca"
	cnValidation  column = "cn_validation"
	deviceCert    column = "device_cert"
	custom        column = "custom"
	server        column = "name"
)

// columnOf knows a column by its name and by the names that other tools' lists
// give it.
func columnOf(name string) column {
	name = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
	switch name {
	case "address", "host", "phone", "ip", "ip_address", "url":
		return address
	case "mac", "mac_address":
		return macAddress
	case "handset", "model":
		return model
	case "user", "username":
		return user
	case "name", "server":
		return server
	case "password", "via", "only_trusted", "ca", "cn_validation", "device_cert", "custom":
		return column(name)
	}
	return unknownColumn
}

// put sets a field of the row. label is the column's name in the list.
func (r *Row) put(c column, label, value string) {
	if len(value) > MaxField {
		r.problem("inventory.field-too-long", finding.Error, "shorten it", "column %q has more than %d bytes and is left out", label, MaxField)
		return
	}
	if c == password { // every character of it counts
		r.Password = Secret(value)
		return
	}
	value = strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD"))
	if value == "" {
		return
	}
	switch c {
	case address:
		r.Address = value
	case macAddress:
		var ok bool
		if r.MAC, ok = mac.Parse(value); !ok {
			r.problem("inventory.mac", finding.Warning, "write it as twelve hexadecimal digits, with or without separators",
				"%q is no MAC address; the row is used without one", value)
		}
	case model:
		r.Handset = value
	case user:
		r.User = value
	case via:
		r.Via = r.choice(label, strings.ToLower(value), "form", "browser", "import")
	case server:
		r.Server = value
	case custom:
		r.Custom = strings.FieldsFunc(value, func(c rune) bool { return c == '|' })
	case onlyTrusted:
		r.OnlyTrusted = r.choice(label, onOff(value), "on", "off")
	case cnValidation:
		r.CNValidation = r.choice(label, onOff(value), "on", "off")
	case ca:
		r.CA = r.choice(label, strings.ToLower(value), "default", "custom", "all")
	case deviceCert:
		r.DeviceCert = r.choice(label, strings.ToLower(value), "default", "custom")
	default:
		if r.Extra == nil {
			r.Extra = map[string]string{}
		}
		r.Extra[label] = value
	}
}

// choice is a value of a setting, "" if the setting has no such value.
func (r *Row) choice(label, value string, values ...string) string {
	if slices.Contains(values, value) {
		return value
	}
	r.problem("inventory.value", finding.Error, "write "+strings.Join(values, " or ")+", or leave it empty",
		"column %q takes %s, not %q", label, strings.Join(values, " or "), value)
	return ""
}

// onOff takes the words of the phones' pages and of configuration files too.
func onOff(value string) string {
	switch value = strings.ToLower(value); value {
	case "enabled", "yes", "true", "1":
		return "on"
	case "disabled", "no", "false", "0":
		return "off"
	}
	return value
}
