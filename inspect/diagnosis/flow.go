package diagnosis

import (
	"github.com/phonecert/phonecert/inspect/handshake"
)

// flow is what the rules ask of a transcript.
type flow struct {
	hello       *handshake.ClientHello
	serverHello *handshake.ServerHello
	keyExchange *handshake.ServerKeyExchange
	request     *handshake.CertificateRequest
	// serverChain and clientChain are the Certificate messages, chainLength is
	// the length of the server's without its header.
	serverChain, clientChain *handshake.Certificate
	chainLength              int
	// helloRequests counts the times that the server asked to renegotiate.
	helloRequests int
	// last are the names of the last messages of each side, "" for none.
	last map[handshake.Direction]string
	// applicationData counts the records that carry what the two sides had to
	// say to each other.
	applicationData map[handshake.Direction]int
}

// messageHeader is the length of a handshake message's header.
const messageHeader = 4

func flowOf(t *handshake.Transcript) flow {
	f := flow{last: map[handshake.Direction]string{}, applicationData: map[handshake.Direction]int{}}
	if t == nil {
		return f
	}
	for _, e := range t.Entries {
		f.last[e.Direction] = e.Name
		if e.ContentType == handshake.ContentApplicationData && e.Name == "ApplicationData" {
			f.applicationData[e.Direction]++
		}
		f.take(e)
	}
	return f
}

// take notes what a message tells. One that breaks off tells nothing for sure.
func (f *flow) take(e handshake.Entry) {
	if e.Cut {
		return
	}
	fromServer := e.Direction == handshake.ServerToClient
	switch m := e.Fields.(type) {
	case *handshake.ClientHello:
		if f.hello == nil {
			f.hello = m
		}
	case *handshake.ServerHello:
		if f.serverHello == nil && !m.HelloRetryRequest && len(m.Random) == 32 { // else it is malformed
			f.serverHello = m
		}
	case *handshake.ServerKeyExchange:
		f.keyExchange = m
	case *handshake.CertificateRequest:
		f.request = m
	case *handshake.Certificate:
		if fromServer && f.serverChain == nil {
			f.serverChain, f.chainLength = m, e.Length-messageHeader
		} else if !fromServer && f.clientChain == nil {
			f.clientChain = m
		}
	case *handshake.Empty:
		if e.Name == "HelloRequest" {
			f.helloRequests++
		}
	}
}

// asked reports whether the server asked for a client certificate.
func (s *subject) asked() bool { return s.Outcome.ClientCertificateRequested || s.request != nil }

// sentCertificates is how many certificates the client answered with.
func (s *subject) sentCertificates() int {
	if s.clientChain != nil {
		return len(s.clientChain.Certificates)
	}
	return s.Outcome.ClientCertificatesSent
}

// clientFinished reports whether the client's side of the handshake was over.
func (s *subject) clientFinished() bool {
	switch s.last[handshake.ClientToServer] {
	case "ChangeCipherSpec", "Finished", "EncryptedHandshakeMessage", "ApplicationData":
		return s.serverHello != nil
	}
	return false
}

// foreign are the protocols in the place of TLS.
func (s *subject) foreign() []handshake.Foreign {
	if s.Transcript == nil {
		return nil
	}
	return s.Transcript.Foreign
}
