// usage: node cross-origin.test.js CHAT_URL ALLOWED_ORIGIN OTHER_ORIGIN CHROMIUM
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [url, allowed, other, executablePath] = process.argv.slice(2)

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync']
})
try {
  const open = async (origin) => {
    const page = await (await browser.newContext()).newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(origin)
    return page
  }
  // how an event stream begins: "open", or "error" with its state, 2 when the browser won't try again
  const follow = (page, withCredentials) => page.evaluate(([url, withCredentials]) => new Promise((resolve) => {
    window.source = new EventSource(url, { withCredentials })
    window.heard = new Promise((heard) => { window.source.onmessage = (event) => heard(event.data) })
    window.source.onopen = () => resolve('open')
    window.source.onerror = () => resolve(`error ${window.source.readyState}`)
  }), [`${url}/chat`, withCredentials])
  const connect = (page) => page.evaluate((url) => new Promise((resolve) => {
    window.socket = new WebSocket(url)
    window.socket.onopen = () => resolve('open')
    window.socket.onerror = () => resolve('error')
  }), `${url.replace('http', 'ws')}/chat`)

  const friend = await open(allowed)
  assert.equal(await follow(friend, false), 'open')
  assert.equal(await follow(friend, true), 'open')
  assert.equal(await connect(friend), 'open')
  assert.match(await friend.evaluate(() => window.heard), /"what":"welcome"/)

  const stranger = await open(other)
  assert.equal(await follow(stranger, false), 'error 2')
  assert.equal(await connect(stranger), 'error')
} finally {
  await browser.close()
}
