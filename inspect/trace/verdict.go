package trace

import (
	"strconv"
	"strings"
	"sync"

	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// maxVerdicts bounds how many verdicts are remembered.
const maxVerdicts = 1024

// verdicts remembers what a phone makes of a server: many connections go to
// the same one, and to verify its signatures takes longer than to read them.
type verdicts struct {
	mutex sync.Mutex
	known map[string]*trust.Verdict
}

// judge is the phone's verdict. It hangs on the clock no finer than by the
// second, as the dates of certificates do (RFC 5280, section 4.1.2.5).
func (v *verdicts) judge(p *phone.Phone, s phone.Server) *trust.Verdict {
	var key strings.Builder
	key.WriteString(strconv.FormatInt(p.Clock.Unix(), 36) + "|" + s.Name)
	for _, c := range s.Sent {
		key.WriteByte('|')
		key.Write(c.Raw)
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if known, ok := v.known[key.String()]; ok {
		return known
	}
	if len(v.known) >= maxVerdicts || v.known == nil {
		v.known = map[string]*trust.Verdict{}
	}
	verdict := p.Judge(s)
	v.known[key.String()] = &verdict
	return &verdict
}
