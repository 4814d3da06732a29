// usage: node chat.test.js URL CHROMIUM SCREENSHOT_FOLDER
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [url, executablePath, screenshots] = process.argv.slice(2)

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync']
})
try {
  const errors = []
  const open = async (path, colorScheme) => {
    const page = await (await browser.newContext({ colorScheme, viewport: { width: 960, height: 640 } })).newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => errors.push(error))
    await page.addInitScript(() => {
      const Native = WebSocket
      window.WebSocket = class extends Native {
        constructor(...args) {
          super(...args)
          window.lastSocket = this
        }
      }
    })
    await page.goto(new URL(path, url).href)
    return page
  }
  const enter = async (page, name) => {
    await page.getByLabel('Your name').fill(name)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText(`In the room as ${name}`).waitFor()
  }
  const say = async (page, text) => {
    await page.getByLabel('Message').fill(text)
    await page.keyboard.press('Enter')
  }
  const heard = (page, by, text) => page.locator('.said', { has: page.getByText(by, { exact: true }) })
    .getByText(text, { exact: true }).waitFor()

  // a follower and two who talk
  const follower = await open('/?follow', 'light')
  await follower.getByText('Following', { exact: true }).waitFor()
  const ada = await open('/', 'light')
  await enter(ada, 'Ada')
  const grace = await open('/', 'dark')
  await enter(grace, 'Grace')

  await ada.getByText('Grace joined').waitFor()
  await follower.getByText('Grace joined').waitFor()
  assert.equal(await follower.getByLabel('Message').isVisible(), false)
  assert.deepEqual(await follower.locator('#people .name').allTextContents().then((names) => names.sort()), ['Ada', 'Grace'])

  await say(ada, 'Good morning, Grace!')
  await heard(grace, 'Ada', 'Good morning, Grace!')
  await heard(follower, 'Ada', 'Good morning, Grace!')
  await heard(ada, 'You', 'Good morning, Grace!')
  await say(grace, 'Morning. I found a moth in the relay.')
  await heard(ada, 'Grace', 'Morning. I found a moth in the relay.')
  await heard(follower, 'Grace', 'Morning. I found a moth in the relay.')

  // markup stays text
  await say(grace, '<img src=x onerror="document.title=1"> & <b>bold</b>')
  await heard(ada, 'Grace', '<img src=x onerror="document.title=1"> & <b>bold</b>')
  assert.equal(await ada.locator('#log img, #log b').count(), 0)
  await say(ada, 'Stick it in the log book.')
  await heard(grace, 'Ada', 'Stick it in the log book.')
  await heard(follower, 'Ada', 'Stick it in the log book.')

  await ada.screenshot({ path: join(screenshots, 'chat-light.png') })
  await grace.screenshot({ path: join(screenshots, 'chat-dark.png') })
  await follower.setViewportSize({ width: 390, height: 720 })
  await follower.screenshot({ path: join(screenshots, 'chat-follower-phone.png') })

  // a reload rejoins
  await ada.reload()
  await ada.getByText('In the room as Ada').waitFor()
  await grace.getByText('Ada left').waitFor()
  await grace.getByText('Ada joined').waitFor()
  await say(ada, 'Here again.')
  await heard(grace, 'Ada', 'Here again.')

  // a lost connection comes back by itself
  await grace.evaluate(() => window.lastSocket.close())
  await grace.getByText('Connected again', { exact: false }).waitFor()
  await say(ada, 'And you?')
  await heard(grace, 'Ada', 'And you?')

  // who closes the tab has left
  await ada.close()
  await grace.getByText('Ada left').nth(1).waitFor()
  await follower.getByText('Ada left').nth(1).waitFor()
  assert.deepEqual(errors, [])
} finally {
  await browser.close()
}
