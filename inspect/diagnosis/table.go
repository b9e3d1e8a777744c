package diagnosis

// rule is one thing that is looked at.
type rule struct {
	// name says in a word or two what the rule looks at.
	name  string
	apply func(*subject)
}

// table lists every rule in the order in which a connection runs, so that the
// first finding that refuses is the first thing to mend.
func table() []rule {
	return []rule{
		{"looking up the name", lookedUp},
		{"records for SIP", discovered},
		{"connecting", dialed},

		{"another protocol", foreignProtocol},
		{"what a phone does that calls the tool", listened},

		{"facts that are not known", gaps},
		{"replay of the phone's ClientHello", replayed},
		{"offer refused", offerRefused},
		{"choice of the server", serverChoice},
		{"strength of the choice", weakChoice},
		{"compression and renegotiation", oldFeatures},
		{"size of the chain", chainSize},

		{"trust", trusted},
		{"name sent or not", serverName},
		{"root to upload", rootAtHand},
		{"client certificate asked for", clientCertificate},

		{"alert of the server", alertOfServer},
		{"alert of the client", alertOfClient},
		{"end without an alert", endedWithoutAlert},
		{"protocol broken", broken},
		{"limits of the tool", toolLimits},

		{"parts that a capture lacks", losses},
		{"what a capture cannot show", hidden},
		{"whose capture it is", otherClient},
		{"capture against model", agreement},

		{"no answer over TLS", unanswered},
		{"answer to OPTIONS", optionsAnswer},
		{"answer to REGISTER", registerAnswer},
		{"provisioning file", fetched},

		{"extent of the evidence", extent},
		{"what the phone shows and encrypts", account},
	}
}
