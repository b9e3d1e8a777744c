package upload

import (
	"github.com/phonecert/phonecert/upload/known"
)

// accept judges the certificate of each connection to the phone. What was said
// of the first one holds for the visit: a phone that is seen for the first time
// stands in the file of known phones by the second connection.
func (p *Phone) accept(address string, chain [][]byte) error {
	if len(chain) > 0 && p.expected != nil && known.Of(chain[0]) == *p.expected {
		return nil // the one that has just been put on it
	}
	judge := p.config.Judge
	// What may not be trusted now must not be known the next time.
	judge.Remember = judge.Remember && !p.config.RequireTLS
	trust, err := judge.Accept(address, chain)
	switch {
	case err != nil:
		return err
	case trust == known.FirstUse:
		if err := p.sameAsBefore(address, known.Of(chain[0])); err != nil {
			return err
		}
	case p.Trust == known.FirstUse:
		return nil
	}
	p.Trust = trust
	if p.config.RequireTLS && (trust == known.FirstUse || trust == known.Insecure) {
		return NewProblem("upload.tls-required", nil, "compare the fingerprint with the phone's and give it with --pin, or give --ca FILE",
			"--require-tls lets no password out: nobody has verified the phone's certificate, %s", known.Of(chain[0]))
	}
	return nil
}

// sameAsBefore compares with what a phone has shown that no file remembers.
func (p *Phone) sameAsBefore(address string, is known.Fingerprint) error {
	if was, seen := p.shown[address]; seen && was != is {
		return &known.ChangedError{Address: address, Was: was, Is: is}
	}
	if p.shown == nil {
		p.shown = map[string]known.Fingerprint{}
	}
	p.shown[address] = is
	return nil
}

// demanded says that the phone is to prove who it is, which it cannot by HTTP.
func (c *Config) demanded() bool { return len(c.Judge.Pins) > 0 || len(c.Judge.Roots) > 0 }
