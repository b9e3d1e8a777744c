package pbe

// algorithmName names an algorithm that cannot be used here, so that a message
// can tell what the file holds; one without a name is named by its number.
func algorithmName(oid string) string {
	switch oid {
	case "1.2.840.113549.1.5.1":
		return "pbeWithMD2AndDES-CBC"
	case "1.2.840.113549.1.5.4":
		return "pbeWithMD2AndRC2-CBC"
	case "1.2.840.113549.1.5.14":
		return "PBMAC1"
	case "2.16.840.1.101.3.4.1.6":
		return "AES-128-GCM"
	case "2.16.840.1.101.3.4.1.26":
		return "AES-192-GCM"
	case "2.16.840.1.101.3.4.1.46":
		return "AES-256-GCM"
	case "1.2.840.113549.3.4":
		return "RC4"
	case "1.2.840.113549.3.9":
		return "RC5-CBC"
	case "1.2.840.113533.7.66.10":
		return "CAST5-CBC"
	case "1.3.6.1.4.1.3029.1.2":
		return "Blowfish-CBC"
	case "1.3.6.1.4.1.188.7.1.1.2":
		return "IDEA-CBC"
	case "1.2.392.200011.61.1.1.1.2":
		return "CAMELLIA-128-CBC"
	case "1.2.392.200011.61.1.1.1.3":
		return "CAMELLIA-192-CBC"
	case "1.2.392.200011.61.1.1.1.4":
		return "CAMELLIA-256-CBC"
	case "1.2.410.200004.1.4":
		return "SEED-CBC"
	case "1.2.410.200046.1.1.2":
		return "ARIA-128-CBC"
	case "1.2.410.200046.1.1.7":
		return "ARIA-192-CBC"
	case "1.2.410.200046.1.1.12":
		return "ARIA-256-CBC"
	case "1.2.156.10197.1.104.2":
		return "SM4-CBC"
	case "1.2.156.10197.1.401", "1.2.156.10197.1.401.2":
		return "SM3"
	case "1.2.643.2.2.21":
		return "GOST 28147-89"
	case "1.2.643.2.2.9", "1.2.643.2.2.10":
		return "GOST R 34.11-94"
	case "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.4.1":
		return "GOST R 34.11-2012 of 256 bits"
	case "1.2.643.7.1.1.2.3", "1.2.643.7.1.1.4.2":
		return "GOST R 34.11-2012 of 512 bits"
	case "2.16.840.1.101.3.4.2.7", "2.16.840.1.101.3.4.2.13":
		return "SHA3-224"
	case "2.16.840.1.101.3.4.2.8", "2.16.840.1.101.3.4.2.14":
		return "SHA3-256"
	case "2.16.840.1.101.3.4.2.9", "2.16.840.1.101.3.4.2.15":
		return "SHA3-384"
	case "2.16.840.1.101.3.4.2.10", "2.16.840.1.101.3.4.2.16":
		return "SHA3-512"
	}
	return "algorithm " + oid
}
