#!/bin/sh
# Prints verdicts.csv: what real OpenSSL releases make of every case.
# Usage: record.sh VERSION=PROGRAM... where PROGRAM carries that release and
# exports its functions: a Node.js binary, or openssl linked to libcrypto.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cases"
(cd "$here/.." && go test -count=1 -run TestWriteCases . -args -write-cases "$work/cases" >&2)
cc -w -shared -fPIC -o "$work/record.so" "$here/record.c" -ldl

header=case,digest,reader
set -- "$@"
for pair; do
	header=$header,${pair%%=*}
	CASES=$work/cases LD_PRELOAD=$work/record.so "${pair#*=}" version </dev/null >"$work/${pair%%=*}.tsv"
done
echo "$header"

# One row for every case and reader, in the order of the first release's list.
first=${1%%=*}
cut -f1,2 "$work/$first.tsv" | while IFS='	' read -r name reader; do
	echo "$name,$(sha256sum "$work/cases/$name" | cut -c1-16),$reader"
done >"$work/rows"
for pair; do
	cut -f3 "$work/${pair%%=*}.tsv" >"$work/column"
	paste -d, "$work/rows" "$work/column" >"$work/next"
	mv "$work/next" "$work/rows"
done
cat "$work/rows"
