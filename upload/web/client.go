package web

import (
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Client is a conversation with one phone. It is safe for concurrent use; the
// phone is asked one thing at a time.
type Client struct {
	config Config
	// turn is taken by whoever speaks to the phone, and by Close.
	turn chan struct{}
	conn *connection

	// mutex guards what follows.
	mutex   sync.Mutex
	base    *url.URL
	cookies cookies
	headers map[string]string
	local   net.Addr
	log     record
}

// New begins a conversation; base is http:// or https:// and the phone's host.
// No connection is made yet.
func New(base *url.URL, c Config) *Client {
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	own := *base
	own.User, own.Fragment = nil, ""
	return &Client{
		config: c, turn: make(chan struct{}, 1), base: &own,
		headers: map[string]string{"User-Agent": "phonecert", "Accept": "*/*"}, log: record{trace: c.Trace},
	}
}

// Base is where the phone is; a redirect from HTTP to HTTPS, or to another
// port, moves it.
func (c *Client) Base() *url.URL {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	own := *c.base
	return &own
}

// Cookie returns a cookie of the phone's, "" when there is none.
func (c *Client) Cookie(name string) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if i := c.cookies.find(name); i >= 0 {
		return c.cookies[i].Value
	}
	return ""
}

// SetCookie sets a cookie, as scripts of pages do; "" takes it away.
func (c *Client) SetCookie(name, value string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.cookies.set(clean(name), clean(value))
	c.log.cookie(Pair{name, value})
}

// SetHeader sends a header with every request from now on; "" takes it away.
func (c *Client) SetHeader(name, value string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for known := range c.headers {
		if strings.EqualFold(known, name) {
			delete(c.headers, known)
		}
	}
	if value != "" {
		c.headers[name] = value
	}
}

// Secret hides a value in the trace from now on, however it is encoded, behind
// its name. The last answer counts: it is written only when the next request is
// made, so that what stands in it can still be named a secret. Values of a few
// characters are hidden wherever they stand, in words that mean something else
// too.
func (c *Client) Secret(name, value string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.log.secret(name, value)
}

// Local is this machine's address as the phone sees it, that of the last
// connection; nil before there was one.
func (c *Client) Local() net.Addr {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.local
}

// Close ends the connection, once no request is under way, and writes the last
// answer to the trace. Another request may follow, on a new connection.
func (c *Client) Close() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.hangUp()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.log.flush()
}

// hangUp ends the connection. The caller has the turn.
func (c *Client) hangUp() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
