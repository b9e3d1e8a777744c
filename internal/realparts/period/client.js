// A TLS client of Node.js, for releases from 0.8 on. Arguments: port, file of
// roots, host to check, server_name (or nothing), certificate and key (or
// nothing). It refuses what it does not trust as such a program does by default:
// after the handshake. What it reads from its input it sends; it hangs up at the
// end of its input, or when the server does.
var tls = require('tls'), fs = require('fs'), argument = process.argv;

var options = {
	host: '127.0.0.1', port: +argument[2], ca: [fs.readFileSync(argument[3])], rejectUnauthorized: true
};
// Without a server_name, 0.8 and 0.10 check the host, the later ones servername
// or host.
if (argument[5]) options.servername = argument[5];
if (argument[6]) {
	options.cert = fs.readFileSync(argument[6]);
	options.key = fs.readFileSync(argument[7]);
}

var verdict;
var socket = tls.connect(options, function () {
	verdict = 'authorized';
	console.log(verdict);
	process.stdin.resume();
	process.stdin.on('data', function (text) { socket.write(text); });
	process.stdin.on('end', function () { socket.end(); });
});
socket.on('data', function (text) { process.stdout.write(text.toString()); });
socket.on('error', function (e) {
	// A verdict of the verification is in authorizationError; of the name in the
	// error alone, until 4.
	var reason = socket.authorizationError || (/Hostname|altnames/.test(e.message) ? e.message : '');
	if (!verdict) console.log(reason ? 'refused: ' + reason : 'failed: ' + e.message);
});
socket.on('close', function () { process.exit(0); });
