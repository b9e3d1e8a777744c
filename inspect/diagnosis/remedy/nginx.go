package remedy

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// nginx writes lines for the server block of provisioning.
func nginx(n Need) []Remedy {
	r := Remedy{Program: "nginx", File: "nginx.conf", Note: n.note()}
	if n.Version != 0 {
		r.Lines = append(r.Lines, "ssl_protocols "+nginxProtocols(n.Version)+";")
	}
	if len(n.Suites) > 0 || n.lowSecurity() {
		r.Lines = append(r.Lines, "ssl_ciphers "+n.cipherList("HIGH:!aNULL")+";")
		if ephemeral := strings.Join(n.Suites, " "); strings.HasPrefix(ephemeral, "DHE") || strings.Contains(ephemeral, " DHE") {
			r.Note = strings.TrimPrefix(r.Note+"; without ssl_dhparam nginx takes no DHE suite and the phone gets the next", "; ")
		}
	}
	if n.FullChain {
		r.Lines = append(r.Lines, "ssl_certificate /etc/nginx/fullchain.pem;")
	}
	if n.NoClientCertificate {
		r.Lines = append(r.Lines, "ssl_verify_client off;")
		r.Note = "or put the CA of the phones' certificates into the file of ssl_client_certificate"
	}
	if n.DefaultName {
		r.Lines = append(r.Lines, "listen 443 ssl default_server;")
		r.Note = "in the server block that the phones should reach: clients that send no name get it"
	}
	if len(r.Lines) == 0 {
		return nil
	}
	return []Remedy{r}
}

func nginxProtocols(oldest iana.ProtocolVersion) string {
	switch oldest {
	case iana.TLS12:
		return "TLSv1.2 TLSv1.3"
	case iana.TLS11:
		return "TLSv1.1 TLSv1.2 TLSv1.3"
	}
	return "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"
}
