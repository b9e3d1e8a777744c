package remedy

import "github.com/phonecert/phonecert/inspect/handshake/iana"

// openSSL writes lines for programs that leave the limits to the library.
func openSSL(n Need) []Remedy {
	if n.Version == 0 {
		return nil
	}
	r := Remedy{Program: "OpenSSL", File: "openssl.cnf", Lines: []string{
		"openssl_conf = default_conf",
		"[default_conf]", "ssl_conf = ssl_sect",
		"[ssl_sect]", "system_default = system_default_sect",
		"[system_default_sect]", "MinProtocol = " + minProtocol(n.Version),
	}}
	if n.lowSecurity() {
		r.Lines = append(r.Lines, "CipherString = DEFAULT:@SECLEVEL=0")
	}
	r.Note = "for every program that does not set its own limits, Asterisk among them: name the file in OPENSSL_CONF for that program alone"
	return []Remedy{r}
}

func minProtocol(v iana.ProtocolVersion) string {
	switch v {
	case iana.TLS12:
		return "TLSv1.2"
	case iana.TLS11:
		return "TLSv1.1"
	}
	return "TLSv1"
}
