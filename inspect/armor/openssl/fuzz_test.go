package openssl

import (
	"bytes"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/internal/testpem"
)

// FuzzRead: no panic; what is taken is not empty; what is refused has a reason;
// and every reader takes the certificate of a text over which armor.Read finds
// nothing to say.
func FuzzRead(f *testing.F) {
	testpem.Seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x := armor.Read(data)
		clean := x.Armored && len(x.Findings) == 0 && len(x.Blocks) > 0 && len(x.Blocks[0].Headers) == 0 &&
			x.Blocks[0].Label == "CERTIFICATE" && isSigned(x.Blocks[0].Bytes)
		for _, gen := range handset.Libraries() {
			for _, want := range []Want{Certificate, Bundle, PrivateKey} {
				o := Read(data, gen, want)
				checkOutcome(t, o)
				if clean && want == Certificate && (!o.Taken || !bytes.Equal(o.Blocks[0].Bytes, x.Blocks[0].Bytes)) {
					t.Errorf("%s: %+v", gen, o)
				}
			}
		}
	})
}
