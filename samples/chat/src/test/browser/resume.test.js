// usage: node resume.test.js URL CHROMIUM
// Says what it has seen, a line each, and goes on with each line that it is told.
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const [url, executablePath] = process.argv.slice(2)
const told = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const goOn = async () => (await told.next()).value

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync']
})
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(new URL('/?follow', url).href)
  await page.getByText('Following', { exact: true }).waitFor()
  console.log('following')

  const text = await goOn()
  await page.locator('.text').getByText(text, { exact: true }).waitFor()
  console.log('heard ' + text)

  await page.locator('#status[data-state=interrupted]').waitFor()
  console.log('interrupted')
  await page.locator('#status[data-state=live]').waitFor()
  console.log('back')

  const last = await goOn()
  await page.locator('.text').getByText(last, { exact: true }).waitFor()
  console.log('texts ' + (await page.locator('.text').allTextContents()).join(', '))
  console.log('missing ' + await page.getByText('is missing here').count())
  assert.equal(await goOn(), 'end')
} finally {
  await browser.close()
}
process.exit()
