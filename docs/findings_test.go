// Package docs_test keeps the list of findings in docs/findings.md current.
package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/findings.md anew")

// TestFindingsAreListed reads the codes and sentences out of the source
// and compares the list with docs/findings.md. Run it with -update to write
// the list anew.
func TestFindingsAreListed(t *testing.T) {
	found := map[string]entry{}
	for _, wing := range []string{"../inspect", "../upload"} {
		err := filepath.WalkDir(wing, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "generate.go" {
				return err
			}
			return collect(path, found)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 100 {
		t.Fatalf("only %d findings were found in the source", len(found))
	}
	want := page(found)
	if *update {
		if err := os.WriteFile("findings.md", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("findings.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/findings.md is stale: run go test ./docs -update")
	}
}

// entry is what the source says of a finding.
type entry struct{ message string }

var (
	code = regexp.MustCompile(`^[a-z0-9]+\.[a-z0-9]+(-[a-z0-9]+)*$`)
	// other are words with a dot in the middle that are no codes: names of files
	// and facts of a profile.
	other = regexp.MustCompile(`\.(sh|cfg|conf|xml|cnf|pem)$|^tls\.`)
	place = regexp.MustCompile(`%[+#.0-9]*[a-z]|\{[a-z]+\}`)
)

// sentenceOf is the place of the sentence among the arguments of the functions
// that report findings.
func sentenceOf(function string) (place int, ok bool) {
	switch function {
	case "add":
		return 4, true
	case "end", "problem", "NewProblem", "remark":
		return 3, true
	case "refuse":
		return 2, true
	}
	return 0, false
}

// sentence is the literal at a place, or, where that only passes another one
// on, the first literal after it that is longer.
func sentence(args []ast.Expr) string {
	text := literal(args[0])
	if text != "%s" || len(args) < 2 {
		return text
	}
	longest := ""
	ast.Inspect(args[1], func(n ast.Node) bool {
		if e, ok := n.(*ast.BasicLit); ok && len(literal(e)) > len(longest) {
			longest = literal(e)
		}
		return true
	})
	return longest
}

// collect looks for a code beside its sentence: in calls of the functions that
// report, and in literals of findings and tables of them, where it stands under
// Message or next to the code.
func collect(path string, found map[string]entry) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if at, ok := sentenceOf(name(n.Fun)); ok && len(n.Args) > at {
				note(found, literal(n.Args[0]), sentence(n.Args[at:]))
			} else {
				for _, arg := range n.Args {
					note(found, literal(arg), "")
				}
			}
		case *ast.CompositeLit:
			inTable(found, n.Elts)
		case *ast.AssignStmt:
			for _, right := range n.Rhs {
				note(found, literal(right), "")
			}
		}
		return true
	})
	return nil
}

// name is that of the function or method that is called.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// inTable reads a literal of a finding, or a row of a table of them.
func inTable(found map[string]entry, elements []ast.Expr) {
	var texts []string
	named := map[string]string{}
	for _, e := range elements {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok {
				named[name.Name] = literal(pair.Value)
			}
			continue
		}
		if text := literal(e); text != "" {
			texts = append(texts, text)
		}
	}
	note(found, named["Code"], named["Message"])
	at := slices.IndexFunc(texts, code.MatchString)
	switch {
	case at < 0:
	case literal(elements[0]) != "" && at+1 < len(texts):
		note(found, texts[at], texts[at+1])
	default: // a table of causes, whose sentences are made elsewhere
		note(found, texts[at], "")
	}
}

// note keeps the first sentence that is told of a code.
func note(found map[string]entry, text, message string) {
	if !code.MatchString(text) || other.MatchString(text) {
		return
	}
	if e := found[text]; e.message == "" {
		found[text] = entry{message}
	}
}

// literal is the text of a string literal, or of the literals in a sum.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	case *ast.CallExpr: // fmt.Sprintf of a sentence
		if len(e.Args) > 0 {
			return literal(e.Args[0])
		}
	}
	return ""
}

func page(found map[string]entry) []byte {
	var b bytes.Buffer
	b.WriteString("# Findings\n\nEvery code that a finding can have. Codes are stable: scripts may rely on them.\n")
	group := ""
	for _, c := range slices.Sorted(maps.Keys(found)) {
		if g, _, _ := strings.Cut(c, "."); g != group {
			group = g
			fmt.Fprintf(&b, "\n## %s\n\n", group)
		}
		if message := found[c].message; message != "" {
			fmt.Fprintf(&b, "- `%s`: %s\n", c, place.ReplaceAllString(message, "…"))
		} else {
			fmt.Fprintf(&b, "- `%s`\n", c)
		}
	}
	return b.Bytes()
}
