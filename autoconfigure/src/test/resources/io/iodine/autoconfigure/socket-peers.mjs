// usage: node socket-peers.mjs CA CERTIFICATE KEY TCP_PORT TLS_PORT UDP_PORT UNIX_PATH OWN_PATH
// Speaks to echo servers by net, tls and dgram; then prints the ports of echo servers by net and dgram, beside one by tls on OWN_PATH, and ends with its input.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'

const [ca, certificate, key] = process.argv.slice(2, 5).map((file) => readFileSync(file))
const [tcpPort, tlsPort, udpPort, unixPath, ownPath] = process.argv.slice(5)

setTimeout(() => process.exit(9), 60_000).unref()

const frame = (message) => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(message.length))
  return Buffer.concat([length, message])
}

// writes frames cut anywhere, ends the output, and expects exactly the same bytes until the end
const framesComeBack = async (socket) => {
  const sent = Buffer.concat([1, 0, 63, 65_536, 1_000].map((size) => frame(randomBytes(size))))
  const cuts = [0, 3, 9, 10, 100, 40_000, sent.length]
  for (let i = 1; i < cuts.length; i++) {
    socket.write(sent.subarray(cuts[i - 1], cuts[i]))
    await new Promise(setImmediate)
  }
  socket.end()
  const heard = []
  for await (const chunk of socket) {
    heard.push(chunk)
  }
  assert.deepEqual(Buffer.concat(heard), sent)
}

await framesComeBack(net.connect({ host: '127.0.0.1', port: tcpPort, allowHalfOpen: true }))
await framesComeBack(net.connect({ path: unixPath, allowHalfOpen: true }))

const secured = tls.connect({ host: '127.0.0.1', port: tlsPort, ca, servername: 'localhost', ALPNProtocols: ['none', 'echo'] })
await once(secured, 'secureConnect')
assert.ok(secured.authorized)
assert.equal(secured.getProtocol(), 'TLSv1.3')
assert.equal(secured.alpnProtocol, 'echo')
secured.write(frame(Buffer.from('hello')))
const [answer] = await once(secured, 'data')
assert.deepEqual(answer, frame(Buffer.from('hello')))
secured.end()
await once(secured, 'close')

const old = tls.connect({ host: '127.0.0.1', port: tlsPort, ca, servername: 'localhost', minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })
const [refusal] = await once(old, 'error')
assert.ok(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ECONNRESET'].includes(refusal.code), refusal.code)

const sender = dgram.createSocket('udp4')
for (const size of [1, 1_400, 30_000]) {
  const datagram = randomBytes(size)
  sender.send(datagram, udpPort, '127.0.0.1')
  const [echo] = await once(sender, 'message')
  assert.deepEqual(echo, datagram)
}
sender.close()

const byTcp = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
const byTls = tls.createServer({ cert: certificate, key, SNICallback: (name, done) => {
  console.log('asked for ' + name)
  done(null)
} }, (socket) => socket.pipe(socket)).listen(ownPath)
const byUdp = dgram.createSocket('udp4').bind(0, '127.0.0.1')
byUdp.on('message', (datagram, from) => byUdp.send(datagram, from.port, from.address))
await Promise.all([byTcp, byTls, byUdp].map((server) => once(server, 'listening')))
console.log([byTcp, byUdp].map((server) => server.address().port).join(' '))
process.stdin.on('end', () => process.exit(0)).resume()
