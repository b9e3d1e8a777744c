package remedy

import (
	"strings"

	"github.com/phonecert/phonecert/inspect"
)

// acme writes commands for the clients that fetch certificates.
func acme(n Need) []Remedy {
	name := "NAME"
	if n.Name != "" {
		name = inspect.ShellQuote(n.Name)
	}
	var list []Remedy
	add := func(program string, words ...string) {
		list = append(list, Remedy{Program: program, Lines: []string{strings.Join(words, " ")}})
	}
	if n.RSA {
		add("certbot", "certbot certonly --cert-name", name, "-d", name, "--force-renewal --key-type rsa --rsa-key-size 2048")
		add("acme.sh", "acme.sh --issue -d", name, "--force --keylength 2048")
		add("lego", "lego --domains", name, "--key-type rsa2048 run")
		add("dehydrated", "dehydrated --cron --domain", name, "--force --algo rsa")
	}
	if n.PreferredChain != "" {
		chain := inspect.ShellQuote(n.PreferredChain) // whatever a certificate calls itself
		add("certbot", "certbot renew --cert-name", name, "--force-renewal --preferred-chain", chain)
		add("acme.sh", "acme.sh --renew -d", name, "--force --preferred-chain", chain)
		add("lego", "lego --domains", name, "renew --days 90 --preferred-chain", chain)
		add("dehydrated", "dehydrated --cron --domain", name, "--force --preferred-chain", chain)
	}
	return list
}
