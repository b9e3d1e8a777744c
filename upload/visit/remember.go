package visit

import (
	"crypto/sha256"
	"net"

	"github.com/phonecert/phonecert/handset"
)

// remember adds a server certificate that has just got on a phone to the known
// phones: after its next restart an HTTPS phone will show that one, and it must
// not be taken for a stranger's.
func (v *visit) remember(f *Item) {
	base := v.phone.Conversation().Base()
	judge := v.order.Judge
	if v.order.Role != handset.Server || base.Scheme != "https" || judge.Store == nil || !judge.Remember || len(f.Certificates) != 1 {
		return
	}
	port := base.Port()
	if port == "" {
		port = "443"
	}
	if err := judge.Store.Add(net.JoinHostPort(base.Hostname(), port), sha256.Sum256(f.Certificates[0].Raw)); err != nil {
		v.remark("upload.not-remembered", "give the certificate with --pin next time", "the new certificate could not be written to the known phones, so the phone will seem changed after its restart: %v", err)
	}
}
