package handset

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxProfileBytes is the largest profile that is read. The shipped ones have
// about a quarter of it.
const MaxProfileBytes = 64 << 10

const (
	// maxTokens bounds the YAML parser, whose time and memory grow with the
	// square of the number of keys. A shipped profile has about 1,000 tokens.
	maxTokens = 8 << 10
	// maxNesting bounds it in depth: a thousand open brackets cost seconds. A
	// profile nests four deep.
	maxNesting = 16
)

// Error is a fault in a profile and the place where it stands.
type Error struct {
	// Name is the file's name as it was given to Parse.
	Name string
	// Line and Column count from 1; they are 0 when the fault has no one place.
	Line, Column int
	// Path is the fact or key in question, for instance
	// "trusted_files.max_bytes"; empty when the file is no profile at all.
	Path string
	// Problem says what is wrong.
	Problem string
}

// Error writes NAME:LINE:COLUMN: PATH: PROBLEM, without the parts that are
// not known.
func (e *Error) Error() string {
	text := e.Name
	if e.Line > 0 {
		text += fmt.Sprintf(":%d:%d", e.Line, e.Column)
	}
	if e.Path != "" {
		text += ": " + e.Path
	}
	return text + ": " + e.Problem
}

// document is one YAML file while it is read.
type document struct {
	name string
	root *ast.MappingNode
	// values remembers where each fact's value stands, for faults that show
	// only when several facts are compared.
	values map[string]*token.Token
}

// open reads the YAML syntax of a profile.
func open(name string, text []byte) (*document, error) {
	d := &document{name: name, values: map[string]*token.Token{}}
	if len(text) > MaxProfileBytes {
		return nil, d.fault(nil, "", "the file has %d bytes; a profile has at most %d", len(text), MaxProfileBytes)
	}
	file, err := d.tree(string(text))
	if err != nil {
		return nil, err
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, d.fault(nil, "", "the file is empty")
	}
	if len(file.Docs) > 1 {
		return nil, d.fault(file.Docs[1].Start, "", "a file holds one profile, and here a second document begins")
	}
	d.root, err = d.mapping("", file.Docs[0].Body)
	return d, err
}

// tree runs the YAML parser. It is not ours and reads what strangers wrote, so
// a panic in it is a fault of the file.
func (d *document) tree(text string) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, d.fault(nil, "", "not valid YAML: the parser gave up on it")
		}
	}()
	tokens := lexer.Tokenize(text)
	if err := d.bound(tokens); err != nil {
		return nil, err
	}
	if file, err = parser.Parse(tokens, 0); err != nil {
		return nil, d.syntax(err)
	}
	return file, nil
}

// bound refuses what would make the YAML parser run for long.
func (d *document) bound(tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return d.fault(tokens[maxTokens], "", "more than %d words and signs, so this is no profile", maxTokens)
	}
	open, entries, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			entries, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType: // "- - - a" nests lists within one line
			entries++
		}
		if open > maxNesting || entries > maxNesting {
			return d.fault(t, "", "nested more than %d deep, so this is no profile", maxNesting)
		}
	}
	return nil
}

// syntax gives an error of the YAML parser without the parser's picture of the
// source, and without characters of the file that a terminal may obey.
func (d *document) syntax(err error) error {
	var placed interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &placed) {
		return d.fault(nil, "", "not valid YAML: the parser gives no reason")
	}
	message := strings.Map(func(r rune) rune {
		if hidden(r) {
			return '?'
		}
		return r
	}, placed.GetMessage())
	return d.fault(placed.GetToken(), "", "not valid YAML: %s", message)
}

// fault places a problem at a token, which may be nil.
func (d *document) fault(at *token.Token, path, format string, args ...any) *Error {
	e := &Error{Name: d.name, Path: path, Problem: fmt.Sprintf(format, args...)}
	if at != nil && at.Position != nil {
		e.Line, e.Column = at.Position.Line, at.Position.Column
	}
	return e
}

// mapping asks for keys and values.
func (d *document) mapping(path string, n ast.Node) (*ast.MappingNode, error) {
	if m, ok := n.(*ast.MappingNode); ok {
		return m, nil
	}
	return nil, d.fault(n.GetToken(), path, "want keys with values, have %s", kind(n))
}

// kind names a node in the user's words.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	}
	return "an anchor, alias, tag or directive, which profiles do without"
}
