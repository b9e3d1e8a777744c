package remedy

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// asterisk writes a transport of res_pjsip. Its option method stands for one
// version, so old phones get a transport of their own.
func asterisk(n Need) []Remedy {
	var list []Remedy
	if n.offer() {
		r := Remedy{Program: "Asterisk", File: "pjsip.conf"}
		switch {
		case n.Version != 0:
			r.Lines = []string{"[transport-tls-phones]", "type=transport", "protocol=tls", "bind=0.0.0.0:5062", "method=" + pjsipMethod(n.Version)}
			r.Note = "give it cert_file and priv_key_file as the transport that is there has them, and a port of its own"
			if n.lowSecurity() {
				r.Note += "; OpenSSL 3 needs the lines for openssl.cnf, too"
			}
		default:
			r.Note = "this names every suite that the transport takes: keep those of the other clients in it"
		}
		if len(n.Suites) > 0 {
			r.Lines = append(r.Lines, "cipher="+strings.Join(n.Suites, ","))
		}
		list = append(list, r)
	}
	if n.FullChain {
		list = append(list, Remedy{"Asterisk", "pjsip.conf", []string{"cert_file=/etc/asterisk/keys/fullchain.pem"}, "the server's certificate first, then the intermediates"})
	}
	if n.NoClientCertificate {
		list = append(list, Remedy{"Asterisk", "pjsip.conf", []string{"verify_client=no", "require_client_cert=no"}, "or put the CA of the phones' certificates into ca_list_file"})
	}
	return list
}

func pjsipMethod(v iana.ProtocolVersion) string {
	switch v {
	case iana.TLS12:
		return "tlsv1_2"
	case iana.TLS11:
		return "tlsv1_1"
	}
	return "tlsv1"
}
