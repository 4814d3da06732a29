// usage: node files.test.js URL CHROMIUM FOLDER, where FOLDER is what URL serves
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { webm } from './video.js'

const [url, executablePath, folder] = process.argv.slice(2)

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required']
})
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(30_000)
  const errors = []
  page.on('pageerror', (error) => errors.push(error))
  const responses = new Map()
  page.on('response', (response) => responses.set(new URL(response.url()).pathname, response))
  await page.goto(url)
  await page.waitForLoadState('load')

  // the smallest sibling, decoded and applied
  const style = responses.get('/style.css')
  assert.equal(await style.headerValue('content-encoding'), 'br')
  assert.equal(await page.locator('h1').evaluate((h1) => getComputedStyle(h1).color), 'rgb(0, 96, 160)')
  await page.getByText('br', { exact: true }).waitFor()
  assert.match(await responses.get('/app-3f9a1c07.js').headerValue('cache-control'), /immutable/)
  assert.equal(await page.locator('img').evaluate((img) => img.complete && img.naturalWidth > 0), true)

  // seeking asks for ranges
  const seeked = await page.locator('audio').evaluate((audio) => new Promise((resolve, reject) => {
    audio.addEventListener('error', () => reject(audio.error))
    audio.addEventListener('seeked', () => resolve([audio.duration, audio.currentTime]))
    audio.currentTime = 30
  }))
  assert.deepEqual(seeked, [40, 30])
  assert.equal(responses.get('/tone.wav').status(), 206)
  assert.match(await responses.get('/tone.wav').headerValue('content-range'), /^bytes \d+-320043\/320044$/)

  // so does seeking in a video, and what comes is the frame of that second
  const film = await webm(page, 40)
  await writeFile(join(folder, 'film.webm'), film)
  const pieces = []
  page.on('response', (response) => {
    if (response.url().endsWith('/film.webm')) pieces.push(response)
  })
  const frame = await page.evaluate((second) => new Promise((resolve, reject) => {
    const video = document.createElement('video')
    video.addEventListener('error', () => reject(new Error(video.error.message)))
    video.addEventListener('loadedmetadata', () => { video.currentTime = second })
    video.addEventListener('seeked', () => {
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
      const context = canvas.getContext('2d')
      context.drawImage(video, 0, 0)
      const bars = [0, 1, 2, 3, 4, 5].map((bit) => context.getImageData(10 * bit + 5, 32, 1, 1).data[1] > 127)
      resolve([video.duration, video.currentTime, bars.reduce((number, bar, bit) => number + (bar << bit), 0)])
    })
    video.preload = 'metadata'
    video.src = '/film.webm'
  }), 30)
  assert.deepEqual(frame, [40, 30, 30])
  const piece = pieces.find((response) => /^bytes=[1-9]/.test(response.request().headers().range))
  assert.ok(piece, 'no range was asked for')
  assert.equal(piece.status(), 206)
  const first = piece.request().headers().range.match(/\d+/)[0]
  assert.equal(await piece.headerValue('content-range'), `bytes ${first}-${film.length - 1}/${film.length}`)

  // gzip where nothing better is accepted, and what the cache has is not sent again
  const gzip = await page.request.get(new URL('/style.css', url).href, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(gzip.headers()['content-encoding'], 'gzip')
  assert.match(await gzip.text(), /^\/\* The page of the files sample/)
  const again = await page.request.get(new URL('/style.css', url).href,
    { headers: { 'accept-encoding': 'gzip', 'if-none-match': gzip.headers().etag } })
  assert.equal(again.status(), 304)

  // the report is for readers
  const stranger = await page.request.get(new URL('/downloads/report.txt', url).href)
  assert.equal(stranger.status(), 401)
  const reader = await browser.newContext({ httpCredentials: { username: 'reader', password: 'secret' } })
  const report = await reader.request.get(new URL('/downloads/report.txt', url).href)
  assert.equal(await report.text(), 'For readers only.\n')
  assert.match(report.headers()['content-disposition'], /^attachment/)
  assert.equal(report.headers()['x-sendfile'], undefined)
  assert.deepEqual(errors, [])
} finally {
  await browser.close()
}
