package remedy

import "github.com/phonecert/phonecert/inspect/handshake/iana"

func freeSWITCH(n Need) []Remedy {
	var list []Remedy
	if n.offer() {
		r := Remedy{Program: "FreeSWITCH", File: "vars.xml", Note: n.note()}
		if n.Version != 0 {
			r.Lines = append(r.Lines, preProcess("sip_tls_version="+freeSWITCHVersions(n.Version)))
		}
		if list := n.cipherList("ALL:!ADH:!LOW:!EXP:!MD5"); len(n.Suites) > 0 || n.lowSecurity() {
			r.Lines = append(r.Lines, preProcess("sip_tls_ciphers="+list))
		}
		list = append(list, r)
	}
	if n.FullChain {
		list = append(list, Remedy{"FreeSWITCH", "", []string{"cat privkey.pem fullchain.pem > agent.pem"}, "in the folder of tls-cert-dir"})
	}
	if n.NoClientCertificate {
		list = append(list, Remedy{"FreeSWITCH", "sip_profiles/internal.xml", []string{`<param name="tls-verify-policy" value="none"/>`}, "or put the CA of the phones' certificates into cafile.pem"})
	}
	return list
}

func preProcess(data string) string { return `<X-PRE-PROCESS cmd="set" data="` + data + `"/>` }

func freeSWITCHVersions(oldest iana.ProtocolVersion) string {
	switch oldest {
	case iana.TLS12:
		return "tlsv1.2"
	case iana.TLS11:
		return "tlsv1.1,tlsv1.2"
	}
	return "tlsv1,tlsv1.1,tlsv1.2"
}
