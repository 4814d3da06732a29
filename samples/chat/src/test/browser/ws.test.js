// usage: node ws.test.js URL CHROMIUM EXTENSIONS
import assert from 'node:assert/strict'
import WebSocket from 'ws'

const [url, , extensions] = process.argv.slice(2)

const offers = [
  [{ threshold: 0 }, extensions],
  [{ threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
  [{ threshold: 0, clientMaxWindowBits: 10 }, extensions],
  [{ threshold: 0, serverMaxWindowBits: 10 }, 'permessage-deflate; server_max_window_bits=10'],
  [false, '']
]
const texts = ['Grüße! '.repeat(30), 'the same again, the same again', 'the same again, the same again', 'x'.repeat(100_000),
  JSON.stringify(Array.from({ length: 2000 }, (_, i) => ({ i, square: i * i })))]

for (const [perMessageDeflate, answered] of offers) {
  const socket = new WebSocket(new URL('/chat?name=Ada', url.replace(/^http/, 'ws')),
    { perMessageDeflate, rejectUnauthorized: false })
  const heard = []
  await new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`heard ${heard.length}`)), 30_000)
    socket.on('error', reject)
    socket.on('upgrade', (response) => {
      assert.equal(response.headers['sec-websocket-extensions'] ?? '', answered)
    })
    socket.on('open', () => texts.forEach((text) => socket.send(text)))
    socket.on('message', (data) => {
      const { what, text } = JSON.parse(data)
      if (what === 'said') {
        heard.push(text)
      }
      if (heard.length === texts.length) {
        socket.close(1000)
      }
    })
    socket.on('close', (code) => {
      clearTimeout(patience)
      assert.equal(code, 1000)
      resolve()
    })
  })
  assert.deepEqual(heard, texts)
}
