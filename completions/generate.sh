#!/bin/sh
# Writes the completion scripts, or with --check compares them with what the
# program prints today and fails when they differ.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/phonecert" ./cmd/phonecert
out=completions
[ "${1:-}" = --check ] && out=$work/fresh && mkdir "$out"
for shell in bash zsh fish powershell; do
	"$work/phonecert" completion "$shell" >"$out/phonecert.$shell"
done
[ "${1:-}" = --check ] || exit 0
for shell in bash zsh fish powershell; do
	cmp "$out/phonecert.$shell" "completions/phonecert.$shell" || {
		echo "completions are stale: run completions/generate.sh" >&2
		exit 1
	}
done
