// usage: node ws-server.js SOCKET
// An echo server by ws on a Unix socket, which prints what each client asks for, and ends with its input.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer()
const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered].pop(),
  perMessageDeflate: { threshold: 0 } })
sockets.on('connection', (socket, request) => {
  console.log([request.url, request.headers.host, request.headers.cookie, request.headers['x-asked'], socket.protocol,
    socket.extensions].join(' '))
  socket.on('message', (data, binary) => {
    if (String(data) === 'bye') {
      socket.close(4000, 'told so')
    } else {
      socket.send(data, { binary })
    }
  })
  socket.on('error', (error) => console.log(error.code))
})
server.listen(process.argv[2], () => console.log('listening'))
process.stdin.on('end', () => process.exit(0)).resume()
