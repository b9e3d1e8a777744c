package forge

import (
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// addIssuers: line 7, several issuers of one name.
func (c *chains) addIssuers() {
	c.add("twin-a", ca, subject("CN=Twin"), subjectKeyID("a"))
	c.add("twin-b", ca, subject("CN=Twin"), subjectKeyID("b"))
	c.add("twin-a-bare", ca, subject("CN=Twin"), key("rsa-twin-a"))
	c.add("twin-b-bare", ca, subject("CN=Twin"), key("rsa-twin-b"))
	c.add("by-a", by("twin-a"), leaf, authorityKeyID("a"))
	c.add("by-a-bare", by("twin-a"), leaf)
	c.try("7", "key identifier finds the second root", ids("by-a"), ids("twin-b", "twin-a"))
	c.try("7", "no key identifier, right root first", ids("by-a-bare"), ids("twin-a", "twin-b"))
	c.try("7", "no key identifier, wrong root first", ids("by-a-bare"), ids("twin-b", "twin-a"))
	c.try("7", "key identifier, roots without", ids("by-a"), ids("twin-b-bare", "twin-a-bare"))
	c.try("7", "key identifier, only the wrong root", ids("by-a"), ids("twin-b"))
	c.try("7", "key identifier, wrong root sent", ids("by-a", "twin-b"), ids("twin-a"))
	c.try("7", "no key identifier, wrong root sent", ids("by-a-bare", "twin-b"), ids("twin-a"))
	c.try("7", "no key identifier, both sent", ids("by-a-bare", "twin-b", "twin-a"), ids("twin-a"))
	c.add("twin-md5", ca, subject("CN=Twin"), key("rsa-twin-a"), algo("md5"), years(2000, 2020))
	c.try("7", "same key, expired twin first", ids("by-a-bare"), ids("twin-md5", "twin-a"))
	c.try("7", "same key, expired twin second", ids("by-a-bare"), ids("twin-a", "twin-md5"))
	c.try("7", "expired twin sent, valid one held", ids("by-a-bare", "twin-md5"), ids("twin-a"))
	c.try("7", "valid twin sent, expired one held", ids("by-a-bare", "twin-a"), ids("twin-md5"))
	c.add("twin-older", ca, subject("CN=Twin"), key("rsa-twin-a"), years(2000, 2010))
	c.try("7", "two expired twins, older first", ids("by-a-bare"), ids("twin-older", "twin-md5"))
	c.try("7", "two expired twins, older second", ids("by-a-bare"), ids("twin-md5", "twin-older"))
	c.add("twin-usage", ca, subject("CN=Twin"), key("rsa-twin-a"), usage(digitalSignature))
	c.try("7", "twin that may not sign first", ids("by-a-bare"), ids("twin-usage", "twin-a"))
	c.try("7", "twin that may not sign alone", ids("by-a-bare"), ids("twin-usage"))

	c.add("serial-root", ca, serial(77))
	c.add("by-serial", by("serial-root"), leaf, authoritySerial("CN=serial-root", 77))
	c.add("by-serial-wrong", by("serial-root"), leaf, authoritySerial("CN=serial-root", 78))
	c.add("by-serial-name", by("serial-root"), leaf, authoritySerial("CN=another", 77))
	c.add("by-serial-case", by("serial-root"), leaf, authoritySerial("CN=Serial-Root", 77))
	c.try("7", "issuer and serial number fit", ids("by-serial"), ids("serial-root"))
	c.try("7", "serial number does not fit", ids("by-serial-wrong"), ids("serial-root"))
	c.try("7", "issuer of the issuer does not fit", ids("by-serial-name"), ids("serial-root"))
	c.try("7", "issuer of the issuer in another case", ids("by-serial-case"), ids("serial-root"))

	c.add("name-root", ca, subject("CN=printable:Name  Root/O=Example"))
	for i, name := range []string{"CN=Name Root/O=Example", "CN=name ROOT/O=example", "CN=t61:Name Root/O=Example", "CN=printable:Name Root/O=Example", "CN=NameRoot/O=Example", "O=Example/CN=Name Root"} {
		id := fmt.Sprintf("by-name-%d", i)
		c.add(id, by("name-root"), leaf, namedIssuer(name))
		c.try("7", "issuer's name written "+name, ids(id), ids("name-root"))
	}
	for i, kind := range []string{"ec-other", "dsa-other"} {
		id := fmt.Sprintf("twin-kind-%d", i)
		c.add(id, ca, subject("CN=Twin"), key(kind))
		c.try("7", "twin with a key of another kind first: "+kind, ids("by-a-bare"), ids(id, "twin-a"))
		c.try("7", "twin with a key of another kind alone: "+kind, ids("by-a-bare"), ids(id))
	}
}

// addDates: line 4, every certificate against the phone's clock.
func (c *chains) addDates() {
	c.add("old", by("inter"), leaf, years(2010, 2012))
	c.add("young", by("inter"), leaf, years(2030, 2032))
	c.add("inter-old", by("root"), ca, years(2010, 2012))
	c.add("under-old", by("inter-old"), leaf)
	c.add("under-old-young", by("inter-old"), leaf, years(2030, 2032))
	full := ids("server", "inter")
	c.try("4", "server expired", ids("old", "inter"), ids("root"))
	c.try("4", "server not yet valid", ids("young", "inter"), ids("root"))
	c.try("4", "intermediate expired", ids("under-old", "inter-old"), ids("root"))
	c.try("4", "intermediate expired, server not yet valid", ids("under-old-young", "inter-old"), ids("root"))
	c.try("4", "clock at its factory date", full, ids("root"), date(1970))
	c.try("4", "clock in 1999", full, ids("root"), date(1999))
	c.try("4", "clock at the first second", full, ids("root"), date(2000))
	c.try("4", "clock one second before", full, ids("root"), date(2000).Add(-time.Second))
	c.try("4", "clock at the last second", full, ids("root"), date(2040))
	c.try("4", "clock one second before the last", full, ids("root"), date(2040).Add(-time.Second))
	c.try("4", "clock one second after", full, ids("root"), date(2040).Add(time.Second))
	c.try("4", "expired and root not held", ids("old", "inter"), nil)
	c.add("twin-inter-old", by("root"), ca, subject("CN=inter"), key("rsa-inter"), years(2010, 2012))
	c.add("by-inter", by("inter"), leaf)
	c.try("4", "expired intermediate sent before the valid one", ids("by-inter", "twin-inter-old", "inter"), ids("root"))
	c.try("4", "expired intermediate sent, valid one held", ids("by-inter", "twin-inter-old"), ids("inter", "root"))
	c.try("4", "expired intermediate held, valid one sent", ids("by-inter", "inter"), ids("twin-inter-old", "root"))
}

// addAlgorithms: line 5, what signatures are accepted.
func (c *chains) addAlgorithms() {
	for _, name := range []string{"md2", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "pss", "unknown"} {
		c.add("signed-"+name, by("root"), leaf, algo(name))
		c.try("5", "server signed with RSA and "+name, ids("signed-"+name), ids("root"))
	}
	c.add("root-md5", ca, algo("md5"))
	c.add("root-md2", ca, algo("md2"))
	c.add("under-md5", by("root-md5"), leaf)
	c.add("under-md2", by("root-md2"), leaf)
	c.try("5", "root signed with MD5", ids("under-md5"), ids("root-md5"))
	c.try("5", "root signed with MD2", ids("under-md2"), ids("root-md2"))
	c.add("inter-md5", by("root"), ca, algo("md5"))
	c.add("inter-unknown", by("root"), ca, algo("unknown"))
	c.add("under-inter-md5", by("inter-md5"), leaf, algo("sha256"))
	c.add("under-inter-unknown", by("inter-unknown"), leaf, algo("sha256"))
	c.try("5", "intermediate signed with MD5", ids("under-inter-md5", "inter-md5"), ids("root"))
	c.try("5", "intermediate signed with an unknown algorithm", ids("under-inter-unknown", "inter-unknown"), ids("root"))
	c.add("forged", by("inter"), leaf, broken)
	c.add("inter-forged", by("root"), ca, broken)
	c.add("under-forged", by("inter-forged"), leaf, years(2000, 2010))
	c.try("5", "server's signature broken", ids("forged", "inter"), ids("root"))
	c.try("5", "intermediate's signature broken, server expired", ids("under-forged", "inter-forged"), ids("root"))
	c.add("forged-old", by("inter"), leaf, broken, years(2000, 2010))
	c.try("5", "broken and expired", ids("forged-old", "inter"), ids("root"))
	c.add("other-key", by("inter"), leaf, signedBy("rsa-elsewhere"))
	c.try("5", "signed by another key", ids("other-key", "inter"), ids("root"))
	c.add("two-algorithms", by("inter"), leaf, innerAlgo("md5"))
	c.try("5", "two signature algorithms", ids("two-algorithms", "inter"), ids("root"))
	for _, kind := range []string{"rsa512", "rsa768", "rsa2048", "ec", "ed", "dsa"} {
		algorithm := map[string]string{"ec": "sha256", "rsa2048": "sha256"}[kind]
		if algorithm == "" {
			algorithm = "sha1"
		}
		id := kind + "-root"
		c.add(id, ca, key(kind+"-root"), algo(algorithm))
		c.add("under-"+id, by(id), leaf, algo(algorithm))
		c.add("leaf-"+kind, by("root"), leaf, key(kind+"-leaf"))
		c.try("5", "root with a key "+kind, ids("under-"+id), ids(id))
		c.try("5", "server with a key "+kind, ids("leaf-"+kind), ids("root"))
	}
	c.add("ec-sha1", by("ec-root"), leaf, algo("sha1"))
	c.add("dsa-sha256", by("dsa-root"), leaf, algo("sha256"))
	c.try("5", "EC with SHA-1", ids("ec-sha1"), ids("ec-root"))
	c.try("5", "DSA with SHA-256", ids("dsa-sha256"), ids("dsa-root"))
	c.add("weak-inter", by("root"), ca, key("rsa512-weak"), algo("sha256"))
	c.add("under-weak", by("weak-inter"), leaf)
	c.try("5", "intermediate with 512 bits", ids("under-weak", "weak-inter"), ids("root"))
}

// addAuthorities: line 6, who may be a CA.
func (c *chains) addAuthorities() {
	try := func(name string, rootOptions, interOptions []option) {
		r, i, s := "ca-root-"+name, "ca-inter-"+name, "ca-server-"+name
		c.add(r, append([]option{ca}, rootOptions...)...)
		c.add(i, append([]option{by(r), ca}, interOptions...)...)
		c.add(s, by(i), leaf)
		c.try("6", name, ids(s, i), ids(r))
	}
	none := func(s *spec) { s.extensions = nil }
	try("v1 root", []option{version(1)}, nil)
	try("v1 intermediate", nil, []option{version(1)})
	try("v1 root and intermediate", []option{version(1)}, []option{version(1)})
	try("v3 root without basic constraints", []option{without(oidBasic)}, nil)
	try("v3 root without extensions", []option{none}, nil)
	try("intermediate without extensions", nil, []option{none})
	try("intermediate without basic constraints", nil, []option{without(oidBasic)})
	try("intermediate without key usage", nil, []option{without(oidKeyUsage)})
	try("intermediate is no CA", nil, []option{basic(false)})
	try("root is no CA", []option{basic(false)}, nil)
	try("intermediate may not sign", nil, []option{usage(digitalSignature)})
	try("intermediate no CA and may not sign", nil, []option{basic(false), usage(digitalSignature)})
	try("Netscape SSL CA", nil, []option{none, netscape(0x04)})
	try("Netscape mail CA", nil, []option{none, netscape(0x02)})
	try("Netscape mail CA with basic constraints", nil, []option{netscape(0x02)})
	try("Netscape server type only", nil, []option{none, netscape(0x40)})
	try("intermediate for servers", nil, []option{purposes(false, serverAuth)})
	try("intermediate for clients", nil, []option{purposes(false, clientAuth)})
	try("root for clients", []option{purposes(false, clientAuth)}, nil)
	try("intermediate for anything", nil, []option{purposes(false, anyPurpose)})
	try("path length 0 at the intermediate", nil, []option{basic(true, 0)})
	try("path length 0 at the root", []option{basic(true, 0)}, nil)
	try("path length 1 at the root", []option{basic(true, 1)}, nil)
	try("path length without CA", nil, []option{basic(false, 3)})
	try("negative path length", nil, []option{ext(oidBasic, true, element(asn1.SEQUENCE, element(asn1.BOOLEAN, []byte{0xff}), element(asn1.INTEGER, []byte{0xff})))})
	try("unreadable basic constraints", nil, []option{ext(oidBasic, true, []byte{5, 1})})
	try("unreadable key usage", nil, []option{ext(oidKeyUsage, true, []byte{5, 1})})
	try("root with two basic constraints", []option{func(s *spec) { s.extensions = append(s.extensions, s.extensions[0]) }}, nil)
	try("root with unreadable key usage", []option{ext(oidKeyUsage, true, []byte{5, 1})}, nil)

	c.add("plen-root", ca, basic(true, 1))
	c.add("plen-a", by("plen-root"), ca, subject("CN=A"))
	c.add("plen-a2", by("plen-a"), ca, subject("CN=A"), key("rsa-plen-a2"))
	c.add("plen-b", by("plen-a2"), ca)
	c.add("plen-server", by("plen-a2"), leaf)
	c.add("plen-server-b", by("plen-b"), leaf)
	c.try("6", "self-issued does not count", ids("plen-server", "plen-a2", "plen-a"), ids("plen-root"))
	c.try("6", "one too many besides", ids("plen-server-b", "plen-b", "plen-a2", "plen-a"), ids("plen-root"))
	c.add("plen-self", by("plen-a"), leaf, subject("CN=A"), key("rsa-plen-self"))
	c.try("6", "self-issued server", ids("plen-self", "plen-a"), ids("plen-root"))
	c.add("plen-zero", by("root"), ca, basic(true, 0))
	c.add("plen-zero-ca", by("plen-zero"), ca)
	c.try("6", "CA as server below path length 0", ids("plen-zero-ca", "plen-zero"), ids("root"))
	c.try("6", "CA as server", ids("inter"), ids("root"))
	c.addLong()
}

// addLong: chains about as long as the library's limit.
func (c *chains) addLong() {
	const most = 103
	all := ids()
	for i := range most {
		id := fmt.Sprintf("long-%d", i)
		if i == 0 {
			c.add(id, ca, key("ec-long"), algo("sha256"), subject("CN=L0"))
		} else {
			c.add(id, by(fmt.Sprintf("long-%d", i-1)), ca, key("ec-long"), algo("sha256"), subject(fmt.Sprintf("CN=L%d", i)))
		}
		all = append(ids(id), all...)
	}
	for _, n := range []int{12, 99, 100, 101, 102, 103} {
		chain := all[most-n:]
		c.try("6", fmt.Sprintf("path of %d certificates", n), chain[:n-1], ids("long-0"))
		c.try("6", fmt.Sprintf("path of %d certificates, all held", n), chain[:1], chain[1:])
	}
}
