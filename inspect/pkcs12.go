package inspect

import (
	"bytes"
	"errors"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pbe"
	"github.com/phonecert/phonecert/inspect/pfx"
)

const rfc7292 = "RFC 7292, section 4"

// readPKCS12 reads a PKCS#12 file in BER or DER. The password is asked for once
// at most, and only when neither none nor the empty one opens the file. What is
// encrypted and cannot be opened is a finding; the error says that the file is
// no PKCS#12 or damaged as a whole.
func readPKCS12(in []byte, password key.Password) ([]Object, []finding.Finding, error) {
	der, rest, err := ber.ToDER(in)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{file: &File{}}
	if len(rest) > 0 {
		r.add("pkcs12.trailing", finding.Warning, rfc7292, "phonecert convert {file} -o {out}",
			"%d bytes follow the PKCS#12 container, from offset %d on", len(rest), len(in)-len(rest))
	}
	if !bytes.Equal(der, in[:len(in)-len(rest)]) {
		r.add("pkcs12.ber", finding.Note, "ITU-T X.690, section 8.1.3.6", "phonecert convert {file} -o {out}",
			"the PKCS#12 container is BER, with lengths that DER does not allow")
	}
	file, err := pfx.Read(der, password)
	switch {
	case errors.Is(err, pfx.ErrVersion) || errors.Is(err, pfx.ErrPublicKeyMode):
		r.file.Findings = append(r.file.Findings, pkcs12Problem(err))
		return nil, r.file.Findings, nil
	case err != nil:
		return nil, nil, err
	}
	for _, problem := range file.Problems {
		r.file.Findings = append(r.file.Findings, pkcs12Problem(problem))
	}
	for _, bag := range file.Bags {
		r.bag(bag)
	}
	if len(file.Bags) == 0 && len(file.Problems) == 0 {
		r.add("pkcs12.empty", finding.Error, rfc7292, "export the certificate again, and choose to include it",
			"the PKCS#12 container is empty: it holds neither a certificate nor a key")
	}
	return r.file.Objects, r.file.Findings, nil
}

// bag adds what one bag holds.
func (r *reader) bag(bag pfx.Bag) {
	switch bag.Kind {
	case pfx.Certificate:
		r.certificate(block{der: bag.Data})
	case pfx.CRL:
		r.file.Objects = append(r.file.Objects, Object{Kind: KindCRL, DER: bag.Data})
	case pfx.PlainKey, pfx.EncryptedKey:
		r.bagKey(bag)
	case pfx.Other:
		r.file.Objects = append(r.file.Objects, Object{Kind: KindOther, DER: bag.Data})
		r.add("pkcs12.other", finding.Note, "RFC 7292, section 4.2", "it may stay: phonecert convert leaves it out",
			"the PKCS#12 container holds %s, which phones have no use for", bag.Type)
	}
}

// bagKey adds a key, as far as it was opened.
func (r *reader) bagKey(bag pfx.Bag) {
	o := Object{Kind: KindPrivateKey, DER: bag.Data}
	if bag.Locked != nil {
		o.Key = &key.Private{Form: key.PKCS8, Encrypted: true, Cipher: bag.Encryption, Locked: bag.Locked}
		r.file.Objects = append(r.file.Objects, o)
		if problem := pkcs12Problem(bag.Locked); !r.has(problem) {
			r.file.Findings = append(r.file.Findings, problem)
		}
		return
	}
	plain := bag.Data
	if bag.Kind == pfx.EncryptedKey {
		plain = bag.Plain
	}
	k, err := key.Parse("", nil, plain, nil)
	if err != nil {
		o.Kind = KindOther
		r.add("pkcs12.key-damaged", finding.Error, "RFC 5958, section 2", "export the key again, or make a new one and have a certificate issued for it",
			"the PKCS#12 container holds a private key that cannot be read: %s", err)
	} else {
		k.Encrypted, k.Cipher = bag.Encryption != "", bag.Encryption
		o.Key = k
	}
	r.file.Objects = append(r.file.Objects, o)
}

// has reports whether a finding was made already.
func (r *reader) has(f finding.Finding) bool {
	for _, made := range r.file.Findings {
		if made == f {
			return true
		}
	}
	return false
}

// pkcs12Problem says what keeps a part of the file closed, and what opens it.
func pkcs12Problem(err error) finding.Finding {
	const again = "open it with the program that wrote it and export it again with AES-256 or triple DES"
	f := finding.Finding{
		Code: "pkcs12.part-damaged", Severity: finding.Error, Message: err.Error(),
		Fix: "export it again", Basis: finding.Documented, Source: rfc7292,
	}
	for _, known := range []struct {
		cause             error
		code, fix, source string
		severity          finding.Severity
	}{
		{key.ErrPasswordNeeded, "pkcs12.password-needed",
			"phonecert inspect {file} --password-file FILE, or set PHONECERT_PASSWORD", rfc7292, finding.Error},
		{key.ErrWrongPassword, "pkcs12.wrong-password",
			"give the password with which the file was exported: --password-file FILE or PHONECERT_PASSWORD",
			"RFC 7292, section 5.1", finding.Error},
		{pfx.ErrNotOpened, "pkcs12.not-opened",
			"try the password again; if it is right, the file is damaged: export it again", "RFC 7292, section 5.1", finding.Error},
		{pfx.ErrKeyPassword, "pkcs12.key-password",
			"export the key again with the password of the file: keytool -importkeystore -srckeystore {file} -destkeystore OUT.p12 -deststoretype PKCS12",
			"RFC 7292, section 4.2.2", finding.Error},
		{pfx.ErrChanged, "pkcs12.changed", "copy the file again, in binary mode, or export it again",
			"RFC 7292, section 5.1", finding.Warning},
		{pfx.ErrMAC, "pkcs12.mac", "export it again with a MAC of HMAC-SHA-1 or HMAC-SHA-256", "RFC 7292, appendix B.4", finding.Warning},
		{pfx.ErrPublicKeyMode, "pkcs12.public-key", "export it again with a password instead of a key pair",
			"RFC 7292, section 3.1", finding.Error},
		{pfx.ErrVersion, "pkcs12.version", again, rfc7292, finding.Error},
		{pfx.ErrMany, "pkcs12.too-many", "split the file", rfc7292, finding.Error},
		{pbe.ErrUnsupported, "pkcs12.encryption", again, "RFC 7292, appendix C", finding.Error},
		{pbe.ErrWork, "pkcs12.iterations", "export it again with fewer iterations: openssl pkcs12 -export -iter 100000 for instance",
			"RFC 8018, section 4.2", finding.Error},
	} {
		if errors.Is(err, known.cause) {
			f.Code, f.Fix, f.Source, f.Severity = known.code, known.fix, known.source, known.severity
			break
		}
	}
	return f
}
