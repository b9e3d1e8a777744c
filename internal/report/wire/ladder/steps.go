package ladder

import (
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Caption explains the numbers beside the ladder.
const Caption = "1 to 4 are the steps of the administrator's guide, ① to ⑨ those of Figure 1 in the vendor's instructions: A ①, B ②③④, C ⑤⑥⑦, D ⑧⑨, E the data"

// data is the step of Figure 1 that comes after ⑨: the letter E of its text.
const data = 10

// Figure writes a step of Figure 1 in the vendor's instructions on TLS
// certificates of 2010; a space where there is none.
func Figure(step int) string {
	switch {
	case step >= 1 && step <= 9:
		return string(rune('①' + step - 1))
	case step == data:
		return "E"
	}
	return " "
}

// Guide is the step of the administrator's guide to which one of Figure 1
// belongs. The guide has four steps and leaves ⑥, ⑦ and ⑨ out.
func Guide(step int) string {
	switch step {
	case 1:
		return "1"
	case 2, 3, 4:
		return "2"
	case 5:
		return "3"
	case 8:
		return "4"
	}
	return " "
}

// Steps numbers the messages of a transcript as Figure 1 does, 0 for those
// that the figure does not have. The figure is of TLS 1.0: of a resumed session
// and of TLS 1.3 only the messages that correspond have a number.
func Steps(list []handshake.Entry, n *handshake.Negotiated) []int {
	w := walk{tls13: n != nil && n.Version >= iana.TLS13}
	numbers := make([]int, len(list))
	for i, e := range list {
		numbers[i] = w.step(e)
	}
	return numbers
}

// walk remembers how far a handshake has come.
type walk struct {
	tls13 bool
	seen  [data + 1]bool
}

func (w *walk) step(e handshake.Entry) int {
	step := w.figure(e)
	// What a figure shows once is numbered once; the server's third step may
	// be two messages. A renegotiation is not in the figure at all.
	if step == 0 || w.seen[step] && step != 3 && step != data || step < data && w.seen[data] {
		return 0
	}
	w.seen[step] = true
	return step
}

func (w *walk) figure(e handshake.Entry) int {
	client := e.Direction == handshake.ClientToServer
	switch e.Name {
	case "ClientHello":
		return 1
	case "ServerHello":
		return 2
	case "Certificate", "ServerKeyExchange":
		if !client {
			return 3
		}
	case "ServerHelloDone":
		return 4
	case "ClientKeyExchange":
		return 5
	case "Alert":
		// The phone that does not trust the server answers with this in place
		// of ClientKeyExchange.
		if client && w.seen[4] && !w.seen[5] && !w.seen[6] {
			return 5
		}
	case "ChangeCipherSpec":
		switch { // in TLS 1.3 it means nothing (RFC 8446, appendix D.4)
		case w.tls13:
		case client:
			return 6
		default:
			return 8
		}
	case "Finished":
		if client {
			return 7
		}
		return 9
	case "ApplicationData":
		// Unopened records of TLS 1.3 may be handshake messages.
		if !w.tls13 || e.Decrypted {
			return data
		}
	}
	return 0
}

// Remark says where the handshake departs from the figure; "" where it does
// not.
func Remark(n *handshake.Negotiated) string {
	switch {
	case n == nil:
		return ""
	case n.Version >= iana.TLS13:
		return n.Version.String() + " encrypts all after ServerHello and has another order than the figure, which shows TLS 1.0: only what corresponds is numbered"
	case n.Resumed:
		return "a resumed session leaves out steps ③ to ⑤ of the figure, and the server's Finished comes first"
	}
	return ""
}
