/** Options of {@link connect}; times in milliseconds. */
export interface Options {
  /** WebSocket subprotocols to offer, for example `['bearer', token]`. */
  protocols?: string[]
  /** Names of server-sent events to listen for when WebSockets are blocked; names given to `on` are added. */
  events?: string[]
  /** Whether a subscription resumes from the last position it received; default true. */
  resume?: boolean
  /** Whether to fall back to an EventSource after two refused WebSockets; default true. */
  fallback?: boolean
  /** Whether the EventSource sends credentials to other origins. */
  withCredentials?: boolean
  /** Least and greatest delay of a reconnection; defaults 500 and 30,000. */
  minDelay?: number
  maxDelay?: number
  /** Time within which a request must be answered; default 10,000. */
  timeout?: number
  /** Number of events that wait while there is no connection; default 100. */
  maxQueue?: number
  /** Called once after close code 4401: renews the credentials, and may return another URL; false gives up. */
  authorize?: () => void | string | false | Promise<void | string | false>
}

export type State = 'connecting' | 'open' | 'waiting' | 'closed'

export interface Delivery {
  channel?: string
  position?: string
  event?: string
}

export interface Handle {
  unsubscribe(): void
}

export declare class IodineError extends Error {
  readonly status: number
  readonly title: string
  readonly detail?: string
  readonly channel?: string
}

export interface Client {
  readonly state: State
  readonly transport: 'websocket' | 'eventsource'
  on(name: 'open', listener: () => void): this
  on(name: 'close', listener: (event: { code: number, reason: string, wasClean?: boolean }) => void): this
  on(name: 'state', listener: (state: State) => void): this
  on(name: 'reset', listener: (channel: string) => void): this
  on(name: 'error', listener: (error: IodineError) => void): this
  on(name: string, listener: (data: any, delivery?: Delivery) => void): this
  off(name: string, listener: Function): this
  send(event: string, data?: unknown): boolean
  request<T = unknown>(event: string, data?: unknown, options?: { timeout?: number }): Promise<T>
  subscribe<T = unknown>(channel: string, listener: (data: T, delivery: Delivery) => void,
    options?: { since?: string, last?: number }): Handle
  publish(channel: string, data: unknown, options?: { timeout?: number }): Promise<{ position?: string }>
  presence<T = unknown>(channel: string, listener: (members: Map<string, T>) => void): Handle
  close(code?: number, reason?: string): void
}

export declare function connect(url: string | URL, options?: Options): Client
