#!/bin/sh
# Prints verdicts.csv: how real OpenSSL releases judge every vector.
# Usage: record.sh VERSION=PROGRAM... where PROGRAM carries that release and
# exports its functions: a Node.js binary, or openssl linked to libcrypto.
# With TEST=TestWritePKITS it prints pkits.csv, for the vectors of NIST,
# with TEST=TestWriteBetterTLS bettertls.csv.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/vectors"
(cd "$here/../.." && go test -count=1 -run "${TEST:-TestWriteVectors}" . -args -write-vectors "$work/vectors" >&2)
cc -w -shared -fPIC -o "$work/record.so" "$here/record.c" -ldl

header=vector
cut -d' ' -f1 "$work/vectors/index" >"$work/rows"
for pair; do
	header=$header,${pair%%=*}
	VECTORS=$work/vectors LD_PRELOAD=$work/record.so "${pair#*=}" version </dev/null >"$work/tsv"
	cut -f2 "$work/tsv" >"$work/column"
	paste -d, "$work/rows" "$work/column" >"$work/next"
	mv "$work/next" "$work/rows"
done
echo "$header"
cat "$work/rows"
