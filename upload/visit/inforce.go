package visit

import (
	"context"
	"fmt"
	"github.com/phonecert/phonecert/upload"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// inForce says where a setting keeps the phone from using what was uploaded. It
// is a service to the reader: what cannot be read is passed over.
func (v *visit) inForce(ctx context.Context) {
	if v.order.DryRun || v.overall() == upload.Failed {
		return
	}
	s, err := v.phone.Pages().Settings(ctx)
	if err != nil {
		return
	}
	label, flag := "CA Certificates", "--ca all"
	value := s.CA
	use := "the phone judges servers by its built-in certificates alone"
	if v.order.Role == handset.Server {
		label, flag, value = "Device Certificates", "--device-cert custom", s.DeviceCert
		use = "the phone goes on showing its built-in certificate"
	}
	if value != "default" {
		return
	}
	v.result.Findings = append(v.result.Findings, finding.Finding{
		Code: "upload.not-in-force", Severity: finding.Warning, Basis: finding.Documented, Source: "vendor guides, trust settings (fact sheet handsets.md)",
		Message: fmt.Sprintf("%s is Default on this phone: %s", label, use),
		Fix:     fmt.Sprintf("phonecert phone set %s %s --reboot needed", v.target.Address, flag),
	})
}
