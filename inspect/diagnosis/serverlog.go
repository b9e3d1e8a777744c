package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/phone"
)

// serverLog is what a server with OpenSSL logs of this connection.
func (s *subject) serverLog() string {
	switch {
	case s.Outcome.Ending == AlertSent && !s.Live:
		return received(s.Outcome.Alert.String())
	case s.Live && s.distrusted(): // the phone hangs up where the tool went on
		return received(s.Trust.Alert)
	}
	return s.log
}

// received is what a server logs that gets an alert.
func received(alert string) string {
	words, number := phone.AlertInLog(alert)
	if words == "" {
		return ""
	}
	return fmt.Sprintf("%s (SSL alert number %d)", words, number)
}
