// Package handset says what a phone is: which files it takes, whom it trusts,
// how it speaks TLS. A handset is data. Each profile is one YAML file under
// models/, and every fact in it carries its basis and its source.
package handset

import "github.com/phonecert/phonecert/inspect/finding"

// Fact is one thing that is, or is not, known about a handset.
type Fact[T any] struct {
	// Value is meaningful only when the fact is Known.
	Value T `yaml:"value"`
	// NotKnown says why the value is not known; empty when it is known.
	NotKnown string `yaml:"not_known"`
	// Basis says how the value is known.
	Basis finding.Basis `yaml:"basis"`
	// Source names the text that says it, or on which the argument builds.
	Source string `yaml:"source"`
	// Because is the argument of a derived fact, or the reason for an assumption.
	Because string `yaml:"because"`
}

// Known reports whether the profile states a value.
func (f Fact[T]) Known() bool { return f.NotKnown == "" && f.Basis != "" }

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
type Profile struct {
	// ID is the name by which --handset finds the profile.
	ID string `yaml:"id"`
	// Base names the profile from which unstated facts are taken.
	Base string `yaml:"base"`
	// Summary is one line for lists.
	Summary string `yaml:"summary"`
	// Brand is the maker.
	Brand Fact[string] `yaml:"brand"`
	// Models are the model names as the maker writes them.
	Models Fact[[]string] `yaml:"models"`
	// Firmware is the range of releases that the profile speaks of.
	Firmware Fact[string] `yaml:"firmware"`
	// GuideYear is the year of the vendor's guide: a root certificate created
	// after it cannot be in the built-in list.
	GuideYear Fact[int] `yaml:"guide_year"`

	TrustedFiles FileRules    `yaml:"trusted_files"`
	ServerFiles  FileRules    `yaml:"server_files"`
	Settings     Settings     `yaml:"settings"`
	Builtin      Builtin      `yaml:"builtin"`
	TLS          TLS          `yaml:"tls"`
	Crypto       Crypto       `yaml:"crypto"`
	Web          Web          `yaml:"web"`
	Provisioning Provisioning `yaml:"provisioning"`
}

// FileRules is what the phone's upload page takes in one role.
type FileRules struct {
	// Endings are the accepted file name endings, with the dot, in lower case.
	Endings Fact[[]string] `yaml:"endings"`
	// Encodings are the accepted encodings of the content.
	Encodings Fact[[]Encoding] `yaml:"encodings"`
	// MaxBytes is the largest file, in bytes.
	MaxBytes Fact[int64] `yaml:"max_bytes"`
	// MaxFiles is how many custom certificates fit.
	MaxFiles Fact[int] `yaml:"max_files"`
	// Replaces says whether a new file overwrites the old one.
	Replaces Fact[bool] `yaml:"replaces"`
	// CertificatesPerFile is how many certificates one file may hold.
	CertificatesPerFile Fact[int] `yaml:"certificates_per_file"`
	// PrivateKey says whether the file must hold the private key too.
	PrivateKey Fact[bool] `yaml:"private_key"`
}

// Settings are the four trust settings of the phone's web page.
type Settings struct {
	OnlyTrusted  Setting `yaml:"only_trusted"`
	CA           Setting `yaml:"ca"`
	CNValidation Setting `yaml:"cn_validation"`
	DeviceCert   Setting `yaml:"device_cert"`
	// NeedReboot says whether a change takes effect only after a reboot.
	NeedReboot Fact[bool] `yaml:"need_reboot"`
}

// Setting is one choice on the phone's web page. Values are spelled as the
// command-line flags spell them: on, off, default, custom, all.
type Setting struct {
	// Label is the setting's name on the phone's web page.
	Label   Fact[string]   `yaml:"label"`
	Values  Fact[[]string] `yaml:"values"`
	Factory Fact[string]   `yaml:"factory"`
}

// Builtin is what the phone holds from the factory.
type Builtin struct {
	// RootCount is the number of built-in trusted certificates.
	RootCount Fact[int] `yaml:"root_count"`
	// RootList names the embedded list of them (see Roots), or is "none".
	RootList Fact[string] `yaml:"root_list"`
	// DeviceCertificates are the phone's own certificates: unique, generic.
	DeviceCertificates Fact[[]string] `yaml:"device_certificates"`
}

// TLS is how the phone speaks TLS as a client.
type TLS struct {
	// Versions are the protocol versions offered, for instance "TLS 1.0".
	Versions Fact[[]string] `yaml:"versions"`
	// CipherSuites are the IANA numbers in the order in which they are offered.
	CipherSuites Fact[[]uint16] `yaml:"cipher_suites"`
	// SNI says whether the server's name is sent (RFC 6066, section 3).
	SNI Fact[bool] `yaml:"sni"`
	// Extensions are the names of the other extensions that are sent.
	Extensions Fact[[]string] `yaml:"extensions"`
	// ClientCertificate says what is sent when a server asks for one.
	ClientCertificate Fact[string] `yaml:"client_certificate"`
}

// Crypto is what the phone's TLS library can compute with.
type Crypto struct {
	// Library is the generation of the TLS library.
	Library Fact[Library] `yaml:"library"`
	// KeyAlgorithms are the public keys it can use: RSA, DSA, EC, Ed25519.
	KeyAlgorithms Fact[[]string] `yaml:"key_algorithms"`
	// Hashes are the digests it takes in certificate signatures: MD5, SHA-1, …
	Hashes Fact[[]string] `yaml:"hashes"`
	// RSAPSS says whether it verifies RSASSA-PSS signatures.
	RSAPSS Fact[bool] `yaml:"rsa_pss"`
	// MaxRSABits is the largest RSA key it can use.
	MaxRSABits Fact[int] `yaml:"max_rsa_bits"`
	// LastDate is the last moment its clock can show, as RFC 3339.
	LastDate Fact[string] `yaml:"last_date"`
}

// Web is how the phone's web interface can be recognised.
type Web struct {
	Dialects Fact[[]string] `yaml:"dialects"`
}

// Provisioning is how certificates reach the phone without its web page.
type Provisioning struct {
	// CommonFile is the name of the configuration file of all phones of the model.
	CommonFile Fact[string] `yaml:"common_file"`
	// Keys are the configuration keys for certificates and trust settings.
	Keys Fact[[]string] `yaml:"keys"`
}

// FilesFor returns the rules for a role that is uploaded to the phone.
func (p *Profile) FilesFor(role Role) FileRules {
	if role == Server {
		return p.ServerFiles
	}
	return p.TrustedFiles
}
