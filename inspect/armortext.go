package inspect

import "github.com/phonecert/phonecert/inspect/armor"

// armored are the blocks of a text, in the form in which the reader takes all
// of its input.
func armored(text armor.Text) []block {
	blocks := make([]block, 0, len(text.Blocks))
	for _, b := range text.Blocks {
		one := block{label: b.Label, line: b.Line, der: b.DER(), damaged: b.Damaged}
		if b.Label == "TRUSTED CERTIFICATE" {
			one.der = b.Bytes // OpenSSL's trust settings follow the certificate
		}
		for _, h := range b.Headers {
			if one.headers == nil {
				one.headers = map[string]string{}
			}
			one.headers[h.Name] = h.Value
		}
		blocks = append(blocks, one)
	}
	return blocks
}
