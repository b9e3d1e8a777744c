// The cryptography of the login pages of a simulated handset. Web Crypto, which
// does AES here, is there on HTTPS and on loopback.
function randomBytes(n) { return crypto.getRandomValues(new Uint8Array(n)); }

function toHex(bytes) { return Array.from(bytes, b => b.toString(16).padStart(2, "0")).join(""); }

function fromHex(text) { return Uint8Array.from(text.match(/../g), h => parseInt(h, 16)); }

function randomHex(n) { return toHex(randomBytes(n)); }

// RSA, PKCS #1 v1.5, of a text under a modulus and an exponent in hex.
function rsaHex(text, n, e) {
  const size = (n.length + 1) >> 1, message = new TextEncoder().encode(text);
  const filling = randomBytes(size - message.length - 3).map(b => b || 1);
  const block = "0002" + toHex(filling) + "00" + toHex(message);
  const modulus = BigInt("0x" + n);
  let base = BigInt("0x" + block), exponent = BigInt("0x" + e), result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result.toString(16).padStart(2 * size, "0");
}

// AES-128-CBC with zero padding, a whole block of it where the text fills its
// last one. Web Crypto pads by itself; its block is cut off.
async function aesBase64(text, key, iv) {
  const message = new TextEncoder().encode(text);
  const padded = new Uint8Array((Math.floor(message.length / 16) + 1) * 16);
  padded.set(message);
  const imported = await crypto.subtle.importKey("raw", fromHex(key), "AES-CBC", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({name: "AES-CBC", iv: fromHex(iv)}, imported, padded);
  return btoa(String.fromCharCode(...new Uint8Array(sealed, 0, padded.length)));
}

// The content of the element in which a phone of V81 and later answers.
function resInfo(page) { return new DOMParser().parseFromString(page, "text/html").getElementById("_RES_INFO_").textContent; }

// MD5 (RFC 1321) of a text, in hex.
function md5hex(text) {
  const message = new TextEncoder().encode(text);
  const size = ((message.length + 8 >> 6) + 1) * 64, data = new DataView(new ArrayBuffer(size));
  message.forEach((b, i) => data.setUint8(i, b));
  data.setUint8(message.length, 0x80);
  data.setUint32(size - 8, message.length * 8, true);
  const turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
  const sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < size; at += 64) {
    let [a, b, c, d] = sum;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f = [b & c | ~b & d, d & b | ~d & c, b ^ c ^ d, c ^ (b | ~d)][round];
      const word = data.getUint32(at + 4 * ([i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16), true);
      const x = a + f + Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) + word | 0;
      const turn = turns[round][i & 3];
      [a, d, c, b] = [d, c, b, b + (x << turn | x >>> 32 - turn) | 0];
    }
    [a, b, c, d].forEach((v, i) => sum[i] = sum[i] + v | 0);
  }
  const out = new DataView(new ArrayBuffer(16));
  sum.forEach((v, i) => out.setUint32(4 * i, v, true));
  return toHex(new Uint8Array(out.buffer));
}
