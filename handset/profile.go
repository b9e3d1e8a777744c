// Package handset says what a phone is: which files it takes, whom it trusts,
// how it speaks TLS. A handset is data. Each profile is one YAML file under
// models/, and every fact in it carries its basis and its source.
package handset

// Role is what a certificate file is for.
type Role string

// The roles. PBX is the odd one: the file never goes on a phone, but the
// phones judge the server that presents it.
const (
	Trusted Role = "trusted"
	Server  Role = "server"
	PBX     Role = "pbx"
)

// Encoding is how a certificate is written down.
type Encoding string

// The encodings a handset may take.
const (
	PEM Encoding = "pem"
	DER Encoding = "der"
)

// Profile is everything known about one kind of handset.
//
// The tags carry what the loader and Facts need: yaml is the key in the file,
// label the words for people, words the permitted values where they are a
// closed set, form the way in which a free value is written.
type Profile struct {
	// ID is the name by which --handset finds the profile.
	ID string `yaml:"id" form:"id"`
	// Base names the profile from which unstated facts are taken.
	Base string `yaml:"base" form:"id"`
	// Summary is one line for lists.
	Summary string `yaml:"summary"`
	// Brand is the maker.
	Brand Fact[string] `yaml:"brand" label:"brand"`
	// Models are the model names as the maker writes them.
	Models Fact[[]string] `yaml:"models" label:"models"`
	// Firmware is the range of releases that the profile speaks of.
	Firmware Fact[string] `yaml:"firmware" label:"firmware"`
	// GuideYear is the year of the vendor's guide: a root certificate created
	// after it cannot be in the built-in list.
	GuideYear Fact[int] `yaml:"guide_year" label:"year of the guide"`

	TrustedFiles FileRules    `yaml:"trusted_files" label:"trusted certificate file"`
	ServerFiles  FileRules    `yaml:"server_files" label:"server certificate file"`
	Settings     Settings     `yaml:"settings" label:"trust setting"`
	Builtin      Builtin      `yaml:"builtin" label:"built in"`
	TLS          TLS          `yaml:"tls" label:"TLS"`
	Crypto       Crypto       `yaml:"crypto" label:"cryptography"`
	Web          Web          `yaml:"web" label:"web interface"`
	Provisioning Provisioning `yaml:"provisioning" label:"auto-provisioning"`
}

// FileRules is what the phone's upload page takes in one role.
type FileRules struct {
	// Endings are the accepted file name endings, with the dot, in lower case.
	Endings Fact[[]string] `yaml:"endings" label:"file name endings" form:"ending"`
	// Encodings are the accepted encodings of the content.
	Encodings Fact[[]Encoding] `yaml:"encodings" label:"encodings" words:"pem|der"`
	// MaxBytes is the largest file, in bytes.
	MaxBytes Fact[int64] `yaml:"max_bytes" label:"largest size"`
	// MaxFiles is how many custom certificates fit.
	MaxFiles Fact[int] `yaml:"max_files" label:"how many"`
	// Replaces says whether a new file overwrites the old one.
	Replaces Fact[bool] `yaml:"replaces" label:"a new one replaces the old"`
	// CertificatesPerFile is how many certificates one file may hold.
	CertificatesPerFile Fact[int] `yaml:"certificates_per_file" label:"certificates in one file"`
	// PrivateKey says whether the file must hold the private key too.
	PrivateKey Fact[bool] `yaml:"private_key" label:"holds the private key"`
}

// Settings are the four trust settings of the phone's web page.
type Settings struct {
	OnlyTrusted  Setting `yaml:"only_trusted" label:"only trusted"`
	CA           Setting `yaml:"ca" label:"CA"`
	CNValidation Setting `yaml:"cn_validation" label:"name check"`
	DeviceCert   Setting `yaml:"device_cert" label:"device certificate"`
	// NeedReboot says whether a change takes effect only after a reboot.
	NeedReboot Fact[bool] `yaml:"need_reboot" label:"takes effect after a reboot"`
}

// Setting is one choice on the phone's web page. Values are spelled as the
// command-line flags spell them: on, off, default, custom, all.
type Setting struct {
	// Label is the setting's name on the phone's web page.
	Label Fact[string] `yaml:"label" label:"name on the web page"`
	// Values are the permitted values.
	Values Fact[[]string] `yaml:"values" label:"permitted values" words:"on|off|default|custom|all"`
	// Factory is the value that holds until somebody changes it.
	Factory Fact[string] `yaml:"factory" label:"factory value" words:"on|off|default|custom|all"`
	// InForce is the value that was measured on a phone, in the profile that was
	// learned from it.
	InForce Fact[string] `yaml:"in_force" label:"value in force" words:"on|off|default|custom|all"`
}

// Builtin is what the phone holds from the factory.
type Builtin struct {
	// RootCount is the number of built-in trusted certificates.
	RootCount Fact[int] `yaml:"root_count" label:"trusted certificates"`
	// RootList names the embedded list of them (see Roots), or is "none".
	RootList Fact[string] `yaml:"root_list" label:"list of trusted certificates" words:"none|t2xp-v7x"`
	// DeviceCertificates are the phone's own certificates: unique, generic.
	DeviceCertificates Fact[[]string] `yaml:"device_certificates" label:"device certificates" words:"unique|generic"`
}

// TLS is how the phone speaks TLS as a client.
type TLS struct {
	// Versions are the protocol versions offered, for instance "TLS 1.0".
	Versions Fact[[]string] `yaml:"versions" label:"versions" words:"SSL 3.0|TLS 1.0|TLS 1.1|TLS 1.2|TLS 1.3"`
	// CipherSuites are the IANA numbers in the order in which they are offered.
	CipherSuites Fact[[]uint16] `yaml:"cipher_suites" label:"cipher suites in order"`
	// SNI says whether the server's name is sent (RFC 6066, section 3).
	SNI Fact[bool] `yaml:"sni" label:"sends the server's name (SNI)"`
	// Extensions are the names of the other extensions that are sent.
	Extensions Fact[[]string] `yaml:"extensions" label:"other extensions"`
	// ClientHello is the message itself, as it was seen from a phone. Where it is
	// known it is sent as it is, whatever the facts above say.
	ClientHello Fact[Hello] `yaml:"client_hello" label:"ClientHello"`
	// ClientCertificate says what is sent when a server asks for a
	// certificate: "uploaded" is the server certificate that was uploaded,
	// "device" the one that the setting DeviceCert selects.
	ClientCertificate Fact[string] `yaml:"client_certificate" label:"certificate sent when a server asks" words:"uploaded|device"`
	// Encrypts names what of an account is encrypted once TLS is enabled for
	// it: SIP, or SIP and RTP.
	Encrypts Fact[[]string] `yaml:"encrypts" label:"encrypts of an account" words:"SIP|RTP"`
	// LockIcon is the screen on which a lock appears after a successful
	// negotiation: what a person at the phone can look for.
	LockIcon Fact[string] `yaml:"lock_icon" label:"lock icon after a successful negotiation"`
}

// Crypto is what the phone's TLS library can compute with.
type Crypto struct {
	// Library is the generation of the TLS library.
	Library Fact[Library] `yaml:"library" label:"generation of the TLS library" words:"openssl-0.9.8|openssl-1.0.0|openssl-1.0.1|openssl-1.0.2|openssl-1.1|openssl-3"`
	// KeyAlgorithms are the public keys it can use: RSA, DSA, EC, Ed25519.
	KeyAlgorithms Fact[[]string] `yaml:"key_algorithms" label:"public keys" words:"RSA|DSA|EC|Ed25519|Ed448"`
	// Hashes are the digests it takes in certificate signatures: MD5, SHA-1, …
	Hashes Fact[[]string] `yaml:"hashes" label:"digests of signatures" words:"MD2|MD4|MD5|SHA-1|SHA-224|SHA-256|SHA-384|SHA-512"`
	// RSAPSS says whether it verifies RSASSA-PSS signatures.
	RSAPSS Fact[bool] `yaml:"rsa_pss" label:"RSASSA-PSS signatures"`
	// MaxRSABits is the largest RSA key it can use.
	MaxRSABits Fact[int] `yaml:"max_rsa_bits" label:"largest RSA key in bits"`
	// LastDate is the last moment its clock can show, as RFC 3339.
	LastDate Fact[string] `yaml:"last_date" label:"last moment of its clock" form:"date"`
}

// Web is how the phone's web interface can be recognised.
type Web struct {
	// Dialects are the kinds of web interface that the firmware range has.
	Dialects Fact[[]string] `yaml:"dialects" label:"dialects" words:"basic|plain|session|listener|listener-rsa|api"`
}

// Provisioning is how certificates reach the phone without its web page.
type Provisioning struct {
	// Certificates says whether certificates can be provisioned at all.
	Certificates Fact[bool] `yaml:"certificates" label:"can bring certificates"`
	// CommonFile is the name of the configuration file of all phones of the model.
	CommonFile Fact[string] `yaml:"common_file" label:"common configuration file"`
	// Keys are the configuration keys for certificates, trust settings and
	// the TLS version.
	Keys Fact[[]string] `yaml:"keys" label:"configuration keys"`
}

// FilesFor returns the rules for a role that is uploaded to the phone.
func (p *Profile) FilesFor(role Role) FileRules {
	if role == Server {
		return p.ServerFiles
	}
	return p.TrustedFiles
}
