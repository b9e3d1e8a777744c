package handset

import (
	"encoding/hex"
	"math"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// hello reads a ClientHello. One in the format of SSL 2.0 names it.
func (d *document) hello(path string, n ast.Node) (Hello, error) {
	read := d.helloTLS
	if hasFormat(n) {
		read = d.helloSSLv2
	}
	h, err := read(path, n)
	if err != nil {
		return h, err
	}
	if err := h.Check(); err != nil {
		return h, d.fault(n.GetToken(), path, "%v", err)
	}
	return h, nil
}

func (d *document) helloTLS(path string, n ast.Node) (Hello, error) {
	h := Hello{NoExtensions: true}
	err := d.keys(path, n, []string{"record_version", "version", "session_id", "cipher_suites", "compression_methods"}, []string{"extensions"},
		func(key, at string, n ast.Node) (err error) {
			switch key {
			case "record_version":
				h.RecordVersion, err = d.version(at, n)
			case "version":
				h.Version, err = d.version(at, n)
			case "session_id":
				h.SessionIDLength, err = number[int](d, at, n, maxSessionID)
			case "cipher_suites":
				h.CipherSuites, err = list(d, at, n, func(n ast.Node) (uint16, error) { return number[uint16](d, at, n, math.MaxUint16) })
			case "compression_methods":
				h.CompressionMethods, err = list(d, at, n, func(n ast.Node) (uint8, error) {
					method, err := number[uint16](d, at, n, math.MaxUint8)
					return uint8(method), err
				})
			case "extensions":
				h.NoExtensions = false
				h.Extensions, err = list(d, at, n, func(n ast.Node) (HelloExtension, error) { return d.helloExtension(at, n) })
			}
			return err
		})
	return h, err
}

// keys hands out the values of a mapping that has certain keys.
func (d *document) keys(path string, n ast.Node, needed, optional []string, take func(key, at string, n ast.Node) error) error {
	m, err := d.mapping(path, n)
	if err != nil {
		return err
	}
	var seen []string
	known := append(slices.Clone(needed), optional...)
	for _, pair := range m.Values {
		key := pair.Key.GetToken()
		if !slices.Contains(known, key.Value) {
			return d.unknownKey(key, path, known)
		}
		seen = append(seen, key.Value)
		if err := take(key.Value, join(path, key.Value), pair.Value); err != nil {
			return err
		}
	}
	for _, key := range needed {
		if !slices.Contains(seen, key) {
			return d.fault(n.GetToken(), path, "%s is missing", key)
		}
	}
	return nil
}

func (d *document) helloExtension(path string, n ast.Node) (e HelloExtension, err error) {
	named := 0
	err = d.keys(path, n, nil, []string{"name", "id", "data", "shares", "addresses"}, func(key, at string, n ast.Node) (err error) {
		switch key {
		case "name":
			named++
			e.Type, err = named16(d, at, n, iana.ExtensionTypes(), "extension")
		case "id":
			named++
			e.Type, err = number[uint16](d, at, n, math.MaxUint16)
		case "data":
			e.Data, err = d.octets(at, n)
		case "addresses":
			e.Addresses, err = d.boolean(at, n)
		case "shares":
			e.Shares, err = list(d, at, n, func(n ast.Node) (HelloShare, error) { return d.helloShare(at, n) })
		}
		return err
	})
	if err == nil && named != 1 {
		err = d.fault(n.GetToken(), path, "an extension has either a name or an id")
	}
	if err != nil {
		return e, err
	}
	if err := e.check(); err != nil {
		return e, d.fault(n.GetToken(), path, "%v", err)
	}
	return e, nil
}

func (d *document) helloShare(path string, n ast.Node) (s HelloShare, err error) {
	err = d.keys(path, n, []string{"group", "length"}, nil, func(key, at string, n ast.Node) (err error) {
		if key == "group" {
			s.Group, err = named16(d, at, n, iana.NamedGroups(), "group")
		} else {
			s.Length, err = number[int](d, at, n, MaxHelloBytes)
		}
		return err
	})
	return s, err
}

func (d *document) version(path string, n ast.Node) (uint16, error) {
	return named16(d, path, n, []iana.ProtocolVersion{iana.SSL20, iana.SSL30, iana.TLS10, iana.TLS11, iana.TLS12, iana.TLS13}, "version")
}

// named16 reads a number of two bytes, or the name of one.
func named16[T interface {
	~uint16
	String() string
}](d *document, path string, n ast.Node, known []T, what string) (uint16, error) {
	if _, isNumber := n.(*ast.IntegerNode); isNumber {
		return number[uint16](d, path, n, math.MaxUint16)
	}
	name, err := text[string](d, path, n, "")
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(known, func(v T) bool { return v.String() == name })
	if at < 0 {
		return 0, d.fault(n.GetToken(), path, "no %s is named %q; write the number of one without a name", what, name)
	}
	return uint16(known[at]), nil
}

// octets reads bytes as pairs of hexadecimal digits.
func (d *document) octets(path string, n ast.Node) ([]byte, error) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return nil, d.fault(n.GetToken(), path, "want hexadecimal digits in quotes, have %s", kind(n))
	}
	b, err := hex.DecodeString(s.Value)
	if err != nil || len(b) == 0 {
		return nil, d.fault(n.GetToken(), path, "these are no pairs of hexadecimal digits; leave out the key for an extension without content")
	}
	return b, nil
}
