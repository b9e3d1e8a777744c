package commands

import "github.com/spf13/cobra"

// helpTopics are pages of help that belong to no command.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What each exit code means", Long: exitCodesText},
		{Use: "environment", Short: "Variables and files that phonecert reads", Long: environmentText},
		{Use: "json", Short: "The JSON that --json prints", Long: jsonText},
	}
}

const exitCodesText = `Exit codes:

    0  done, and the answer is yes
    1  error, or wrong usage
    3  some phones failed
    4  login refused or locked
   10  the answer is no: the phone would refuse the file or the server; for
       inspect, the file is damaged or nothing that belongs to certificates
   11  the answer is not known: it hangs on something nobody has documented
  130  interrupted

2 is never used. With several files the code is that of the worst answer: an
error, then no, then not known.

  phonecert check root.pem --as trusted --handset yealink-t28p --quiet
  case $? in 0) echo yes;; 10) echo no;; 11) echo "nobody knows";; esac`

const environmentText = `Environment variables:

  PHONECERT_HANDSET    the profile to use when --handset is not given
  PHONECERT_PASSWORD   the password of an encrypted file
  PHONECERT_OUT_PASSWORD
                       the password for a PKCS#12 file to write
  NO_COLOR             set to anything: no colour
  TERM                 "dumb": no colour

Files:

  phonecert/handsets/*.yaml in the user's configuration folder
  (on Linux ~/.config, on macOS ~/Library/Application Support, on Windows
  %AppData%) are handset profiles of your own. "phonecert handset list" shows
  them with the shipped ones.

Passwords are read from --password-file, then from PHONECERT_PASSWORD, then
asked for at the terminal; never from an argument, where others could see them.`

const jsonText = `With --json, standard output is one JSON object, errors included; with
"check --handset all" one object for each handset, one a line. Fields are added
in later releases, never renamed.

  every object   schema_version, command
  check          handset, role, verdict (accepted|rejected|unknown), files[],
                 findings[] that concern the files together
  convert        outputs[], remarks[] and, with --for, handset, role, verdict
  a file         path, size, format (pem|der|pkcs7|pkcs12|key|csr|crl|unknown),
                 certificates[], private_keys, findings[], verdict
  a certificate  subject, issuer, serial, not_before, not_after, key_algorithm,
                 key_bits, signature_algorithm, sha256, is_ca, self_signed
  a finding      code, severity (error|warning|note), message, fix,
                 basis (documented|observed|derived|assumed), source
  an error       error, hints[]

  phonecert check *.pem --as trusted --handset yealink-t28p --json |
    jq -r '.files[] | [.verdict, .path] | @tsv'`
