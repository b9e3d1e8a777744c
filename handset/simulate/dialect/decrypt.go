package dialect

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// openRSA reads hex of RSA PKCS#1 v1.5; false for anything else.
func openRSA(key *rsa.PrivateKey, text string) (string, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return "", false
	}
	//lint:ignore SA1019 the phones' pages use this padding and no other
	plain, err := rsa.DecryptPKCS1v15(nil, key, raw)
	return string(plain), err == nil
}

// openAES reads base64 of AES-128-CBC with zero padding, under a key and an
// initialization vector that came as RSA of 32 hex characters each.
func openAES(key *rsa.PrivateKey, rsaKey, rsaIV, data string) (string, bool) {
	k, ok := open16(key, rsaKey)
	iv, okIV := open16(key, rsaIV)
	text, err := base64.StdEncoding.DecodeString(data)
	if !ok || !okIV || err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return "", false
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return "", false
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	return string(bytes.TrimRight(text, "\x00")), true
}

func open16(key *rsa.PrivateKey, text string) ([]byte, bool) {
	plain, ok := openRSA(key, text)
	raw, err := hex.DecodeString(plain)
	return raw, ok && err == nil && len(raw) == 16
}

// openLogin takes apart the text of the session dialect,
// "MD5=…;rand=R;sessionid=S;username=U;pwd=P;".
func openLogin(text string) (session, user, password string, ok bool) {
	sum, text, ok1 := strings.Cut(strings.TrimPrefix(text, "MD5="), ";")
	want := md5.Sum([]byte(text))
	_, rest, ok2 := strings.Cut(text, ";sessionid=")
	session, rest, ok3 := strings.Cut(rest, ";username=")
	user, rest, ok4 := strings.Cut(rest, ";pwd=")
	password, ok5 := strings.CutSuffix(rest, ";")
	ok = ok1 && ok2 && ok3 && ok4 && ok5 && strings.HasPrefix(text, "rand=") && sum == hex.EncodeToString(want[:])
	return session, user, password, ok
}
