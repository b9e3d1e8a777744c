// Package seal encrypts logins as the scripts of the phones' pages do (the fact
// sheet on the web interface). The cryptography is the phones', weak keys and
// MD5 included; it hides a password from a passer-by and proves nothing.
//
// No error of this package holds any part of what it was given.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
)

// Sealed is a text under AES, and key and vector under RSA.
type Sealed struct{ Key, IV, Data string }

// Session seals the text of the dialect session: sessionRandom is the R with
// which the session was asked for, session the id that the phone gave.
func Session(random io.Reader, key *rsa.PublicKey, sessionRandom, session, user, password string) (Sealed, error) {
	text := "rand=" + sessionRandom + ";sessionid=" + session + ";username=" + user + ";pwd=" + password + ";"
	return seal(random, key, "MD5="+md5hex([]byte(text))+";"+text)
}

// Listener seals the text of the dialect listener; session is the cookie
// JSESSIONID of the page from which the key came.
func Listener(random io.Reader, key *rsa.PublicKey, session, password string) (Sealed, error) {
	number, err := Random(random)
	if err != nil {
		return Sealed{}, err
	}
	return seal(random, key, number+";"+session+";"+password)
}

// seal encrypts a text under a fresh key and vector. Each is the MD5 of a number
// drawn for it alone: a key made of the R of the session's address could be made
// by everybody who saw the address. The phone takes both from the RSA.
func seal(random io.Reader, public *rsa.PublicKey, text string) (s Sealed, err error) {
	var drawn [2][aes.BlockSize]byte
	for i, to := range []*string{&s.Key, &s.IV} {
		if _, err := io.ReadFull(random, drawn[i][:]); err != nil {
			return Sealed{}, fmt.Errorf("drawing random numbers: %w", err)
		}
		drawn[i] = md5.Sum(drawn[i][:])
		// What is under RSA is the hex text, as the pages have it.
		if *to, err = RSA(random, public, hex.EncodeToString(drawn[i][:])); err != nil {
			return Sealed{}, err
		}
	}
	block, err := aes.NewCipher(drawn[0][:])
	if err != nil {
		return Sealed{}, err
	}
	// Zero padding, and a whole block of it when the text fills its last one:
	// both known clients do so.
	data := make([]byte, (len(text)/aes.BlockSize+1)*aes.BlockSize)
	copy(data, text)
	cipher.NewCBCEncrypter(block, drawn[1][:]).CryptBlocks(data, data)
	s.Data = base64.StdEncoding.EncodeToString(data)
	return s, nil
}

func md5hex(text []byte) string {
	sum := md5.Sum(text)
	return hex.EncodeToString(sum[:])
}
