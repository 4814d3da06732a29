// usage: node transport.test.js URL CHROMIUM STATUS EXTENSIONS
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [url, executablePath, status, extensions] = process.argv.slice(2)

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--ignore-certificate-errors']
})
try {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(url)
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const answered = new Promise((resolve) => session.once('Network.webSocketHandshakeResponseReceived', resolve))

  const heard = await page.evaluate(async () => {
    const messages = []
    const socket = new WebSocket(new URL('/chat?name=Ada', location.href.replace(/^http/, 'ws')))
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('not opened'))
    })
    for (const text of ['Grüße! '.repeat(20), 'the same again, the same again', 'the same again, the same again', 'x'.repeat(1500)]) {
      const echo = new Promise((resolve, reject) => {
        socket.onmessage = (event) => event.data.includes(text) && resolve(messages.push(event.data))
        socket.onclose = (event) => reject(new Error(`closed with ${event.code}`))
      })
      socket.send(text)
      await echo
    }
    const closed = new Promise((resolve) => { socket.onclose = resolve })
    socket.close(1000)
    const { code, wasClean } = await closed
    return { messages: messages.length, extensions: socket.extensions, code, wasClean }
  })

  assert.deepEqual(heard, { messages: 4, extensions, code: 1000, wasClean: true })
  assert.equal(String((await answered).response.status), status)
} finally {
  await browser.close()
}
