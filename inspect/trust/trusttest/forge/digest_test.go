package forge

import (
	"crypto"
	_ "crypto/md5" // what phones meet is a fact, not a choice
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"

	"golang.org/x/crypto/cryptobyte/asn1"
)

func digest(h crypto.Hash, message []byte) []byte {
	sum := h.New()
	sum.Write(message)
	return sum.Sum(nil)
}

// digestInfo is what an RSA signature holds (RFC 8017, section 9.2); 0 is MD2.
func digestInfo(h crypto.Hash, sum []byte) []byte {
	oid := map[crypto.Hash]string{0: "1.2.840.113549.2.2", crypto.MD5: "1.2.840.113549.2.5", crypto.SHA1: "1.3.14.3.2.26",
		crypto.SHA224: "2.16.840.1.101.3.4.2.4", crypto.SHA256: "2.16.840.1.101.3.4.2.1",
		crypto.SHA384: "2.16.840.1.101.3.4.2.2", crypto.SHA512: "2.16.840.1.101.3.4.2.3"}[h]
	return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object(oid), element(asn1.NULL)), element(asn1.OCTET_STRING, sum))
}
