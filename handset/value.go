package handset

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// value reads the value of a fact into a variable of the fact's type.
func (d *document) value(path string, n ast.Node, into any, tag reflect.StructTag) (err error) {
	switch into := into.(type) {
	case *string:
		*into, err = text[string](d, path, n, tag)
	case *Library:
		*into, err = text[Library](d, path, n, tag)
	case *bool:
		*into, err = d.boolean(path, n)
	case *int:
		*into, err = number[int](d, path, n, math.MaxInt32)
	case *int64:
		*into, err = number[int64](d, path, n, math.MaxInt64)
	case *[]string:
		*into, err = list(d, path, n, func(n ast.Node) (string, error) { return text[string](d, path, n, tag) })
	case *[]Encoding:
		*into, err = list(d, path, n, func(n ast.Node) (Encoding, error) { return text[Encoding](d, path, n, tag) })
	case *[]uint16:
		*into, err = list(d, path, n, func(n ast.Node) (uint16, error) { return number[uint16](d, path, n, math.MaxUint16) })
	case *Hello:
		*into, err = d.hello(path, n)
	default:
		err = d.fault(n.GetToken(), path, "a fact of type %T has no form in YAML", into)
	}
	return err
}

// text reads a word or a sentence. The tag may close the set of words or name
// the form.
func text[S ~string](d *document, path string, n ast.Node, tag reflect.StructTag) (S, error) {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	default:
		return "", d.fault(n.GetToken(), path, "want text, have %s", kind(n))
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return "", d.fault(n.GetToken(), path, "the text is empty")
	}
	// A profile comes from somebody else, and its words reach a terminal.
	if strings.IndexFunc(s, hidden) >= 0 {
		return "", d.fault(n.GetToken(), path, "%q holds a character that cannot be seen", s)
	}
	if words := tag.Get("words"); words != "" && !contains(words, s) {
		return "", d.fault(n.GetToken(), path, "%q is none of %s", s, strings.ReplaceAll(words, "|", ", "))
	}
	if problem := misshapen(tag.Get("form"), s); problem != "" {
		return "", d.fault(n.GetToken(), path, "%s", problem)
	}
	return S(s), nil
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }

func contains(words, word string) bool {
	for w := range strings.SplitSeq(words, "|") {
		if w == word {
			return true
		}
	}
	return false
}

// misshapen says what is wrong with a text that has a prescribed form, or "".
func misshapen(form, s string) string {
	switch form {
	case "ending":
		if !strings.HasPrefix(s, ".") || len(s) < 2 || s != strings.ToLower(s) {
			return fmt.Sprintf("%q is no file name ending: write it with the dot and in lower case, as .pem", s)
		}
	case "date":
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return fmt.Sprintf("%q is no date: write it as 2038-01-19T03:14:07Z", s)
		}
	case "id":
		if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" || len(s) > maxID {
			return fmt.Sprintf("%q is no id: use at most %d of a-z, 0-9, '-', '.' and '_'", s, maxID)
		}
	}
	return ""
}

func (d *document) boolean(path string, n ast.Node) (bool, error) {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return false, d.fault(n.GetToken(), path, "want true or false, have %s", kind(n))
	}
	return b.Value, nil
}

// number reads a whole number from 0 to largest.
func number[N int | int64 | uint16](d *document, path string, n ast.Node, largest uint64) (N, error) {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		return 0, d.fault(n.GetToken(), path, "want a whole number, have %s", kind(n))
	}
	u, ok := i.Value.(uint64) // the parser gives int64 for negative numbers only
	if s, signed := i.Value.(int64); signed && s >= 0 {
		u, ok = uint64(s), true
	}
	if !ok || u > largest {
		return 0, d.fault(n.GetToken(), path, "%s is not between 0 and %d", i.Token.Value, largest)
	}
	return N(u), nil
}

func list[T any](d *document, path string, n ast.Node, item func(ast.Node) (T, error)) ([]T, error) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, d.fault(n.GetToken(), path, "want a list, have %s", kind(n))
	}
	values := make([]T, 0, len(s.Values))
	for _, n := range s.Values {
		value, err := item(n)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}
