package trace

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/finding"
)

const (
	sourceCapture = "the capture file"
	recapture     = "capture again: tcpdump -i any -s 0 -w phone.pcap port 5061, begun before the phone connects"
)

// Findings says what a capture as a whole lacks. reported counts its TLS
// connections.
func Findings(s capture.Summary, reported int64) []finding.Finding {
	list := []finding.Finding{}
	add := func(code string, severity finding.Severity, source, fix, format string, args ...any) {
		list = append(list, finding.Finding{
			Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Fix: fix,
			Basis: finding.Documented, Source: source,
		})
	}
	if s.Truncated {
		add("capture.truncated", finding.Warning, sourceCapture, "let the capturing program end before the file is copied, then read it again",
			"the file ends within a packet; everything before it was read")
	}
	if s.ShortPackets > 0 {
		add("capture.snap-length", finding.Warning, sourceCapture, recapture,
			"%d packets were cut by the snap length of %d bytes", s.ShortPackets, s.SnapLength)
	}
	if n := s.Skipped[packet.UnknownLinkType]; n > 0 {
		add("capture.link-type", finding.Warning, sourceCapture, "capture on an Ethernet interface, or on any with tcpdump",
			"%d packets have a link type that is not known here", n)
	}
	if n := s.Skipped[packet.Malformed] + s.Skipped[packet.CutHeader]; n > 0 {
		add("capture.malformed", finding.Note, sourceCapture, recapture, "%d packets could not be read", n)
	}
	if s.FragmentsDropped > 0 {
		add("capture.fragments", finding.Warning, sourceCapture, recapture, "%d IP fragments belong to packets that never became whole", s.FragmentsDropped)
	}
	if s.Evicted > 0 {
		add("capture.evicted", finding.Note, sourceCapture, "read it again with --filter and the phone's address",
			"%d connections were given up half read, for there are too many at once", s.Evicted)
	}
	if s.SecretsDropped > 0 {
		add("capture.secrets", finding.Note, sourceCapture, "give the key log with --keylog", "%d key logs in the file were left out", s.SecretsDropped)
	}
	if reported == 0 {
		list = append(list, nothing(s))
	}
	return list
}

// nothing says why no TLS connection was found.
func nothing(s capture.Summary) finding.Finding {
	f := finding.Finding{
		Code: "capture.no-tls", Severity: finding.Error, Fix: "capture while the phone registers, on the port where it does: tcpdump -i any -s 0 -w phone.pcap port 5061",
		Basis: finding.Assumed, Source: sourceCapture,
	}
	switch {
	case s.Packets == 0:
		f.Message = "the capture holds no packet"
	case s.Skipped[packet.Filtered] > 0:
		f.Message = fmt.Sprintf("none of the %d packets belongs to what --filter asks for", s.Packets)
	case s.Connections == 0 && s.Skipped[packet.UDP] > 0:
		f.Message = fmt.Sprintf("the capture holds no TCP connection, but %d UDP packets: SIPS runs over TCP", s.Skipped[packet.UDP])
	case s.Connections == 0:
		f.Message = "the capture holds no TCP connection"
	default:
		f.Message = fmt.Sprintf("none of the %d TCP connections is TLS", s.Connections)
	}
	return f
}
