package pbe

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" // old files, not a protection
	"crypto/rc4" // old files, not a protection
	"fmt"
)

// suite is a cipher with the sizes that a key derivation must know, in bytes.
type suite struct {
	name      string
	keySize   int
	blockSize int // 0 for a stream cipher
	block     func(key []byte) (cipher.Block, error)
}

func aesCBC(keySize int) suite {
	return suite{fmt.Sprintf("AES-%d-CBC", 8*keySize), keySize, aes.BlockSize, aes.NewCipher}
}

func desCBC() suite { return suite{"DES-CBC", 8, des.BlockSize, des.NewCipher} }

// tripleDES takes keys of 24 bytes, or of 16 whose first half serves twice.
func tripleDES(keySize int) suite {
	return suite{"DES-EDE3-CBC", keySize, des.BlockSize, func(key []byte) (cipher.Block, error) {
		return des.NewTripleDESCipher(append(bytes.Clone(key), key[:24-len(key)]...))
	}}
}

func rc2CBC(bits, keySize int) suite {
	return suite{fmt.Sprintf("RC2-%d-CBC", bits), keySize, rc2BlockSize, func(key []byte) (cipher.Block, error) {
		return newRC2(key, bits), nil
	}}
}

func rc4Stream(keySize int) suite {
	return suite{name: fmt.Sprintf("RC4-%d", 8*keySize), keySize: keySize}
}

// decrypt opens one or more whole blocks or, for a stream cipher, any number
// of bytes. // With ErrPadding it returns the decrypted bytes as they are.
func (c suite) decrypt(secret, iv, ciphertext []byte) ([]byte, error) {
	plain := make([]byte, len(ciphertext))
	if c.block == nil {
		stream, err := rc4.NewCipher(secret)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrUnsupported, c.name)
		}
		stream.XORKeyStream(plain, ciphertext)
		return plain, nil
	}
	block, err := c.block(secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrUnsupported, c.name)
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, ciphertext)
	return unpad(plain, c.blockSize)
}

// unpad takes the padding off (RFC 8018, section 6.1.1, step 4).
func unpad(plain []byte, blockSize int) ([]byte, error) {
	n := int(plain[len(plain)-1])
	if n == 0 || n > blockSize {
		return plain, ErrPadding
	}
	for _, b := range plain[len(plain)-n:] {
		if int(b) != n {
			return plain, ErrPadding
		}
	}
	return plain[:len(plain)-n], nil
}
