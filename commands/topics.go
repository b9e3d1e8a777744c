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
    3  some phones failed, or one did; of an interrupted run the code is 130
    4  login refused or locked, and nothing else failed
   10  the answer is no: the phone would refuse the file, the server or the
       registration; for inspect, the file is damaged or nothing that belongs
       to certificates
   11  the answer is not known: it hangs on something nobody has documented
  130  interrupted
  141  nobody reads the output any more, as after "| head"; phones in hand were
       finished all the same

2 is never used. With several files, servers, handsets or connections the code
is that of the worst answer: an error, then no, then not known.

  phonecert check root.pem --as trusted --handset yealink-t28p --quiet
  case $? in 0) echo yes;; 10) echo no;; 11) echo "nobody knows";; esac`

const environmentText = `Environment variables:

  PHONECERT_HANDSET    the profile to use when --handset is not given
  PHONECERT_PASSWORD   the password of an encrypted file; where a command logs in
                       to a phone, that of its web page
  PHONECERT_OUT_PASSWORD
                       the password for a PKCS#12 file to write
  PHONECERT_SIP_PASSWORD
                       the password of the user of probe --register
  PHONECERT_SIMULATED_PASSWORD
                       the password with which a simulated phone lets in
  PHONECERT_BROWSER    the Chromium or Chrome for upload --via browser
  NO_COLOR             set to anything: no colour
  TERM                 "dumb": no colour

Files:

  phonecert/handsets/*.yaml in the user's configuration folder
  (on Linux ~/.config, on macOS ~/Library/Application Support, on Windows
  %AppData%) are handset profiles of your own. "phonecert handset list" shows
  them with the shipped ones.

  phonecert/known_phones beside that folder remembers the certificate of each
  HTTPS phone, one line a phone: address, a blank, sha256:HEX. A phone that shows
  another one is not spoken to until its line is taken out.

Passwords are read from a file (--password-file, --sip-password-file), then from
the environment, then asked for at the terminal; never from an argument, where
others could see them. Those of phones may also stand in a column of the
inventory or, with --keyring, in the system's keyring:

  secret-tool store --label phonecert service phonecert username admin@192.0.2.55`

const jsonText = `With --json, standard output is one JSON object, errors included; where several
handsets, servers or phones are asked, one object for each, one a line. Fields
are added in later releases, never renamed.

  every object   schema_version, command
  check          handset, role, verdict (accepted|rejected|unknown), files[],
                 findings[] that concern the files together
    --inventory  a line for each phone: phone, handset, verdict, findings[]
                 (codes); then one with summary
  convert        outputs[], remarks[] and, with --for, handset, role, verdict
  a file         path, size, format (pem|der|pkcs7|pkcs12|key|csr|crl|unknown),
                 certificates[], private_keys, findings[], verdict; as pbx trust
  a certificate  subject, issuer, serial, not_before, not_after, key_algorithm,
                 key_bits, signature_algorithm, sha256, is_ca, self_signed
  a finding      code, severity (error|warning|note), message, fix,
                 basis (documented|observed|derived|assumed), source
  probe, trace   handset, target, connections[]
  a connection   client, server, transcript[], negotiated, trust, sip, http,
                 findings[], remedies[], verdict (registers|refused|unknown)
  a message      index, time_offset_us, direction (client_to_server|
                 server_to_client), content_type, name, length, encrypted, fields
  negotiated     version, cipher_suite, cipher_suite_id, key_exchange
  trust          trusted (true|false|null), code (X509_V_...), error_number,
                 alert, path[], reason, changes[]
  phone identify phone, kind (unique|generic|custom|self-signed|none), mac,
                 mac_matches, expired, browsers, versions[], cipher_suites[]
  phone show     phone, dialect, model, firmware, mac, trusted[], server[]
                 (null where the page shows no list), settings, findings[]
  phone delete   phone, ..., certificates[] with result (deleted|still-there|
                 planned)
  phone set      phone, ..., changes[] with result (set|unchanged|not-set),
                 reboot_needed, rebooted
  phone reboot   phone, ..., result (restarting|back), duration_ms
  upload         phone, mac, model, firmware, handset, dialect, route, result
                 (uploaded|replaced|already-present|planned|unconfirmed|failed|
                 skipped), stage (connect|login|read|upload|verify|reboot),
                 cause, files[], findings[], rebooted, login_refused,
                 duration_ms; with --inventory one line a phone, then one with
                 summary
  simulate       phone: a line a phone; registrar: a line an event
  an error       error, hints[]

  phonecert check *.pem --as trusted --handset yealink-t28p --json |
    jq -r '.files[] | [.verdict, .path] | @tsv'
  phonecert probe pbx.example.com --handset all --json |
    jq -r '[.handset, .verdict, .connections[-1].sentence] | @tsv'`
