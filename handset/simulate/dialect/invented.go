package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
)

// Invented are the names that no source tells. Other names than these make
// another phone, on which a client that reads the pages must work as well.
type Invented struct {
	// TrustedFile and ServerFile are the fields that hold an uploaded file
	// (the listener dialects have a known name for it).
	TrustedFile string `json:"trusted_file"`
	ServerFile  string `json:"server_file"`
	// TrustedType and ServerType are the type= values of the listener upload,
	// and tell the two apart in the api upload.
	TrustedType string `json:"trusted_type"`
	ServerType  string `json:"server_type"`
	// Upload and Delete are the calls that plain, session and api make.
	Upload string `json:"upload"`
	Delete string `json:"delete"`
	// Place is the field that says which certificate is to be deleted.
	Place string `json:"place"`
	// CA, CNValidation and DeviceCert are the fields of three settings; that
	// of the fourth is known.
	CA           string `json:"ca"`
	CNValidation string `json:"cn_validation"`
	DeviceCert   string `json:"device_cert"`
	// BasicTrusted, BasicServer and BasicUpgrade are page numbers of basic.
	BasicTrusted string `json:"basic_trusted"`
	BasicServer  string `json:"basic_server"`
	BasicUpgrade string `json:"basic_upgrade"`
}

// DefaultInvented are the names that are used unless others are given.
func DefaultInvented() Invented {
	return Invented{
		TrustedFile: "UploadTrustedCert", ServerFile: "UploadServerCert",
		TrustedType: "trustedcert", ServerType: "servercert",
		Upload: "upload", Delete: "delete", Place: "CertIndex",
		CA: "SecurityCACert", CNValidation: "SecurityCNValidation", DeviceCert: "SecurityDevCert",
		BasicTrusted: "23", BasicServer: "24", BasicUpgrade: "17",
	}
}

// ParseInvented reads names from a JSON object whose keys are those of Invented;
// a key that is left out keeps its default.
func ParseInvented(text []byte) (Invented, error) {
	w := DefaultInvented()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return Invented{}, fmt.Errorf("it is no JSON object of names: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Invented{}, errors.New("something follows its JSON object")
	}
	return w, w.check()
}

// nameForm is what can stand in an address, a form and a script unescaped.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// check tells which names cannot be: those of other forms, and those that the
// phone could not tell from another one.
func (w Invented) check() error {
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		if name := v.Field(i).String(); !nameForm.MatchString(name) {
			return fmt.Errorf("%s cannot be %q: letters, digits, _ and - make a name, 64 at most", v.Type().Field(i).Tag.Get("json"), name)
		}
	}
	for _, group := range [][]string{
		{w.TrustedType, w.ServerType, "localcfg", "config", "vpnfile"},
		{w.Upload, w.Delete, "load", "write"},
		{w.CA, w.CNValidation, w.DeviceCert, w.Place, onlyTrusted, "token", "PAGEID", "CONFIG_DATA"},
		{w.BasicTrusted, w.BasicServer, w.BasicUpgrade, "1"},
	} {
		taken := map[string]bool{}
		for _, name := range group {
			if taken[name] {
				return fmt.Errorf("the name %q has two meanings", name)
			}
			taken[name] = true
		}
	}
	return nil
}
