package simulate_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// client does what the fact sheet tells a client to do. It knows none of the
// invented names and reads them from the pages.
type client struct {
	t        *testing.T
	dialect  dialect.Name
	base     string
	http     *http.Client
	session  string
	token    string
	password string
}

type response struct {
	status int
	header http.Header
	body   string
	err    error
}

func (c *client) do(method, path, kind string, body io.Reader) response {
	c.t.Helper()
	r, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.session != "" {
		r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: c.session})
	}
	if c.dialect == dialect.Basic && c.password != "" {
		r.SetBasicAuth("admin", c.password)
	}
	if c.dialect == dialect.API && c.token != "" {
		r.Header.Set("X-CSRFToken", c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return response{err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	for _, k := range answer.Cookies() {
		if k.Name == "JSESSIONID" {
			c.session = k.Value
		}
	}
	return response{answer.StatusCode, answer.Header, string(text), err}
}

func (c *client) get(path string) response { return c.do("GET", path, "", nil) }

func (c *client) post(path string, form url.Values) response {
	return c.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *client) json(path string, v any) response {
	text, _ := json.Marshal(v)
	return c.do("POST", path, "application/json", bytes.NewReader(text))
}

func (c *client) multipart(path, field, name string, content []byte, hidden url.Values) response {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k := range hidden {
		_ = w.WriteField(k, hidden.Get(k))
	}
	part, _ := w.CreateFormFile(field, name)
	_, _ = part.Write(content)
	_ = w.Close()
	return c.do("POST", path, w.FormDataContentType(), &body)
}

// one returns the first group of a pattern, unescaped.
func one(text, pattern string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(html.UnescapeString(m[1]), `\/`, "/")
}

func result(r response) string { return one(r.body, `<div id="_RES_INFO_">(.*?)</div>`) }

func sealRSA(t *testing.T, n, e, text string) string {
	t.Helper()
	modulus, ok := new(big.Int).SetString(n, 16)
	exponent, ok2 := new(big.Int).SetString(e, 16)
	if !ok || !ok2 {
		t.Fatalf("no RSA key: %q, %q", n, e)
	}
	//lint:ignore SA1019 the phones' pages use this padding and no other
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sealed)
}

func sealAES(t *testing.T, key, iv, text string) string {
	t.Helper()
	k, _ := hex.DecodeString(key)
	v, _ := hex.DecodeString(iv)
	block, err := aes.NewCipher(k)
	if err != nil {
		t.Fatal(err)
	}
	padded := make([]byte, (len(text)/16+1)*16)
	copy(padded, text)
	cipher.NewCBCEncrypter(block, v).CryptBlocks(padded, padded)
	return base64.StdEncoding.EncodeToString(padded)
}

func md5hex(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }

// login returns done, none, lock or busy.
func (c *client) login(password string) string {
	c.t.Helper()
	switch c.dialect {
	case dialect.Basic:
		c.password = password
		return map[int]string{200: "done", 401: "none"}[c.get("/cgi-bin/ConfigManApp.com?Id=1").status]
	case dialect.Plain:
		return c.redirected(c.post("/servlet?p=login&q=login", url.Values{"username": {"admin"}, "pwd": {password}, "jumpto": {"status"}, "acc": {""}}))
	case dialect.Session:
		random := "0.4711"
		fields := strings.Split(c.get("/servlet?p=login&q=getsessionid&random="+random).body, ",")
		c.session = fields[2]
		key, iv := md5hex(random), md5hex(random+"1")
		text := "rand=" + random + ";sessionid=" + c.session + ";username=admin;pwd=" + password + ";"
		text = "MD5=" + md5hex(text) + ";" + text
		return c.redirected(c.post("/servlet?p=login&q=login", url.Values{
			"key": {sealRSA(c.t, fields[0], fields[1], key)}, "iv": {sealRSA(c.t, fields[0], fields[1], iv)},
			"data": {sealAES(c.t, key, iv, text)}, "jumpto": {"status"}, "acc": {""},
		}))
	case dialect.API:
		return c.loginAPI(password)
	}
	page := c.get("/servlet?m=mod_listener&p=login&q=loginForm&jumpto=status").body
	n, e := one(page, `g_rsa_n = "(\w+)"`), one(page, `g_rsa_e = "(\w+)"`)
	form := url.Values{"username": {"admin"}}
	if c.dialect == dialect.ListenerRSA {
		form.Set("pwd", sealRSA(c.t, n, e, password))
	} else {
		key, iv := md5hex("k"), md5hex("v")
		form.Set("pwd", sealAES(c.t, key, iv, "0.3;"+c.session+";"+password))
		form.Set("rsakey", sealRSA(c.t, n, e, key))
		form.Set("rsaiv", sealRSA(c.t, n, e, iv))
	}
	return one(result(c.post("/servlet?m=mod_listener&p=login&q=login&Rajax=0.5", form)), `"authstatus":"(\w+)"`)
}

func (c *client) redirected(r response) string {
	if r.status/100 == 3 {
		return "done"
	}
	words := map[string]string{"refused": "none", "locked": "lock", "busy": "busy"}
	return words[one(r.body, `login-result">(\w+)<`)]
}

func (c *client) loginAPI(password string) string {
	key := struct{ Data map[string]string }{}
	_ = json.Unmarshal([]byte(c.json("/api/common/info?p=Login&t=1", map[string]any{"idlist": []string{"wui.common.rsaN", "wui.common.rsaE"}}).body), &key)
	body := c.post("/api/auth/login?p=Login&t=1", url.Values{"username": {"admin"}, "pwd": {"__WUI_ENC__:" + sealRSA(c.t, key.Data["wui.common.rsaN"], key.Data["wui.common.rsaE"], password)}}).body
	switch {
	case strings.Contains(body, `"data":true`):
		c.token = one(c.json("/api/common/info?p=Login", map[string]any{"idlist": []string{"wui"}}).body, `"wui.common.token":"(\d+)"`)
		return "done"
	case strings.Contains(body, `"webStatus":"lock"`):
		return "lock"
	case strings.Contains(body, "auth_err_user_busy"):
		return "busy"
	case strings.Contains(body, "error_username_or_password_is_wrong"):
		return "none"
	}
	return body
}

// page loads the certificates' page and takes its token.
func (c *client) page(role handset.Role) response {
	switch c.dialect {
	case dialect.Basic:
		title := map[handset.Role]string{handset.Trusted: "Trusted", handset.Server: "Server"}[role]
		return c.get(one(c.get("/cgi-bin/ConfigManApp.com?Id=23").body, `href="([^"]+)">`+title+" Certificates"))
	case dialect.API:
		return c.get("/")
	}
	address := "/servlet?p=" + string(role) + "-cert&q=load"
	if c.dialect == dialect.Listener || c.dialect == dialect.ListenerRSA {
		address = "/servlet?m=mod_data&p=" + string(role) + "-cert&q=load"
	}
	r := c.get(address)
	c.token = one(r.body, `g_strToken = "(\d+)"`)
	return r
}

var apiPage = map[handset.Role]string{handset.Trusted: "SecurityTrustedCert", handset.Server: "SecurityServerCert"}

// list returns the first column of the list.
func (c *client) list(role handset.Role) []string {
	if c.dialect == dialect.API {
		answer := struct {
			Data struct {
				CertList []map[string]any `json:"certList"`
			}
		}{}
		_ = json.Unmarshal([]byte(c.json("/api/inner/readconfig?p="+apiPage[role], map[string]any{"formData": []string{"certList"}}).body), &answer)
		names := []string{}
		for _, row := range answer.Data.CertList {
			names = append(names, fmt.Sprint(row["Issued To"]))
		}
		return names
	}
	names := []string{}
	for _, m := range regexp.MustCompile(`<tr><td>([^<]*)</td><td>[^<]+</td><td>[^<]*GMT</td>`).FindAllStringSubmatch(c.page(role).body, -1) {
		names = append(names, html.UnescapeString(m[1]))
	}
	return names
}

// upload returns what the phone says.
func (c *client) upload(role handset.Role, name string, content []byte) string {
	page := c.page(role).body
	switch c.dialect {
	case dialect.Basic, dialect.Plain, dialect.Session:
		form := one(page, `(?s)(<form[^>]*multipart.*?</form>)`)
		hidden := url.Values{"token": {c.token}}
		if id := one(form, `name="PAGEID" value="(\d+)"`); id != "" {
			hidden = url.Values{"PAGEID": {id}}
		}
		return one(c.multipart(one(form, `action="([^"]+)"`), one(form, `type="file" name="([^"]+)"`), name, content, hidden).body, `class="result">([^<]*)<`)
	case dialect.API:
		id := map[handset.Role]string{handset.Trusted: "security-trustedcert", handset.Server: "security-servercert"}[role]
		form := one(page, `(?s)(<form id="`+id+`".*?</form>)`)
		body := c.multipart(one(form, `action="([^"]+)"`), one(form, `type="file"[^>]* name="([^"]+)"`), name, content, nil).body
		return one(body, `"(?:data|msg)":"([^"]*)"`)
	}
	most := "5MB"
	if c.dialect == dialect.Listener {
		most = c.session + ";5MB"
	}
	sealed := sealRSA(c.t, one(page, `g_rsa_n = "(\w+)"`), one(page, `g_rsa_e = "(\w+)"`), most)
	return one(result(c.multipart("/servlet?m=mod_res&p=upload&type="+one(page, `type=(\w+)&maxlength=`)+"&maxlength="+sealed, "UploadName", name, content, nil)), `"text":"([^"]*)"`)
}

// remove deletes the first certificate of the list.
func (c *client) remove(role handset.Role) {
	page := c.page(role).body
	switch c.dialect {
	case dialect.Basic, dialect.Plain, dialect.Session:
		form := one(page, `(?s)GMT</td><td>(<form.*?</form>)`)
		fields := url.Values{"token": {c.token}}
		for _, m := range regexp.MustCompile(`name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			fields.Set(m[1], m[2])
		}
		c.post(one(form, `action="([^"]+)"`), fields)
	case dialect.API:
		path := one(page, `(?s)function remove.*?ask\("([^"]+)\?p=" \+ page`)
		c.json(path+"?p="+apiPage[role], map[string]any{"formData": map[string]any{one(page, `formData: \{"(\w+)": place`): 0}})
	default:
		field := one(page, `<button name="(\w+)" value="0" yltype="post"`)
		c.post("/servlet?m=mod_data&p="+string(role)+"-cert&q=write&Rajax=0.1", url.Values{field: {"0"}, "token": {c.token}})
	}
}

// set writes all four settings in the order of the page.
func (c *client) set(values ...string) {
	page := c.page(handset.Trusted).body
	fields := url.Values{"token": {c.token}}
	byName := map[string]string{}
	for i, m := range regexp.MustCompile(`<select (?:name|id)="(\w+)"`).FindAllStringSubmatch(page, -1) {
		fields.Set(m[1], values[i])
		byName[m[1]] = values[i]
	}
	switch c.dialect {
	case dialect.Basic:
		c.post("/cgi-bin/ConfigManApp.com", url.Values{"PAGEID": {one(page, `name="PAGEID" value="(\d+)"`)}, "CONFIG_DATA": {"þ" + strings.Join(values, "þ")}})
	case dialect.Plain, dialect.Session:
		c.post(one(page, `id="formSettings" method="post" action="([^"]+)"`), fields)
	case dialect.API:
		c.json("/api/inner/writeconfig?p=SecurityTrustedCert", map[string]any{"formData": byName})
	default:
		if got := result(c.post("/servlet?m=mod_data&p=trusted-cert&q=write&Rajax=0.1", fields)); got != "" {
			c.t.Errorf("write answered %q", got)
		}
		c.post("/servlet?m=mod_data&q=applycacheconfig", url.Values{"token": {c.token}})
	}
}

func (c *client) reboot() response {
	switch c.dialect {
	case dialect.Basic:
		return c.get("/cgi-bin/ConfigManApp.com?key=Reboot")
	case dialect.API:
		return c.json("/api/system/reboot?p=SettingUpgrade", map[string]any{})
	}
	c.page(handset.Trusted)
	if c.dialect == dialect.Plain || c.dialect == dialect.Session {
		page := c.get("/servlet?p=settings-upgrade&q=load").body
		return c.post(one(page, `id="formReboot" method="post" action="([^"]+)"`), url.Values{"token": {c.token}})
	}
	return c.post("/servlet?m=mod_upgrade&q=reboot&forcereboot=true", url.Values{"token": {c.token}})
}

func (c *client) logout() {
	switch c.dialect {
	case dialect.Plain, dialect.Session:
		c.get("/servlet?p=login&q=logout")
	case dialect.API:
		c.json("/api/auth/logout", map[string]any{})
	case dialect.Listener, dialect.ListenerRSA:
		c.get("/servlet?m=mod_listener&p=login&q=logout")
	}
}
