module github.com/phonecert/phonecert

go 1.26.0

require (
	github.com/zmap/zcrypto v0.0.0-20260725024403-2c658ce3c66f
	golang.org/x/crypto v0.58.0
)

require (
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	github.com/weppos/publicsuffix-go v0.50.4-0.20260715080728-6ed62ce99a4a // indirect
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
