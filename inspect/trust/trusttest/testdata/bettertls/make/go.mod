// The suite is needed only to make the cases anew: a module of its own keeps it
// out of the tool's.
module github.com/phonecert/phonecert/inspect/trust/trusttest/testdata/bettertls/make

go 1.26.0

require github.com/Netflix/bettertls v0.0.0-20250909192348-e1e99e353074

require github.com/google/uuid v1.3.0 // indirect
