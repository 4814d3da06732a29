// Browser client of iodine for Spring Boot: a WebSocket that reconnects, resubscribes and resumes,
// and an EventSource where WebSockets are blocked. No dependencies. docs/browser-client.md

const STOP = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4403])
const UNAUTHORIZED = 4401
const TRY_AGAIN_LATER = 1013
const SECONDS = 1000

/** An error reply of the server, or a request without one: status and title as in RFC 9457. */
export class IodineError extends Error {
  constructor({ status = 0, title = 'Request failed', ...rest } = {}) {
    super(title)
    Object.assign(this, { name: 'IodineError', status, title }, rest)
  }
}

/**
 * Connects, and stays connected until close() or a close code that forbids to come back.
 * @param {string|URL} url absolute or relative to the page; http and https become ws and wss
 * @param {object} [options] see iodine.d.ts
 */
export function connect(url, options = {}) {
  return new Client(url, options)
}

class Client {
  #url
  #options
  #listeners = new Map()
  #subscriptions = new Map()
  #presences = new Map()
  #requests = new Map()
  #queue = []
  #nextId = 1
  #failures = 0
  #refused = 0
  #opened = false
  #worked = false
  #renewed = false
  #timer
  #link
  #leave

  constructor(url, options) {
    this.#url = new URL(url, globalThis.location?.href)
    this.#options = { resume: true, fallback: true, minDelay: 500, maxDelay: 30 * SECONDS, timeout: 10 * SECONDS,
      maxQueue: 100, events: [], protocols: [], ...options }
    this.state = 'connecting'
    this.transport = 'websocket'
    const wake = () => this.state === 'waiting' && globalThis.document?.visibilityState !== 'hidden' && this.#open()
    globalThis.addEventListener?.('online', wake)
    globalThis.document?.addEventListener('visibilitychange', wake)
    this.#leave = () => {
      globalThis.removeEventListener?.('online', wake)
      globalThis.document?.removeEventListener('visibilitychange', wake)
    }
    this.#open()
  }

  /** Adds a listener of an event's name, or of 'open', 'close', 'state', 'message', 'reset', 'error'. */
  on(name, listener) {
    if (!this.#listeners.has(name)) {
      this.#listeners.set(name, new Set())
      if (this.transport === 'eventsource') this.#listenTo(this.#link, name)
    }
    this.#listeners.get(name).add(listener)
    return this
  }

  off(name, listener) {
    this.#listeners.get(name)?.delete(listener)
    return this
  }

  /** Sends an event without asking for an answer; false when too many wait already or the connection can't send. */
  send(event, data) {
    return this.#transmit({ event, data })
  }

  /** Sends an event and resolves with the data of the acknowledgement; rejects with an IodineError. */
  request(event, data, { timeout = this.#options.timeout } = {}) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const timer = setTimeout(() => settle(new IodineError({ status: 504, title: 'No answer in time' })), timeout)
      const settle = (error, value) => {
        clearTimeout(timer)
        this.#requests.delete(id)
        error ? reject(error) : resolve(value)
      }
      this.#requests.set(id, settle)
      if (!this.#transmit({ event, id, data })) settle(new IodineError({ status: 503, title: 'Not connected' }))
    })
  }

  /** Receives a channel's messages: listener(data, {channel, position}). Survives reconnects, and resumes. */
  subscribe(channel, listener, { since, last } = {}) {
    const subscription = { listener, since, last }
    this.#subscriptions.set(channel, subscription)
    if (this.state === 'open') this.#subscribe(channel, subscription)
    return {
      unsubscribe: () => {
        if (this.#subscriptions.get(channel) !== subscription) return
        this.#subscriptions.delete(channel)
        if (this.state === 'open') this.send('iodine.unsubscribe', { channel })
      },
    }
  }

  /** Publishes on a channel, when the server's ChannelAuthorizer permits it. */
  publish(channel, data, options) {
    return this.request('iodine.publish', { channel, data }, options)
  }

  /** Follows the members of a channel: listener(members), a Map of name to data, at each change. */
  presence(channel, listener) {
    const presence = { listener, members: new Map() }
    this.#presences.set(channel, presence)
    if (this.state === 'open') this.#follow(channel, presence)
    return {
      unsubscribe: () => {
        if (this.#presences.get(channel) !== presence) return
        this.#presences.delete(channel)
        if (this.state === 'open') this.send('iodine.presence.leave', { channel })
      },
    }
  }

  /** Closes for good. */
  close(code = 1000, reason = '') {
    this.#end({ code, reason, wasClean: true })
    if (this.transport === 'eventsource') this.#link?.close()
    else this.#link?.close(code, reason)
  }

  #open() {
    clearTimeout(this.#timer)
    this.#change('connecting')
    this.#opened = false
    const useStream = this.#options.fallback && this.#refused >= 2 && typeof EventSource !== 'undefined'
    this.transport = useStream ? 'eventsource' : 'websocket'
    useStream ? this.#openStream() : this.#openSocket()
  }

  #openSocket() {
    const url = new URL(this.#url)
    url.protocol = url.protocol.replace('http', 'ws')
    const link = this.#link = new WebSocket(url, this.#options.protocols)
    link.onopen = () => link === this.#link && this.#ready()
    link.onmessage = ({ data }) => link === this.#link && this.#receive(data)
    link.onclose = (event) => link === this.#link && this.#lost(event)
  }

  #openStream() {
    const url = new URL(this.#url)
    url.protocol = url.protocol.replace('ws', 'http')
    const link = this.#link = new EventSource(url, { withCredentials: !!this.#options.withCredentials })
    link.onopen = () => link === this.#link && this.#ready()
    link.onmessage = ({ data }) => link === this.#link && this.#receive(data)
    link.onerror = () => {
      if (link !== this.#link || link.readyState !== EventSource.CLOSED) return
      this.#refused = 0
      this.#lost({ code: 1006, reason: '' })
    }
    new Set([...this.#listeners.keys(), ...this.#options.events]).forEach((name) => this.#listenTo(link, name))
  }

  #listenTo(stream, name) {
    if (['open', 'error', 'message', 'close', 'state', 'reset'].includes(name)) return
    stream.addEventListener(name, ({ data, lastEventId }) => this.#emit(name, parse(data), { position: lastEventId }))
  }

  #ready() {
    this.#opened = true
    this.#worked ||= this.transport === 'websocket'
    this.#refused = 0
    this.#change('open')
    for (const [channel, subscription] of this.#subscriptions) this.#subscribe(channel, subscription)
    for (const [channel, presence] of this.#presences) this.#follow(channel, presence)
    const queued = this.#queue.splice(0)
    if (this.transport === 'websocket') queued.forEach((text) => this.#link.send(text))
    this.#emit('open')
  }

  #receive(text) {
    this.#failures = 0
    this.#renewed = false
    const message = typeof text === 'string' ? parse(text) : text
    const isEnvelope = message && typeof message === 'object' && !(message instanceof Blob)
      && ('event' in message || 'id' in message || 'channel' in message || 'error' in message)
    if (!isEnvelope) return this.#emit('message', message)
    if (message.event === 'iodine.presence') return this.#members(message)
    if (message.channel !== undefined) return this.#deliver(message)
    if (message.event !== undefined) return this.#emit(message.event, message.data, message)
    const settle = this.#requests.get(message.id)
    if (settle) settle(message.error && new IodineError(message.error), message.data)
    else if (message.error) this.#emit('error', new IodineError(message.error))
    else this.#emit('message', message)
  }

  #deliver({ channel, position, event, data }) {
    const subscription = this.#subscriptions.get(channel)
    if (position !== undefined && subscription) subscription.since = position
    subscription?.listener(data, { channel, position, event })
    if (event !== undefined) this.#emit(event, data, { channel, position })
  }

  #subscribe(channel, subscription) {
    const { since, last } = subscription
    const from = this.#options.resume && since !== undefined ? { since } : since === undefined && last ? { last } : {}
    this.request('iodine.subscribe', { channel, ...from }).then((outcome) => {
      if (outcome?.position !== undefined) subscription.since ??= outcome.position
      if (from.since !== undefined && outcome?.recovered === false) {
        subscription.since = outcome.position
        this.#emit('reset', channel)
      }
    }, (error) => {
      if (error.status !== 503) this.#emit('error', Object.assign(error, { channel }))
    })
  }

  #follow(channel, presence) {
    this.request('iodine.presence', { channel }).then((outcome) => {
      presence.members = new Map((outcome?.members ?? []).map(({ name, data }) => [name, data]))
      presence.listener(presence.members)
    }, (error) => {
      if (error.status !== 503) this.#emit('error', Object.assign(error, { channel }))
    })
  }

  #members({ channel, data: { joined, left } = {} }) {
    const presence = this.#presences.get(channel)
    if (!presence) return
    if (joined) presence.members.set(joined.name, joined.data)
    if (left) presence.members.delete(left.name)
    presence.listener(presence.members)
  }

  #transmit(message) {
    const text = JSON.stringify(message)
    if (this.transport === 'eventsource' && this.state === 'open') return false
    if (this.state === 'open') {
      this.#link.send(text)
      return true
    }
    if (this.state === 'closed' || this.#queue.length >= this.#options.maxQueue) return false
    // subscriptions are repeated when the connection opens
    if (!message.event.startsWith('iodine.')) this.#queue.push(text)
    return true
  }

  async #lost({ code, reason, wasClean }) {
    if (this.state === 'closed') return
    // where a WebSocket has worked, refusals are those of a server that restarts
    if (!this.#opened && !this.#worked) this.#refused++
    for (const settle of [...this.#requests.values()]) settle(new IodineError({ status: 503, title: 'Connection lost' }))
    if (STOP.has(code)) return this.#end({ code, reason, wasClean })
    if (code === UNAUTHORIZED) {
      if (!this.#options.authorize || this.#renewed) return this.#end({ code, reason, wasClean })
      this.#renewed = true
      this.#change('waiting')
      const url = await Promise.resolve(this.#options.authorize()).catch(() => false)
      if (url === false) return this.#end({ code, reason, wasClean })
      if (url) this.#url = new URL(url, this.#url)
      if (this.state !== 'waiting') return
    }
    const { minDelay, maxDelay } = this.#options
    const least = code === TRY_AGAIN_LATER ? 5 * SECONDS : minDelay
    const delay = Math.min(maxDelay, least * 2 ** this.#failures++) * (0.5 + Math.random() / 2)
    this.#change('waiting')
    this.#timer = setTimeout(() => this.state === 'waiting' && this.#open(), delay)
  }

  #end(event) {
    if (this.state === 'closed') return
    clearTimeout(this.#timer)
    this.#leave()
    this.#change('closed')
    for (const settle of [...this.#requests.values()]) settle(new IodineError({ status: 503, title: 'Closed' }))
    this.#emit('close', event)
  }

  #change(state) {
    if (this.state === state) return
    this.state = state
    this.#emit('state', state)
  }

  #emit(name, ...args) {
    this.#listeners.get(name)?.forEach((listener) => {
      try {
        listener(...args)
      }
      catch (error) {
        // a listener's error is the page's: it must not stop the others
        globalThis.reportError ? reportError(error) : console.error(error)
      }
    })
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  }
  catch {
    return text
  }
}
