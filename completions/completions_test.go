// Package completions_test completes command lines in real shells.
package completions_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// program builds phonecert and returns the folder that holds it.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "phonecert"), "../cmd/phonecert").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

func TestShellsCompleteHandsets(t *testing.T) {
	scripts, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	shells := []struct{ name, program string }{
		{"bash", `
			source /usr/share/bash-completion/bash_completion
			source "$SCRIPTS/phonecert.bash"
			COMP_WORDS=(phonecert check --handset "")
			COMP_CWORD=3
			COMP_LINE="phonecert check --handset "
			COMP_POINT=${#COMP_LINE}
			__start_phonecert
			printf '%s\n' "${COMPREPLY[@]}"`},
		{"fish", `
			source "$SCRIPTS/phonecert.fish"
			complete -C "phonecert check --handset "`},
		// zsh completes only at a terminal, so a second zsh is given one.
		{"zsh", `
			zmodload zsh/zpty
			export TERM=dumb
			zpty shell zsh -f -i
			wait_for() {
				seen=
				for i in {1..3000}; do
					if zpty -r -t shell part; then seen+=$part; else sleep 0.1; fi
					[[ $seen == *$1* ]] && return
				done
			}
			zpty -w shell "PS1=; autoload -Uz compinit; compinit -u -d '$HOME/dump'; source '$SCRIPTS/phonecert.zsh'; compdef _phonecert phonecert; echo re''ady"
			wait_for ready
			zpty -n -w shell $'phonecert check --handset \t\t'
			wait_for vp-t49g
			print -r -- "$seen"
			zpty -d shell`},
	}
	dir := program(t)
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			path := realparts.Need(t, shell.name)
			if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); shell.name == "bash" && err != nil {
				realparts.Missing(t, "bash-completion")
			}
			cmd := exec.Command(path, "-c", shell.program)
			home := t.TempDir()
			cmd.Env = append(os.Environ(), "SCRIPTS="+scripts, "HOME="+home, "XDG_CONFIG_HOME="+home, "PATH="+dir+":"+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, id := range []string{"matrix-vp710", "yealink-t28p", "yealink-t2xp-2010", "yealink-vp-t49g", "all"} {
				if !strings.Contains(string(out), id) {
					t.Errorf("no %s among:\n%s", id, out)
				}
			}
		})
	}
}

func TestScriptsAreCurrent(t *testing.T) {
	dir := program(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		want, err := exec.Command(filepath.Join(dir, "phonecert"), "completion", shell).Output()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("phonecert." + shell)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("phonecert.%s is stale: run completions/generate.sh", shell)
		}
	}
}
