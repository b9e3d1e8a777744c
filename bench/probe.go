//go:build unix

package main

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// probes: a whole probe of a Kamailio, trust and SIP OPTIONS included, against
// openssl s_client, which does no more than the handshake.
func (b *bench) probes() {
	if !have("openssl") || !have("kamailio") {
		return
	}
	testing.Init()
	// The servers for tests need a testing.TB; a benchmark that takes longer
	// than a second runs once.
	testing.Benchmark(func(t *testing.B) {
		for _, suite := range []string{"DHE-RSA-AES256-SHA", "AES256-SHA"} {
			b.probe(t, suite)
		}
	})
}

func (b *bench) probe(t *testing.B, suite string) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	root := b.path("root.pem")
	if err := os.WriteFile(root, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	ciphers := suite + ":@SECLEVEL=0"
	pbx := realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t), Method: "TLSv1", Ciphers: ciphers})
	defer pbx.Stop()
	probe := func() sample {
		return run(b.phonecert, "probe", pbx.Addr, "--handset", "yealink-t28p", "--custom", root, "--clock", "2024-06-01")
	}
	client := []string{"s_client", "-connect", pbx.Addr, "-tls1", "-cipher", ciphers}
	title := "probe of a Kamailio with TLS 1.0 and " + suite + ", SIP included, against openssl s_client"
	pairs(title, "at most ×0.7", 41, probe, func() sample { return run("openssl", client...) })
	pairs(title+" -CAfile, which spares it the system's roots", "none", 41, probe,
		func() sample { return run("openssl", append(client, "-CAfile", root)...) })
}
