//go:build generate

// Gen writes the built-in trusted certificates as PEM files with an index. It
// takes them from the Go modules that sources.csv names and knows each by the
// SHA-256 of its DER bytes.
package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

func main() {
	log.SetFlags(0)
	offline := flag.Bool("offline", false, "use the modules in the local cache and no network")
	dir := flag.String("dir", "roots", "folder that holds sources.csv and takes the output")
	flag.Parse()
	if err := generate(*dir, *offline); err != nil {
		log.Fatal("roots: ", err)
	}
}

// source is one row of sources.csv.
type source struct {
	Slug, Variant, Subject, Signature, Key, NotBefore, NotAfter, Version, SHA256, Module, File string
}

func generate(dir string, offline bool) error {
	sources, err := readSources(filepath.Join(dir, "sources.csv"))
	if err != nil {
		return err
	}
	library := shelf{offline: offline, modules: map[string]string{}, files: map[string]map[string][]byte{}}
	index := [][]string{{"slug", "variant", "subject", "signature_algorithm", "key", "not_before", "not_after", "x509_version", "sha256"}}
	blocks := map[string][]byte{}
	for _, s := range sources {
		der, err := library.find(s)
		if err != nil {
			return err
		}
		cert, err := s.verify(der)
		if err != nil {
			return err
		}
		index = append(index, []string{s.Slug, s.Variant, s.Subject, s.Signature, s.Key,
			cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339), s.Version, s.SHA256})
		blocks[s.Slug+".pem"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	return write(dir, index, blocks)
}

func readSources(name string) ([]source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // demands equally many fields in each row
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	const header = "slug,variant,subject,signature_algorithm,key,not_before,not_after,x509_version,sha256,module,file_in_module"
	if len(rows) < 2 || strings.Join(rows[0], ",") != header {
		return nil, fmt.Errorf("%s: want the columns %s and at least one row", name, header)
	}
	var list []source
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		s := source{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10]}
		if strings.Trim(s.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return nil, fmt.Errorf("%s: %q makes no file name", name, s.Slug)
		}
		if seen[s.Slug] || seen[s.SHA256] {
			return nil, fmt.Errorf("%s: %s stands there twice", name, s.Slug)
		}
		seen[s.Slug], seen[s.SHA256] = true, true
		list = append(list, s)
	}
	return list, nil
}

// verify compares a certificate with what the row says of it.
func (s source) verify(der []byte) (*x509.Certificate, error) {
	c, err := certificate.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Slug, err)
	}
	for _, pair := range [][2]string{
		{s.Subject, certificate.NameString(c.Subject)},
		{s.NotBefore, c.NotBefore.UTC().Format(time.DateOnly)},
		{s.NotAfter, c.NotAfter.UTC().Format(time.DateOnly)},
		{s.Version, fmt.Sprintf("v%d", c.Version)},
		{s.Signature, signature(c)},
		{s.Key, publicKey(c)},
	} {
		if pair[0] != pair[1] {
			return nil, fmt.Errorf("%s: sources.csv says %q, the certificate %q", s.Slug, pair[0], pair[1])
		}
	}
	return c.Certificate, nil
}

// signature and publicKey write the algorithms as sources.csv does.
func signature(c *certificate.Certificate) string {
	name := strings.TrimSuffix(c.SignatureAlgorithm().Name, "Encryption")
	return strings.Replace(name, "-with-", "-", 1)
}

func publicKey(c *certificate.Certificate) string {
	if c.KeyAlgorithm() == "EC" {
		return fmt.Sprintf("EC-P-%d", c.KeyBits())
	}
	return fmt.Sprintf("%s-%d", c.KeyAlgorithm(), c.KeyBits())
}

// shelf finds certificates in modules.
type shelf struct {
	offline bool
	// modules maps a module with version to its folder.
	modules map[string]string
	// files maps a file's path to its certificates by SHA-256.
	files map[string]map[string][]byte
}

func (l *shelf) find(s source) ([]byte, error) {
	dir, ok := l.modules[s.Module]
	if !ok {
		var err error
		if dir, err = download(s.Module, l.offline); err != nil {
			return nil, err
		}
		l.modules[s.Module] = dir
	}
	name := filepath.Join(dir, filepath.FromSlash(s.File))
	if l.files[name] == nil {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		l.files[name] = certificates(text)
	}
	der, ok := l.files[name][s.SHA256]
	if !ok {
		return nil, fmt.Errorf("%s: no certificate with SHA-256 %s in %s of %s", s.Slug, s.SHA256, s.File, s.Module)
	}
	return der, nil
}

// certificates lists the certificates of a PEM file by their SHA-256.
func certificates(text []byte) map[string][]byte {
	list := map[string][]byte{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			sum := sha256.Sum256(block.Bytes)
			list[hex.EncodeToString(sum[:])] = block.Bytes
		}
	}
	return list
}

// download returns the folder of a module, whose content the go command has
// checked against the module's hash.
func download(module string, offline bool) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Env = os.Environ()
	if offline {
		cmd.Env = append(cmd.Env, "GOPROXY=off")
	}
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if json.Unmarshal(out, &answer) == nil && answer.Error != "" {
		return "", fmt.Errorf("%s: %s", module, answer.Error)
	}
	if err != nil || answer.Dir == "" {
		return "", fmt.Errorf("%s: go mod download told no folder (%v)", module, err)
	}
	return answer.Dir, nil
}

// write replaces the PEM files and the index.
func write(dir string, index [][]string, blocks map[string][]byte) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.pem"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for name, block := range blocks {
		if err := os.WriteFile(filepath.Join(dir, name), block, 0o644); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.WriteAll(index); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.csv"), text.Bytes(), 0o644)
}
