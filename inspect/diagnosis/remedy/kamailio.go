package remedy

import "github.com/phonecert/phonecert/inspect/handshake/iana"

func kamailio(n Need) []Remedy {
	r := Remedy{Program: "Kamailio", File: "tls.cfg"}
	if n.Version != 0 {
		r.Lines = append(r.Lines, "method = "+kamailioMethod(n.Version))
	}
	if len(n.Suites) > 0 || n.lowSecurity() {
		r.Lines = append(r.Lines, `cipher_list = "`+n.cipherList("DEFAULT")+`"`)
		r.Note = n.note()
	}
	if n.FullChain {
		r.Lines = append(r.Lines, "certificate = /etc/kamailio/fullchain.pem")
	}
	if n.NoClientCertificate {
		r.Lines = append(r.Lines, "verify_certificate = no", "require_certificate = no")
		r.Note = "or put the CA of the phones' certificates into the file of ca_list"
	}
	if n.DefaultName {
		r.Lines = append(r.Lines, "[server:default]", "certificate = /etc/kamailio/fullchain.pem", "private_key = /etc/kamailio/privkey.pem")
		r.Note = "the section serves clients that send no name"
	}
	if len(r.Lines) == 0 {
		return nil
	}
	return []Remedy{r}
}

func kamailioMethod(oldest iana.ProtocolVersion) string {
	switch oldest {
	case iana.TLS12:
		return "TLSv1.2+"
	case iana.TLS11:
		return "TLSv1.1+"
	}
	return "TLSv1+"
}
