// usage: node iodine.test.js URL CHROMIUM
// Follows the steps that the test sends, a line each, and answers each with a line.
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const [url, executablePath] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync']
})
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(new URL('/blank.html', url).href)
  await page.evaluate(() => {
    window.start = async (path, options) => {
      const { connect } = await import('/iodine/iodine.js')
      window.heard = []
      window.seen = []
      window.client = connect(path, { minDelay: 100, maxDelay: 400, ...options })
      client.on('state', (state) => seen.push(state))
      client.on('reset', (channel) => seen.push('reset ' + channel))
      client.on('close', ({ code }) => seen.push('close ' + code))
      client.on('tick', (data) => heard.push(data))
      client.subscribe('news', (data) => heard.push(data))
      window.people = new Map()
      client.presence('room', (members) => window.people = members)
    }
    window.until = async (test) => {
      for (let i = 0; i < 3000 && !test(); i++) await new Promise((next) => setTimeout(next, 10))
      if (!test()) throw new Error('not in time: ' + test + ' ' + JSON.stringify({ heard, seen, state: client.state }))
    }
  })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break
    console.log('= ' + JSON.stringify(await page.evaluate('(async () => ' + line + ')()')))
  }
}
catch (error) {
  console.log('= ' + JSON.stringify('failed: ' + error))
}
finally {
  await browser.close()
}
process.exit()
