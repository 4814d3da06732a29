// A video to seek in, made by the browser's own encoder: one frame a second, each a key frame that shows its number in
// six black and white bars, kept far apart by padding, with an index ahead of them (WebM: RFC 9559).

const SIDE = 64
const PADDING = 256 * 1024

export async function webm(page, seconds) {
  const frames = await page.evaluate(encode, [SIDE, seconds])
  const head = element('1a45dfa3', uint('4286', 1), uint('42f7', 1), uint('42f2', 4), uint('42f3', 8),
    text('4282', 'webm'), uint('4287', 2), uint('4285', 2))
  const info = element('1549a966', uint('2ad7b1', 1_000_000), float('4489', seconds * 1000),
    text('4d80', 'files.test.js'), text('5741', 'files.test.js'))
  const tracks = element('1654ae6b', element('ae', uint('d7', 1), uint('73c5', 1), uint('83', 1), text('86', 'V_VP8'),
    element('e0', uint('b0', SIDE), uint('ba', SIDE))))
  const clusters = frames.map((frame, second) => element('1f43b675', uint('e7', second * 1000),
    element('a3', Buffer.from([0x81, 0, 0, 0x80]), Buffer.from(frame, 'base64')),
    element('ec', Buffer.alloc(PADDING))))
  const index = (positions) => element('1c53bb6b', ...positions.map((position, second) => element('bb',
    uint('b3', second * 1000), element('b7', uint('f7', 1), uint('f1', position)))))
  // the index is as long whatever it says
  let position = info.length + tracks.length + index(clusters.map(() => 0)).length
  const positions = clusters.map((cluster) => (position += cluster.length) - cluster.length)
  return Buffer.concat([head, element('18538067', info, tracks, index(positions), ...clusters)])
}

async function encode([side, seconds]) {
  const frames = []
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength)
      chunk.copyTo(bytes)
      frames.push(btoa(String.fromCharCode(...bytes)))
    },
    error: (error) => { throw error }
  })
  encoder.configure({ codec: 'vp8', width: side, height: side })
  const canvas = new OffscreenCanvas(side, side)
  const context = canvas.getContext('2d')
  for (let second = 0; second < seconds; second++) {
    for (let bit = 0; bit < 6; bit++) {
      context.fillStyle = (second >> bit & 1) ? 'white' : 'black'
      context.fillRect(10 * bit, 0, 10, side)
    }
    const frame = new VideoFrame(canvas, { timestamp: second * 1_000_000 })
    encoder.encode(frame, { keyFrame: true })
    frame.close()
  }
  await encoder.flush()
  return frames
}

function element(id, ...content) {
  const body = Buffer.concat(content)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE((1n << 56n) | BigInt(body.length))
  return Buffer.concat([Buffer.from(id, 'hex'), size, body])
}

function uint(id, value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return element(id, bytes)
}

function float(id, value) {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return element(id, bytes)
}

function text(id, value) {
  return element(id, Buffer.from(value, 'ascii'))
}
