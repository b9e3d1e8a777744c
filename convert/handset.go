package convert

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/armor"
)

// forHandset makes the file that the handset takes in the role.
func (j *job) forHandset() ([]Output, error) {
	files := j.Profile.FilesFor(j.Role)
	if err := j.settleFormat(files); err != nil {
		return nil, err
	}
	if err := j.acceptedName(files); err != nil {
		return nil, err
	}
	switch j.Role {
	case handset.Trusted:
		return j.trusted(files)
	case handset.Server:
		return j.server(files)
	}
	return nil, refuse([]string{"add --as trusted for a CA's certificate, or --as server for the phone's own"},
		"--as %s is not a file that goes on a phone", j.Role)
}

// settleFormat chooses PEM where the handset takes it, unless the output's name
// or --to ask for DER and the handset takes that.
func (j *job) settleFormat(files handset.FileRules) error {
	takes := j.formats(files.Encodings)
	if j.To != "" && !slices.Contains(takes, j.To) {
		return refuse([]string{fmt.Sprintf("leave --to out, or use --to %s", takes[0])},
			"a %s file for %s is not written as %s", j.Role, j.Profile.ID, formatName(j.To))
	}
	for _, wish := range []inspect.Format{j.To, FormatOf(j.Name), inspect.FormatPEM, takes[0]} {
		if slices.Contains(takes, wish) {
			j.To = wish
			return nil
		}
	}
	return nil
}

// formats lists what may be written for the role. A server file holds two
// objects, so it is PEM whatever else the handset reads.
func (j *job) formats(encodings handset.Fact[[]handset.Encoding]) []inspect.Format {
	var takes []inspect.Format
	for _, e := range encodings.Value {
		takes = append(takes, inspect.Format(e))
	}
	switch {
	case j.Role == handset.Server:
		return []inspect.Format{inspect.FormatPEM}
	case !encodings.Known() || len(takes) == 0:
		j.remark("which encodings %s takes is not known; PEM is the likeliest", j.Profile.ID)
		return []inspect.Format{inspect.FormatPEM}
	}
	return takes
}

// acceptedName refuses a name whose ending the handset's upload page refuses.
func (j *job) acceptedName(files handset.FileRules) error {
	accepted := files.Endings
	if !accepted.Known() || j.Name == "" {
		return nil
	}
	has := strings.ToLower(filepath.Ext(j.Name))
	if slices.Contains(accepted.Value, has) {
		return nil
	}
	better := strings.TrimSuffix(j.Name, filepath.Ext(j.Name)) + Ending(j.To, accepted.Value)
	return refuse([]string{fmt.Sprintf("write it with -o %s", better)},
		"the output's name ends in %q; %s takes %s as %s certificate",
		has, j.Profile.ID, strings.Join(accepted.Value, ", "), j.Role)
}

// trusted makes files of one CA certificate each and never writes a key.
func (j *job) trusted(files handset.FileRules) ([]Output, error) {
	for _, key := range j.of(inspect.KindPrivateKey) {
		j.remark("left out %s: whoever has a CA's key can issue certificates in its name; it never goes on a phone", key)
	}
	j.leftOut(j.keep(func(it item) bool {
		return isCertificate(it) || it.Kind == inspect.KindPrivateKey
	}), "a trusted file holds a certificate only")
	certs := j.of(inspect.KindCertificate)
	switch {
	case len(certs) == 0:
		return nil, refuse([]string{"give the CA's certificate"}, "%s holds no certificate to be trusted", j.source())
	case j.Split:
		return j.trustedRoots(certs, files)
	case len(certs) > 1:
		return nil, refuse(j.several(certs),
			"%s holds %d certificates; a trusted file for %s holds one", j.source(), len(certs), j.Profile.ID)
	}
	out, err := j.single(certs[0])
	if err != nil {
		return nil, err
	}
	return []Output{out}, nil
}

// trustedRoots writes each self-signed certificate into a file of its own. The
// others are no anchors for these libraries (the fact sheet on handsets, "How
// such a client builds the chain", 2): the server sends them.
func (j *job) trustedRoots(certs []item, files handset.FileRules) ([]Output, error) {
	var kept []item
	for _, it := range certs {
		switch {
		case it.Certificate.SelfIssued():
			kept = append(kept, it)
		case it.Certificate.MayIssue():
			j.remark("left out %q: it is an intermediate, which the server sends; a phone ends a chain only at a self-signed root", shortName(it))
		default:
			j.remark("left out %q: it is no CA's certificate, so a phone that trusts it trusts nothing more", shortName(it))
		}
	}
	if len(kept) == 0 {
		return nil, refuse([]string{
			fmt.Sprintf("get the root certificate from whoever issued %q", shortName(certs[len(certs)-1])),
			"add --select N to make a file of one certificate all the same",
		}, "none of the %d certificates in %s is self-signed, and a phone trusts no other", len(certs), j.source())
	}
	var outputs []Output
	for i, it := range kept {
		out, err := j.single(it)
		if err != nil {
			return nil, err
		}
		out.Name = fileName(i+1, len(kept), it, Ending(j.To, files.Endings.Value))
		outputs = append(outputs, out)
	}
	return outputs, nil
}

// server makes the phone's own file: its certificate, those of its issuers as
// far as they are there, then the private key.
func (j *job) server(files handset.FileRules) ([]Output, error) {
	if j.Split {
		return nil, refuse([]string{"use -o FILE"}, "a server file holds certificate and private key together, and --split writes them apart")
	}
	j.leftOut(j.keep(func(it item) bool {
		return isCertificate(it) || it.Kind == inspect.KindPrivateKey
	}), "a server file holds certificates and their private key only")
	certs, keys := j.of(inspect.KindCertificate), j.of(inspect.KindPrivateKey)
	if err := j.complete(certs, keys, files); err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		p := paired{index: firstOfChain(certs, nil)}
		out, err := j.pem(j.serverChain(certs, p, files))
		return []Output{out}, err
	}
	p, err := j.pair(certs, keys)
	if err != nil {
		return nil, err
	}
	out, err := j.pem(j.serverChain(certs, p, files))
	if err != nil {
		return nil, err
	}
	out.Data = append(out.Data, armor.Encode(keyForHandset(p.key.Key, j.Profile.Crypto.Library))...)
	out.add(p.key)
	return []Output{out}, nil
}

// complete asks for certificate and private key. That the key belongs in the
// file is taken for granted unless the profile says that it does not.
func (j *job) complete(certs, keys []item, files handset.FileRules) error {
	missing := ""
	switch {
	case len(certs) == 0:
		missing = "certificate"
	case len(keys) == 0 && (!files.PrivateKey.Known() || files.PrivateKey.Value):
		missing = "private key"
	default:
		return nil
	}
	return refuse([]string{fmt.Sprintf("give both files: phonecert convert CERTIFICATE KEY --for %s --as %s -o OUT%s",
		j.Profile.ID, j.Role, Ending(j.To, files.Endings.Value))},
		"%s holds no %s; %s needs certificate and private key in one file", j.source(), missing, j.Profile.ID)
}

// serverChain is the phone's certificate and its issuers, as many as fit.
func (j *job) serverChain(certs []item, p paired, files handset.FileRules) []item {
	path, rest := chain(certs, p.index)
	if len(rest) > 0 {
		j.leftOut(rest, fmt.Sprintf("it is not in the chain of %q", shortName(certs[p.index])))
	}
	if most := files.CertificatesPerFile; most.Known() && most.Value > 0 && len(path) > most.Value {
		j.leftOut(path[most.Value:], fmt.Sprintf("a server file for %s holds %d", j.Profile.ID, most.Value))
		path = path[:most.Value]
	}
	return path
}
